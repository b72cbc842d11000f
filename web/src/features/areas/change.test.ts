import type { HourMark, TownshipHoursRow } from '@orchid/shared/domain/incidents/township-hours'
import { describe, expect, test } from 'vitest'
import { scoreChange } from './change.ts'

/** 2026-11-24, `hour`:32 in Shanghai. */
const at = (hour: number): number => Date.UTC(2026, 10, 24, hour - 8, 32)
const mark = (hour: number, visited: number, closed = 0, closedInTime = closed): HourMark => [
  hour,
  40,
  visited,
  0,
  0,
  0,
  closed,
  closedInTime,
]
const began: HourMark = [-1, 40, 0, 0, 0, 0, 0, 0]
const row = (today: HourMark[], yesterday?: HourMark[]): TownshipHoursRow => ({
  township: '330781109',
  day: '2026-11-24',
  grids: [],
  visited: [],
  overdue: [],
  today,
  ...(yesterday && { yesterday }),
  updatedSeq: 1,
})

describe('the change of the score against yesterday', () => {
  test('is that of the last full hour on both days: what came after it on either day does not count', () => {
    const today = [began, mark(9, 10), mark(13, 20), mark(14, 40)]
    const yesterday = [began, mark(8, 10), mark(13, 15), mark(20, 40)]
    // 50 of 90 points do not depend on coverage here: 70/90 and 65/90.
    expect(scoreChange(row(today, yesterday), at(14))).toEqual({ at: 14, today: 77.8, yesterday: 72.2, by: 5.6 })
    expect(scoreChange(row(today, yesterday), at(10))).toEqual({ at: 10, today: 66.7, yesterday: 66.7, by: 0 })
    expect(scoreChange(row(today, yesterday), at(15))).toMatchObject({ at: 15, by: 27.8 })
  })
  test('is negative when yesterday was further at that hour', () =>
    expect(scoreChange(row([began, mark(8, 10)], [began, mark(8, 19)]), at(9))).toMatchObject({ by: -10 }))
  test('is the difference of the two figures as they are printed', () => {
    for (let visited = 0; visited <= 40; visited++) {
      const change = scoreChange(row([began, mark(8, visited)], [began, mark(8, 7, 3, 2)]), at(9))
      if (!('at' in change)) throw new Error(change.unknown)
      expect(change.by.toFixed(1)).toBe((change.today - change.yesterday).toFixed(1).replace(/^-0\.0$/, '0.0'))
    }
  })

  test('is not known on the first day, in the first hour, and when the township was not known at that hour yesterday', () => {
    expect(scoreChange(row([mark(9, 10)]), at(14))).toEqual({ unknown: 'noYesterday' })
    expect(scoreChange(row([began, mark(0, 3)], [began, mark(9, 10)]), at(0))).toEqual({ unknown: 'firstHour' })
    expect(scoreChange(row([began, mark(9, 10)], [mark(15, 10)]), at(14))).toEqual({ unknown: 'notThen' })
  })
  test('is not known when yesterday nobody reported or closed anything: that is no day of 0', () =>
    expect(scoreChange(row([began, mark(9, 10)], [began]), at(14))).toEqual({ unknown: 'noYesterday' }))
  test('is not known before the day has begun in the journal, without a time, and without a row', () => {
    expect(scoreChange(row([began, mark(9, 10)], [began, mark(9, 10)]), at(14 + 24))).toEqual({ unknown: 'noToday' })
    expect(scoreChange(row([began], [mark(9, 10)]), undefined)).toEqual({ unknown: 'noToday' })
    expect(scoreChange(undefined, at(14))).toEqual({ unknown: 'noToday' })
  })
  test('is not known without a grid', () =>
    expect(scoreChange(row([[9, 0, 0, 0, 0, 0, 0, 0]], [began, mark(9, 1)]), at(14))).toEqual({ unknown: 'noToday' }))
})
