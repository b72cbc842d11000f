import { expect, test } from 'vitest'
import { loopFigures, median } from './phases.ts'
import { incident, NOW } from './rows.fixture.ts'

const dayStart = NOW - 14 * 3_600_000

test('each open incident stands in exactly one phase, today flows are counted', () => {
  const figures = loopFigures(
    [
      incident({ no: 1, state: 'reported', phase: 'monitoring', openedAt: NOW - 1_000 }),
      incident({ no: 2, openedAt: dayStart - 9_000, acceptedAt: dayStart + 1_000 }),
      incident({
        no: 3,
        state: 'closed',
        phase: 'feedback',
        openedAt: dayStart,
        acceptedAt: dayStart + 6_000,
        closedAt: dayStart + 90_000,
      }),
    ],
    dayStart,
  )
  expect(figures.phases.map(({ now }) => now)).toEqual([1, 1, 0, 0])
  expect(figures.phases[0]).toMatchObject({ in: 2, out: 2 })
  expect(figures.phases[1]).toMatchObject({ in: 2, out: 1 })
  expect(figures).toMatchObject({ acceptMedian: 8_000, closeMedian: 90_000, reportedToday: 2, closedOfToday: 1 })
})

test('median', () => {
  expect(median([])).toBeUndefined()
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})
