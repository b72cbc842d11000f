import { describe, expect, test } from 'vitest'
import { Scenario } from '../../kernel/given.ts'
import { DAY } from '../../kernel/time.ts'
import { PROJECTIONS } from '../index.ts'
import type { PatrolEvent } from '../patrol/commands.ts'
import { decidePatrol } from '../patrol/decide.ts'
import { decideAccept, decideClose, decideMarkDue } from './decide.ts'
import type { HazardDaysRow, IncidentRow } from './projections.ts'

const GRID = '330781109001001'
const MINUTE = 60_000

const city = () =>
  new Scenario(PROJECTIONS).given(
    { type: 'area.defined', area: '330781', subject: 'area:330781', data: { code: '330781', name: '兰溪市', tier: 'city' } },
    { type: 'area.defined', area: '330781109', subject: 'area:330781109', data: { code: '330781109', name: '马涧镇', tier: 'township' } },
    {
      type: 'grid.defined',
      area: GRID,
      subject: `grid:${GRID}`,
      data: { code: GRID, name: '1 网格', centroid: [119.5, 29.3], boundary: [], area: 1, validFrom: 0 },
    },
  )

let n = 0
const hazard = (over: Partial<PatrolEvent> = {}): PatrolEvent => ({
  id: `h${++n}`,
  kind: 'hazard',
  grid: GRID,
  occurredAt: '2026-11-24T14:32:00+08:00',
  title: '占用消防通道',
  ...over,
})
const only = (s: Scenario): IncidentRow => s.tables.entries('incidents', '330781')[0]?.[1] as IncidentRow

describe('an incident is opened by a report', () => {
  test('a hazard without a level is yellow, has number 1 of the day and 2 hours to be accepted', () => {
    const s = city()
    expect(s.when(decidePatrol, hazard())).toEqual(['patrol.recorded', 'incident.reported'])
    expect(only(s)).toMatchObject({
      no: 1,
      level: 'yellow',
      priority: 3,
      state: 'reported',
      phase: 'monitoring',
      dueAt: s.at + 120 * MINUTE,
    })
  })
  test('a dispute without a level is green', () => {
    const s = city()
    s.when(decidePatrol, hazard({ kind: 'dispute' }))
    expect(only(s)).toMatchObject({ kind: 'dispute', level: 'green', priority: 4 })
  })
  test('numbers count up within a day and begin at 1 on the next', () => {
    const s = city()
    s.when(decidePatrol, hazard())
    s.when(decidePatrol, hazard())
    s.later(DAY).when(decidePatrol, hazard())
    expect(s.tables.entries('incidents', '330781').map(([, row]) => (row as IncidentRow).no)).toEqual([1, 2, 1])
  })
})

describe('the closed loop', () => {
  test('reported, accepted, closed: each step moves state, phase and deadline', () => {
    const s = city()
    s.when(decidePatrol, hazard({ level: 'red' }))
    const { id: incident, openedAt } = only(s)
    expect(s.later(5 * MINUTE).when(decideAccept, { incident })).toEqual(['incident.accepted'])
    expect(only(s)).toMatchObject({ state: 'accepted', phase: 'warning', priority: 1, dueAt: openedAt + DAY })
    expect(s.when(decideClose, { incident, opinion: '已整改' })).toEqual(['incident.closed'])
    expect(only(s)).toMatchObject({ state: 'closed', phase: 'feedback' })
    expect(only(s).dueAt).toBeUndefined()
  })
  test('what is not accepted cannot be closed, what is closed cannot be touched, what never was is unknown', () => {
    const s = city()
    s.when(decidePatrol, hazard())
    const { id: incident } = only(s)
    expect(s.when(decideClose, { incident, opinion: '好' })).toBe('not-accepted')
    s.when(decideAccept, { incident })
    expect(s.when(decideAccept, { incident })).toBe('already-accepted')
    s.when(decideClose, { incident, opinion: '好' })
    expect(s.when(decideClose, { incident, opinion: '好' })).toBe('already-closed')
    expect(s.when(decideAccept, { incident: '0000000000000000' })).toBe('unknown-incident')
  })
  test('an incident of another township is as unknown as one that never was', () => {
    const s = city()
    s.when(decidePatrol, hazard())
    expect(s.when(decideAccept, { incident: only(s).id }, { scope: '330781001' })).toBe('unknown-incident')
  })
  test('a passed deadline is marked once, raises yellow to 紧急, and accepting calms it', () => {
    const s = city()
    s.when(decidePatrol, hazard())
    const { id: incident, dueAt = 0 } = only(s)
    expect(s.when(decideMarkDue, { incident, dueAt })).toBe('not-due')
    expect(s.later(121 * MINUTE).when(decideMarkDue, { incident, dueAt })).toEqual(['incident.fell-due'])
    expect(only(s)).toMatchObject({ overdue: true, priority: 2 })
    expect(s.when(decideMarkDue, { incident, dueAt })).toBe('not-due')
    s.when(decideAccept, { incident })
    expect(only(s)).toMatchObject({ priority: 3 })
    expect(only(s).overdue).toBeUndefined()
  })
  test('a closed incident stays for the rest of its day and leaves with the next; an open one stays', () => {
    const s = city()
    s.when(decidePatrol, hazard())
    const first = only(s).id
    s.when(decidePatrol, hazard())
    s.when(decideAccept, { incident: first })
    s.when(decideClose, { incident: first, opinion: '已整改' })
    expect(s.tables.size('incidents')).toBe(2)
    s.later(DAY).given()
    expect(s.tables.keys('incidents', '330781')).not.toContain(first)
    expect(s.tables.size('incidents')).toBe(1)
  })
})

test('hazardDays keeps how many hazards stood open at the end of each day, for city and township', () => {
  const s = city()
  s.when(decidePatrol, hazard({ level: 'red' }))
  s.when(decidePatrol, hazard())
  s.when(decidePatrol, hazard({ kind: 'dispute' }))
  s.later(DAY).given()
  const { id: incident } = only(s)
  s.when(decideAccept, { incident })
  s.when(decideClose, { incident, opinion: '已整改' })
  const row = s.row<HazardDaysRow>('hazardDays', '330781109') as HazardDaysRow
  expect(row.before[0]).toEqual({ red: 1, yellow: 1, green: 0 })
  expect(row.open.red + row.open.yellow).toBe(1)
  expect(s.row<HazardDaysRow>('hazardDays', '330781')).toMatchObject({ open: row.open, before: row.before })
})
