/** Fourteen days of demo history, made by the product's own rules: what it gives is what the product would have written. */
import { decideAccept, decideClose } from '@orchid/shared/domain/incidents/decide'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import { decidePatrol } from '@orchid/shared/domain/patrol/decide'
import { type Ask, type Decision, isRefusal } from '@orchid/shared/kernel/command'
import type { EventBody } from '@orchid/shared/kernel/event'
import { Tables } from '@orchid/shared/kernel/projection'
import { DAY, shanghaiDate, shanghaiDay, shanghaiDayStart, shanghaiHour } from '@orchid/shared/kernel/time'
import type { Grid } from '../city/grids.ts'
import { LANXI } from '../city/lanxi.ts'
import { pick, type Random, seeded } from '../city/random.ts'
import { positionIn } from './place.ts'
import { hazard, matter, RHYTHM, visit } from './titles.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAYS = 14
/** Entries of a whole day: about 1,250 visits, 63 hazards and 11 disputes. */
const A_DAY = 1_325
const INCIDENTS = 0.056
const RED = 0.0008
/** The demo duty officer looks at what is open this often: a red one is accepted within its 15 minutes. */
const ROUND = 10 * MINUTE
/** The longest an incident may stay open before it is closed whatever else there is. */
const LONGEST = 2.5 * DAY

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

/** What commands may change later is versioned from its first event on. */
export const firstOf = ({ type, subject }: EventBody): Past['expect'] => (type === 'camera.registered' ? [[subject, 0]] : [])

/**
 * Appends in the order of time up to `now` (epoch ms): `definitions` on the 15th day before, then 14 whole days and what there is of today.
 * The same arguments give the same history.
 */
export function makeHistory(grids: readonly Grid[], definitions: readonly EventBody[], now: number, seed = 14): Past[] {
  const random = seeded(seed)
  const begin = shanghaiDayStart(shanghaiDay(now) - DAYS)
  const mirror = new Mirror()
  for (const [i, event] of definitions.entries())
    mirror.append(begin - 15 * HOUR, 'demo-city', `demo-city-${i + 1}`, event, [event], firstOf(event))

  const busy = RHYTHM.reduce((sum, x) => sum + x, 0) * (HOUR / ROUND)
  const reports = new Reports(grids, random)
  for (let from = begin; from < now; from += ROUND) {
    // A day may be a tenth busier or quieter than the mean.
    const ofDay = A_DAY * (0.9 + 0.2 * seeded(seed + shanghaiDay(from))())
    const expected = (ofDay * (RHYTHM[shanghaiHour(from)] as number)) / busy
    const to = Math.min(from + ROUND, now)
    const ats = Array.from({ length: Math.floor(expected + random()) }, () => from + Math.floor(random() * (ROUND - 1)))
    for (const at of ats.filter((at) => at < to).sort((a, b) => a - b)) {
      const report = reports.next(at, at < now - 6 * HOUR)
      mirror.report(at, report, `demo${report.id.slice(5).padStart(12, '0')}`)
    }
    workOff(mirror, to - 1, seed)
  }
  return mirror.past
}

/** What grid workers write, one after the other. */
class Reports {
  #n = 0
  readonly #grids: readonly Grid[]
  readonly #random: Random
  constructor(grids: readonly Grid[], random: Random) {
    this.#grids = grids
    this.#random = random
  }

  /** `red`: whether it may be a red one. None is left from history: what stands red on the wall has happened live. */
  next(at: number, red: boolean): PatrolEvent {
    const random = this.#random
    const x = random()
    const entry = x < RED && red ? hazard(random, 'red') : x < INCIDENTS ? matter(random) : visit(random)
    const grid = pick(random, this.#grids)
    return {
      id: `demo-${++this.#n}`,
      ...entry,
      grid: grid.code,
      occurredAt: new Date(at).toISOString(),
      ...(entry.kind !== 'person' && { position: positionIn(grid, random) }),
    }
  }
}

/** The journal as it will be, with its tables as the rows that rules read. */
class Mirror {
  readonly past: Past[] = []
  readonly #tables = new Tables(PROJECTIONS)
  #day: number | undefined
  #no = 0
  #steps = 0

