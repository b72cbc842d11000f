/** Fourteen days of demo history, made by the product's own rules: what it gives is what the product would have written. */

import { decideAccept, decideClose } from '@orchid/shared/domain/incidents/decide'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import { decidePatrol } from '@orchid/shared/domain/patrol/decide'
import { type Ask, type Decision, isRefusal } from '@orchid/shared/kernel/command'
import type { EventBody } from '@orchid/shared/kernel/event'
import { Tables } from '@orchid/shared/kernel/projection'
import { DAY, shanghaiDay, shanghaiDayStart } from '@orchid/shared/kernel/time'
import type { Grid } from '../city/grids.ts'
import { pick, seeded } from '../city/random.ts'
import { hazard, plan, RHYTHM } from './titles.ts'

const DAYS = 14
const A_DAY = 1_330
const HOUR = 3_600_000
/** Open incidents the demo duty officer leaves behind. */
const LEFT_OPEN = 30

/** One append of the history. */
export interface Past {
  readonly at: number
  readonly sender: string
  readonly id: string
  /** The request whose hash stands for it in the journal. */
  readonly body: unknown
  readonly expect: readonly (readonly [string, number])[]
  readonly events: readonly EventBody[]
}

/** Appends in the order of time from 14 days before `now` (epoch ms) up to it. `definitions` come first, at the beginning. */
export function makeHistory(grids: readonly Grid[], definitions: readonly EventBody[], now: number, seed = 14): Past[] {
  const random = seeded(seed)
  const begin = shanghaiDayStart(shanghaiDay(now) - DAYS)
  const past: Past[] = []
  const tables = new Tables(PROJECTIONS)
  let no = 0
  let day = shanghaiDay(begin) - 1

  /** Mirrors the journal: a new Shanghai day begins by itself and numbers begin at 1. */
  const fold = (body: EventBody, at: number, sender: string, id: string): void => {
    const { numbered, ...event } = body
    tables.fold({ ...event, seq: tables.cursor + 1, recordedAt: at, sender, id, origin: 'demo', ...(numbered && { no: ++no }) })
  }
  const append = (
    at: number,
    sender: string,
    id: string,
    body: unknown,
    events: readonly EventBody[],
    expect: Past['expect'] = [],
  ): void => {
    for (; day < shanghaiDay(at); day++) {
      no = 0
      fold({ type: 'day-began', area: '330781', subject: `day:${day + 1}`, data: {} }, at, 'journal', `day-${day + 1}`)
    }
    past.push({ at, sender, id, body, expect, events })
    for (const event of events) fold(event, at, sender, id)
  }
  const ask = (at: number, sender: string, newId: string): Ask => ({
    row: (table, key) => tables.get(table, key),
    at,
    sender,
    scope: '330781',
    newId,
  })
  let step = 0
  /** A step of the demo duty officer on an incident. */
  const officer = (decide: (ask: Ask) => Decision, row: IncidentRow, at: number): void => {
    const decision = decide(ask(at, 'demo-duty-officer', ''))
    if (isRefusal(decision)) throw new Error(`the demo history breaks a rule: ${decision.refused}`)
    append(at, 'demo-duty-officer', `demo-step-${++step}`, { step }, decision, [
      [`incident:${row.id}`, (tables.get<IncidentRow>('incidents', row.id) as IncidentRow).updatedSeq],
    ])
  }

  for (const [i, event] of definitions.entries()) append(begin, 'demo-city', `demo-city-${i + 1}`, event, [event])

  const total = RHYTHM.reduce((sum, x) => sum + x, 0)
  let n = 0
  for (let hourStart = begin + 60_000; hourStart < now; hourStart += HOUR) {
    const hour = Math.floor((hourStart - begin) / HOUR) % 24
    const count = Math.round((A_DAY * (0.9 + 0.2 * random()) * (RHYTHM[hour] as number)) / total)
    const ats = Array.from({ length: count }, () => Math.floor(hourStart + random() * (HOUR - 120_000)))
      .filter((at) => at < now)
      .sort((a, b) => a - b)
    for (const at of ats) {
      // Nothing red is left from history: what stands red on the wall has happened live.
      const { kind, title, category, level } = random() < 0.0008 && at < now - 6 * HOUR ? hazard(random, 'red') : plan(random)
      const id = `demo-${++n}`
      const report: PatrolEvent = {
        id,
        kind,
        grid: pick(random, grids).code,
        occurredAt: new Date(at).toISOString(),
        title,
        ...(category && { category }),
        ...(level && { level }),
      }
      const decision = decidePatrol(report, ask(at, 'demo-history', `demo${String(n).padStart(12, '0')}`))
      if (isRefusal(decision)) throw new Error(`the demo history breaks a rule: ${decision.refused}`)
      append(
        at,
        'demo-history',
        id,
        report,
        decision,
        decision.filter((event) => event.numbered).map((event) => [event.subject, 0]),
      )
    }
    work(Math.min(hourStart + HOUR - 60_000, now - 1))
  }
  return past

  /** At the end of each hour the officer accepts what waits and closes what is old or too many, reds and oldest first. */
  function work(at: number): void {
    const open = tables
      .entries('incidents', '330781')
      .map(([, row]) => row as IncidentRow)
      .filter((row) => row.state !== 'closed')
    for (const row of open)
      if (row.state === 'reported' && at - row.openedAt > (row.level === 'red' ? 0 : 20 * 60_000))
        officer((a) => decideAccept({ incident: row.id, opinion: '已核实，转责任单位' }, a), row, at)
    const ripe = open
      .map((row) => tables.get<IncidentRow>('incidents', row.id) as IncidentRow)
      .filter((row) => row.state === 'accepted')
      .sort((a, b) => Number(b.level === 'red') - Number(a.level === 'red') || a.openedAt - b.openedAt)
    const tooMany = Math.max(0, open.length - LEFT_OPEN)
    for (const [i, row] of ripe.entries())
      if (row.level === 'red' || i < tooMany || at - row.openedAt > 2.5 * DAY)
        officer((a) => decideClose({ incident: row.id, opinion: row.kind === 'hazard' ? '现场整改完成' : '双方达成一致' }, a), row, at)
  }
}
