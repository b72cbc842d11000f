import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { ScoreFigures } from '@orchid/shared/domain/incidents/township-hours'
import { DAY } from '@orchid/shared/kernel/time'
import { describe, expect, test } from 'vitest'
import { casesByTownship, POINTS, scoreOf } from './score.ts'

const best: ScoreFigures = { grids: 40, visited: 40, open: 0, overdue: 0, red: 0, closed: 3, closedInTime: 3 }
const value = (over: Partial<ScoreFigures>): number | undefined => scoreOf({ ...best, ...over })?.value

describe('the score of a township', () => {
  test('is 100 when all grids were visited and nothing is late, red or closed late', () => expect(value({})).toBe(100))
  test('is 0 when nothing was visited, all is late, four are red and all was closed late', () =>
    expect(value({ visited: 0, open: 5, overdue: 5, red: 4, closedInTime: 0 })).toBe(0))
  test('the four parts make 100 points', () => expect(Object.values(POINTS).reduce<number>((a, b) => a + b, 0)).toBe(100))
  test('each part counts by itself', () => {
    expect(value({ visited: 20 })).toBe(80)
    expect(value({ open: 4, overdue: 1 })).toBe(92.5)
    expect(value({ red: 1 })).toBe(95)
    expect(value({ red: 9 })).toBe(80)
    expect(value({ closedInTime: 0 })).toBe(90)
  })
  test('when nothing was closed today that part is left out and the others are scaled', () => {
    expect(value({ closed: 0, closedInTime: 0 })).toBe(100)
    expect(value({ closed: 0, closedInTime: 0, visited: 20 })).toBeCloseTo((70 / 90) * 100)
    expect(scoreOf({ ...best, closed: 0 })?.parts.closing).toBeUndefined()
  })
  test('without grids it is not known, which is not 0', () => expect(scoreOf({ ...best, grids: 0 })).toBeUndefined())
})

test('open, overdue, closed and closed in time by township', () => {
  const row = (grid: string, over: Partial<IncidentRow>): IncidentRow => ({ grid, level: 'red', openedAt: 0, ...over }) as IncidentRow
  const sums = casesByTownship([
    row('330781001001001', {}),
    row('330781001001002', { overdue: true }),
    row('330781001001002', { closedAt: DAY }),
    row('330781001001002', { closedAt: DAY + 1 }),
    row('330781002001001', { level: 'green', closedAt: 6 * DAY }),
  ])
  expect(sums.get('330781001')).toEqual({ open: 2, overdue: 1, closed: 2, closedInTime: 1 })
  expect(sums.get('330781002')).toEqual({ open: 0, overdue: 0, closed: 1, closedInTime: 1 })
})
