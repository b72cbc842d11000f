import { expect, test } from 'vitest'
import { isNight } from './night.ts'

test('night is from 22 to 6 o’clock in Shanghai, wherever the browser stands', () => {
  const at = (hour: number, minute = 0): number => Date.UTC(2026, 10, 24, hour - 8, minute)
  expect([22, 23, 24, 26, 29].map((hour) => isNight(at(hour)))).toEqual([true, true, true, true, true])
  expect([6, 7, 14, 21].map((hour) => isNight(at(hour)))).toEqual([false, false, false, false])
  expect(isNight(at(21, 59))).toBe(false)
  expect(isNight(at(29, 59))).toBe(true)
})
