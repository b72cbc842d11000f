import { describe, expect, test } from 'vitest'
import type { JournalEvent } from '../../kernel/event.ts'
import { Scenario } from '../../kernel/given.ts'
import { DAY, shanghaiDate, shanghaiDay, shanghaiDayStart } from '../../kernel/time.ts'
import { PROJECTIONS } from '../index.ts'
import { decidePatrol } from '../patrol/decide.ts'
import type { Level, PatrolKind } from '../patrol/events.ts'
import type { GridTallyRow, TownshipTallyRow } from '../patrol/tallies.ts'
import { decideAccept, decideClose, decideMarkDue } from './decide.ts'
import type { IncidentClosed, IncidentEvent } from './events.ts'
import type { IncidentRow } from './projections.ts'
import { figuresAt, figuresOf, type HourMark, type ScoreFigures, type TownshipHoursRow } from './township-hours.ts'

const HOUR = 3_600_000
const TOWNSHIP = '330781109'
const GRIDS = [`${TOWNSHIP}001001`, `${TOWNSHIP}001002`, `${TOWNSHIP}002001`] as const
const [GRID] = GRIDS
const grid = (code: string) => ({
  type: 'grid.defined',
  area: code,
  subject: `grid:${code}`,
  data: { code, name: '1 网格', centroid: [119.5, 29.3], boundary: [], area: 1, validFrom: 0 },
})

let n = 0
const report = (kind: PatrolKind, at: string = GRID, level?: Level) => ({
  id: `t${++n}`,
  kind,
  grid: at,
  occurredAt: '2026-11-24T14:32:00+08:00',
  title: '巡查',
  ...(level && { level }),
})
/** A township of three grids, known since 14:32 of a Tuesday. */
const town = () => new Scenario(PROJECTIONS).given(...GRIDS.map(grid))
const rowOf = (s: Scenario, township = TOWNSHIP): TownshipHoursRow => s.row<TownshipHoursRow>('townshipHours', township) as TownshipHoursRow
const now = (s: Scenario): ScoreFigures => figuresOf(rowOf(s).today.at(-1) as HourMark)
const newest = (s: Scenario): IncidentRow => s.tables.entries('incidents', '330781').at(-1)?.[1] as IncidentRow

describe('the hours of a township', () => {
  test('given grids, when one is visited twice and one is drawn anew, then one of three is visited and the second visit touches nothing', () => {
    const s = town()
    s.when(decidePatrol, report('person'))
    const first = rowOf(s)
    s.when(decidePatrol, report('person'))
    s.given(grid(GRIDS[1]), grid(GRID))
    expect(rowOf(s)).toBe(first)
    expect(now(s)).toMatchObject({ grids: 3, visited: 1, open: 0 })
    expect(first).toMatchObject({ day: '2026-11-24' })
    expect(first.yesterday).toBeUndefined()
  })

  test('given an open red, when it falls due, is accepted, falls due again and is closed too late, then each step shows in its own figure', () => {
    const s = town()
    s.when(decidePatrol, report('hazard', GRID, 'red'))
    const { id: incident, dueAt = 0 } = newest(s)
    expect(now(s)).toMatchObject({ visited: 1, open: 1, overdue: 0, red: 1 })
    s.later(HOUR).when(decideMarkDue, { incident, dueAt })
    expect(now(s)).toMatchObject({ open: 1, overdue: 1, red: 1 })
    s.when(decideAccept, { incident })
    expect(now(s)).toMatchObject({ open: 1, overdue: 0, red: 1 })
    s.later(DAY).when(decideMarkDue, { incident, dueAt: newest(s).dueAt as number })
    expect(now(s)).toMatchObject({ visited: 0, overdue: 1 })
    s.when(decideClose, { incident, opinion: '已整改' })
    expect(now(s)).toMatchObject({ open: 0, overdue: 0, red: 0, closed: 1, closedInTime: 0 })
    expect(rowOf(s).overdue).toEqual([])
  })

  test('given an incident closed within its time, then it counts as closed in time', () => {
    const s = town()
    s.when(decidePatrol, report('dispute'))
    const { id: incident } = newest(s)
    s.when(decideAccept, { incident })
    s.later(HOUR).when(decideClose, { incident, opinion: '已调解' })
    expect(now(s)).toMatchObject({ open: 0, closed: 1, closedInTime: 1 })
  })

  test('an hour keeps its last figures, and a quiet hour has those of the hour before', () => {
    const s = town()
    s.when(decidePatrol, report('person'))
    s.later(20 * 60_000).when(decidePatrol, report('person', GRIDS[1])) // 14:52
    s.later(3 * HOUR).when(decidePatrol, report('person', GRIDS[2])) // 17:52
    const { today } = rowOf(s)
    expect(today.map(([hour]) => hour)).toEqual([14, 17])
    expect([15, 16, 17, 18, 24].map((at) => figuresAt(today, at)?.visited)).toEqual([2, 2, 2, 3, 3])
    expect(figuresAt(today, 14)).toBeUndefined()
  })

  test('when a day begins, then the day before is frozen, what is of today starts at zero and what is open stays', () => {
    const s = town()
    s.when(decidePatrol, report('hazard', GRID, 'red'))
    s.when(decidePatrol, report('dispute', GRIDS[1]))
    const { id: incident } = newest(s)
    s.when(decideAccept, { incident })
    s.when(decideClose, { incident, opinion: '已调解' })
    const { today } = rowOf(s)
    s.later(DAY).given()
    const began = rowOf(s)
    expect(began.day).toBe('2026-11-25')
    expect(began.yesterday).toEqual(today)
    expect(began.today).toEqual([[-1, 3, 0, 1, 0, 1, 0, 0]])
    s.when(decidePatrol, report('person'))
    expect(rowOf(s).yesterday).toEqual(today)
    s.later(2 * DAY).given()
    // A whole day without an entry lies between: its figures are those with which it began.
    expect(rowOf(s)).toMatchObject({ day: '2026-11-27', yesterday: [[-1, 3, 0, 1, 0, 1, 0, 0]] })
  })
})