  append(at: number, sender: string, id: string, body: unknown, events: readonly EventBody[], expect: Past['expect'] = []): void {
    for (let day = (this.#day ?? shanghaiDay(at) - 1) + 1; day <= shanghaiDay(at); day++) {
      this.#no = 0
      this.#day = day
      const date = shanghaiDate(day)
      this.#fold({ type: 'day-began', area: LANXI.city.code, subject: `day:${date}`, data: { day: date } }, at, 'journal', `day-${date}`)
    }
    this.past.push({ at, sender, id, body, expect, events })
    for (const event of events) this.#fold(event, at, sender, id)
  }

  report(at: number, report: PatrolEvent, newId: string): void {
    const events = allowed(decidePatrol(report, this.#ask(at, 'demo-history', newId)))
    const opened = events.flatMap((event) => (event.numbered ? [[event.subject, 0] as const] : []))
    this.append(at, 'demo-history', report.id, report, events, opened)
  }

  /** A step of the demo duty officer on an incident. */
  step(at: number, { id, updatedSeq }: IncidentRow, decide: (ask: Ask) => Decision): void {
    const events = allowed(decide(this.#ask(at, 'demo-duty-officer', '')))
    const name = `demo-step-${++this.#steps}`
    this.append(at, 'demo-duty-officer', name, { step: name }, events, [[`incident:${id}`, updatedSeq]])
  }

  /** Open incidents, oldest first. */
  open(): IncidentRow[] {
    return this.#tables
      .entries('incidents', LANXI.city.code)
      .map(([, row]) => row as IncidentRow)
      .filter((row) => row.state !== 'closed')
      .sort((a, b) => a.openedAt - b.openedAt)
  }

  #ask(at: number, sender: string, newId: string): Ask {
    return { row: (table, key) => this.#tables.get(table, key), at, sender, scope: LANXI.city.code, reach: 'restricted', newId }
  }

  #fold({ numbered, ...event }: EventBody, at: number, sender: string, id: string): void {
    const no = numbered && { no: ++this.#no }
    this.#tables.fold({ ...event, seq: this.#tables.cursor + 1, recordedAt: at, sender, id, origin: 'demo', ...no })
  }
}

function allowed(decision: Decision): readonly EventBody[] {
  if (isRefusal(decision)) throw new Error(`the demo history breaks a rule: ${decision.refused}`)
  return decision
}

/** One round of the demo duty officer: accepts what has waited its while, closes reds that are dealt with, what is old, and the oldest of too many. */
function workOff(mirror: Mirror, at: number, seed: number): void {
  for (const row of mirror.open())
    if (row.state === 'reported' && at - row.openedAt >= waits(row))
      mirror.step(at, row, (ask) => decideAccept({ incident: row.id, opinion: '已核实，转责任单位' }, ask))
  const open = mirror.open()
  // How many stand open differs from day to day, between 24 and 36.
  let tooMany = open.length - 24 - Math.floor(13 * seeded(seed * 31 + shanghaiDay(at))())
  for (const row of open) {
    if (row.state !== 'accepted') continue
    const done = row.level === 'red' ? at - row.openedAt > 30 * MINUTE : tooMany > 0 || at - row.openedAt > LONGEST
    if (!done) continue
    tooMany--
    const opinion = row.kind === 'hazard' ? '现场整改完成，复查合格' : '双方达成一致，签订调解协议'
    mirror.step(at, row, (ask) => decideClose({ incident: row.id, opinion }, ask))
  }
}

/** Milliseconds until the officer accepts, different for each: always before the deadline (15 min, 2 h, 8 h). */
function waits({ id, level }: IncidentRow): number {
  if (level === 'red') return 0
  return (level === 'yellow' ? 80 : 240) * MINUTE * ((Number(id.slice(4)) * 0.618_034) % 1)
}
