import { describe, expect, test } from 'vitest'
import { parseRfc3339, shanghaiDate, shanghaiDay, shanghaiDayStart, shanghaiHour } from './time.ts'

describe('strict RFC 3339', () => {
  test.each([
    ['2026-11-24T14:32:08+08:00', Date.UTC(2026, 10, 24, 6, 32, 8)],
    ['2026-11-24t06:32:08.250Z', Date.UTC(2026, 10, 24, 6, 32, 8, 250)],
    ['2026-11-24T06:32:08.5Z', Date.UTC(2026, 10, 24, 6, 32, 8, 500)],
    ['2026-11-24T06:32:08.57Z', Date.UTC(2026, 10, 24, 6, 32, 8, 570)],
    ['2026-11-24T14:32:08.001999999+08:00', Date.UTC(2026, 10, 24, 6, 32, 8, 1)],
    ['2000-02-29T23:59:59.1234Z', Date.UTC(2000, 1, 29, 23, 59, 59, 123)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['2026-11-24T00:00:00-11:30', Date.UTC(2026, 10, 24, 11, 30)],
  ])('%s is a time', (text, ms) => expect(parseRfc3339(text)).toBe(ms))

  test.each([
    '今天',
    '',
    '2026-11-24',
    '2026-11-24 10:00:00',
    '2026-11-24T10:00:00',
    '2026-02-30T00:00:00+08:00',
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T10:60:00Z',
    '2026-11-24T10:00:00+25:00',
    '0000-01-01T00:00:00Z',
    ' 2026-11-24T10:00:00Z',
  ])('%j is refused', (text) => expect(parseRfc3339(text)).toBeUndefined())
})

describe('Shanghai days', () => {
  const midnight = Date.UTC(2026, 10, 23, 16)
  test('a day begins at 16:00 UTC', () => {
    expect(shanghaiDate(shanghaiDay(midnight))).toBe('2026-11-24')
    expect(shanghaiDate(shanghaiDay(midnight - 1))).toBe('2026-11-23')
    expect(shanghaiDayStart(shanghaiDay(midnight))).toBe(midnight)
  })
  test('hours are those of the wall clock in Shanghai', () => {
    expect(shanghaiHour(midnight)).toBe(0)
    expect(shanghaiHour(midnight - 1)).toBe(23)
    expect(shanghaiHour(Date.UTC(2026, 10, 24, 6, 59))).toBe(14)
  })
})
