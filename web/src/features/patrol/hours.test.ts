import type { PatrolHoursRow } from '@orchid/shared/domain/patrol/projections'
import { expect, test } from 'vitest'
import { hourFigures, widestHours } from './hours.ts'

const hours = (over: Record<number, number> = {}): number[] => Array.from({ length: 24 }, (_, h) => over[h] ?? 0)
const row: PatrolHoursRow = {
  area: '330781',
  today: hours({ 8: 10, 9: 4 }),
  before: [hours({ 8: 6 }), hours({ 8: 10, 2: 4 })],
  updatedSeq: 1,
}

test('hours to come are not zero; the mean is of the days there are', () => {
  const figures = hourFigures(row, 9)
  expect([figures.from, figures.days]).toEqual([2, 2])
  expect(figures.today.slice(6)).toEqual([10, 4, ...Array(13).fill(undefined)])
  expect(figures.mean[6]).toBe(8)
})

test('without days before there is no mean', () => {
  expect(hourFigures({ ...row, before: [] }, 9)).toMatchObject({ from: 5, mean: [], days: 0 })
})

test('the widest area counts', () => {
  expect(
    widestHours(
      new Map([
        ['330781001', { ...row, area: '330781001' }],
        ['330781', row],
      ]),
    ),
  ).toBe(row)
})
