import { describe, expect, test } from 'vitest'
import { Scenario } from '../../kernel/given.ts'
import { DAY } from '../../kernel/time.ts'
import { decideAccept, decideClose } from '../incidents/decide.ts'
import { PROJECTIONS } from '../index.ts'
import type { PatrolEvent } from './commands.ts'
import { decidePatrol } from './decide.ts'
import type { PatrolRecorded } from './events.ts'
import type { PatrolHoursRow } from './projections.ts'
import type { CityTallyRow, GridTallyRow, TownshipTallyRow } from './tallies.ts'

const GRID = '330781109001001'
const OTHER = '330781001001001'
const grid = (code: string) => ({
  type: 'grid.defined',
  area: code,
  subject: `grid:${code}`,
  data: { code, name: '1 网格', centroid: [119.5, 29.3], boundary: [], area: 1, validFrom: 0 },
})
const outline = [
  [
    [119, 29],
    [120, 29],
    [120, 30],
    [119, 30],
    [119, 29],
  ],
]
const area = (code: string, tier: string, more = {}) => ({
  type: 'area.defined',
  area: code,
  subject: `area:${code}`,
  data: { code, name: code, tier, ...more },
})
const city = () =>
  new Scenario(PROJECTIONS).given(
    area('330781', 'city', { outline }),
    area('330781109', 'township'),
    area('330781001', 'township'),
    grid(GRID),
    grid(OTHER),
  )

let n = 0
const visit = (over: Partial<PatrolEvent> = {}): PatrolEvent => ({
  id: `v${++n}`,
  kind: 'person',
  grid: GRID,
  occurredAt: '2026-11-24T14:32:00+08:00',
  title: '走访独居老人',
  ...over,
})

describe('what may be recorded', () => {
  test('a visit is recorded and opens nothing', () => expect(city().when(decidePatrol, visit())).toEqual(['patrol.recorded']))
  test('an unknown grid is refused', () => expect(city().when(decidePatrol, visit({ grid: '330781109001999' }))).toBe('unknown-grid'))
  test('a grid outside the own area is forbidden before anything else is said about it', () => {
    expect(city().when(decidePatrol, visit({ grid: OTHER, title: '电话 13800000000' }), { scope: '330781109' })).toBe('area-forbidden')
    expect(city().when(decidePatrol, visit({ grid: '330781001001999' }), { scope: '330781109' })).toBe('area-forbidden')
  })
  test('a run of 11 digits in the title is refused, 10 are kept', () => {
    expect(city().when(decidePatrol, visit({ title: '电话 13800000000' }))).toBe('number-in-title')
    expect(city().when(decidePatrol, visit({ title: '工单 1380000000' }))).toEqual(['patrol.recorded'])
  })
  test('a position outside the city is refused; one in another system is judged after conversion', () => {
    expect(city().when(decidePatrol, visit({ position: { lng: 121, lat: 29.5, crs: 'WGS84' } }))).toBe('position-outside')
    expect(city().when(decidePatrol, visit({ position: { lng: 120.001, lat: 29.5, crs: 'GCJ02' } }))).toEqual(['patrol.recorded'])
  })
  test('a time more than 5 minutes ahead or 31 days behind is kept and marked', () => {
    const suspect = (occurredAt: string) => {
      const s = city()
      s.when(decidePatrol, visit({ occurredAt }))
      return (s.events.at(-1) as PatrolRecorded).data.timeSuspect
    }
    expect(suspect('2026-11-24T14:36:00+08:00')).toBeUndefined()
    expect(suspect('2026-11-24T14:38:00+08:00')).toBe(true)
    expect(suspect('2026-10-24T14:32:10+08:00')).toBeUndefined()
    expect(suspect('2026-10-23T14:32:00+08:00')).toBe(true)
  })
  test('private fields and notes never stand in the event', () => {
    const s = city()
    s.when(decidePatrol, visit({ note: '门牌 12 号', private: { name: '某某', phone: '13800000000' } }))
    expect(JSON.stringify(s.events.at(-1))).not.toMatch(/门牌|某某|1380/)
    expect((s.events.at(-1) as PatrolRecorded).data.sealed).toBe(true)
  })
})

describe('tallies', () => {
  test('a grid starts at zero and counts its own entries; township and city add up', () => {
    const s = city()
    expect(s.row<GridTallyRow>('gridTallies', GRID)).toMatchObject({ patrolsToday: 0, lastPatrolAt: null })
    s.when(decidePatrol, visit())
    s.when(decidePatrol, visit({ kind: 'hazard', level: 'red' }))
    s.when(decidePatrol, visit({ kind: 'dispute', grid: OTHER }))
    expect(s.row<GridTallyRow>('gridTallies', GRID)).toMatchObject({
      patrolsToday: 2,
      personsToday: 1,
      hazardsToday: 1,
      openRed: 1,
      lastPatrolAt: s.at,
    })
    expect(s.row<TownshipTallyRow>('townshipTallies', '330781001')).toMatchObject({ disputesToday: 1, openGreen: 1 })
    expect(s.row<CityTallyRow>('cityTally', '330781')).toMatchObject({
      patrolsToday: 3,
      personsToday: 1,
      hazardsToday: 1,
      disputesToday: 1,
      openRed: 1,
      openGreen: 1,
    })
  })
  test('closing takes an incident off the open ones; a new day clears what is of today and leaves what is open', () => {
    const s = city()
    s.when(decidePatrol, visit({ kind: 'hazard' }))
    s.when(decidePatrol, visit({ kind: 'hazard' }))
    const [incident] = s.tables.keys('incidents', '330781') as [string]
    s.when(decideAccept, { incident })
    s.when(decideClose, { incident, opinion: '已整改' })
    s.later(DAY).given()
    expect(s.row<CityTallyRow>('cityTally', '330781')).toMatchObject({ patrolsToday: 0, hazardsToday: 0, openYellow: 1 })
  })
  test('hours count by the time of the journal, and yesterday moves behind today', () => {
    const s = city()
    s.when(decidePatrol, visit())
    s.later(DAY).given()
    s.when(decidePatrol, visit())
    s.when(decidePatrol, visit())
    const row = s.row<PatrolHoursRow>('patrolHours', '330781') as PatrolHoursRow
    expect([row.today[14], row.before[0]?.[14]]).toEqual([2, 1])
  })
})
