import { expect, test } from 'vitest'
import { LIVE_WITHIN, stepTo } from './review-step.ts'

const NOW = 1_795_000_000_000
const WINDOW = 5 * 60_000

test('a step leads so far back from what is shown, and not before what is kept', () => {
  expect(stepTo(NOW, 30_000, NOW, WINDOW)).toBe(NOW - 30_000)
  expect(stepTo(NOW - 32_000, 10_000, NOW, WINDOW)).toBe(NOW - 42_000)
  expect(stepTo(NOW - WINDOW + 5_000, 30_000, NOW, WINDOW)).toBe(NOW - WINDOW)
})

test('a step forward to where nothing is kept yet leads to the live picture', () => {
  expect(stepTo(NOW - 32_000, -10_000, NOW, WINDOW)).toBe(NOW - 22_000)
  expect(stepTo(NOW - 20_000, -10_000, NOW, WINDOW)).toBe(NOW - LIVE_WITHIN)
  expect(stepTo(NOW - 18_000, -10_000, NOW, WINDOW)).toBe('live')
})