/** Small seeded generator (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let a = seed >>> 0
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** Two townships for some days: visits, hazards, disputes, deadlines that pass, steps of the officer, quiet hours, quiet days. */
function history(seed: number): Scenario {
  const random = seeded(seed)
  const all = [...GRIDS, ...GRIDS.map((code) => code.replace(TOWNSHIP, '330781001'))]
  const s = new Scenario(PROJECTIONS).given(...all.slice(0, 4).map(grid))
  for (let step = 0; step < 120; step++) {
    s.later(random(3 * HOUR) + (random(40) === 0 ? 2 * DAY : 0)).given()
    for (const [id, row] of s.tables.entries('incidents', '330781')) {
      const { dueAt, overdue } = row as IncidentRow
      if (dueAt && dueAt <= s.at && !overdue && random(3)) s.when(decideMarkDue, { incident: id, dueAt })
    }
    const open = s.tables.keys('incidents', '330781')
    const incident = open[random(open.length || 1)]
    const dice = random(10)
    if (dice === 0) s.given(grid(all[random(all.length)] as string))
    else if (dice < 3 && incident) s.when(decideAccept, { incident })
    else if (dice < 6 && incident) s.when(decideClose, { incident, opinion: '好' })
    else
      s.when(
        decidePatrol,
        report(
          (['person', 'hazard', 'dispute'] as const)[random(3)] as PatrolKind,
          all[random(4)],
          (['red', 'yellow', 'green'] as const)[random(3)] as Level,
        ),
      )
  }
  return s
}

/** The figures at `until` (epoch ms), counted from nothing but the events before it. */
function counted(events: readonly JournalEvent[], township: string, until: number): ScoreFigures {
  const own = events.filter((event) => event.recordedAt < until && event.area.startsWith(township))
  const begin = shanghaiDayStart(shanghaiDay(until - 1))
  const of = (type: string) => own.filter((event) => event.type === type)
  const closed = of('incident.closed') as unknown as IncidentClosed[]
  const open = of('incident.reported').filter(
    ({ subject }) => !closed.some((event) => event.subject === subject),
  ) as unknown as IncidentEvent[]
  const lastStep = (subject: string) => own.findLast((event) => event.subject === subject)?.type
  const today = closed.filter(({ recordedAt }) => recordedAt >= begin)
  const time = { red: DAY, yellow: 3 * DAY, green: 7 * DAY }
  return {
    grids: new Set(of('grid.defined').map(({ area }) => area)).size,
    visited: new Set(of('patrol.recorded').flatMap(({ area, recordedAt }) => (recordedAt >= begin ? [area] : []))).size,
    open: open.length,
    overdue: open.filter(({ subject }) => lastStep(subject) === 'incident.fell-due').length,
    red: open.filter(({ data }) => data.level === 'red').length,
    closed: today.length,
    closedInTime: today.filter(({ recordedAt, data }) => recordedAt - data.openedAt <= time[data.level]).length,
  }
}

test('in 40 random histories (seeds 1 to 40) every hour of today and yesterday is what the events up to it give when counted anew', () => {
  let compared = 0
  let overdue = 0
  for (let seed = 1; seed <= 40; seed++) {
    const s = history(seed)
    const today = shanghaiDay(s.at)
    for (const township of [TOWNSHIP, '330781001']) {
      const row = rowOf(s, township)
      expect(row.day, `seed ${seed}`).toBe(shanghaiDate(today))
      for (const [day, marks] of [
        [today, row.today],
        [today - 1, row.yesterday ?? []],
      ] as const)
        for (let hour = 1; hour <= 24; hour++) {
          const figures = figuresAt(marks, hour)
          if (!figures) continue
          expect(figures, `seed ${seed}, day ${day - today}, ${hour}:00`).toEqual(
            counted(s.events, township, shanghaiDayStart(day) + hour * HOUR),
          )
          compared++
          overdue += figures.overdue
        }
      // The last mark is what the tables beside it say.
      const tally = s.row<TownshipTallyRow>('townshipTallies', township)
      const grids = s.tables.entries('gridTallies', township).map(([, one]) => one as GridTallyRow)
      const open = s.tables
        .entries('incidents', township)
        .map(([, one]) => one as IncidentRow)
        .filter(({ state }) => state !== 'closed')
      expect(figuresOf(row.today.at(-1) as HourMark), `seed ${seed}`).toMatchObject({
        grids: grids.length,
        visited: grids.filter(({ patrolsToday }) => patrolsToday > 0).length,
        open: open.length,
        overdue: open.filter((one) => one.overdue).length,
        red: tally?.openRed,
      })
    }
  }
  expect(compared).toBeGreaterThan(3_000)
  expect(overdue).toBeGreaterThan(500)
})
