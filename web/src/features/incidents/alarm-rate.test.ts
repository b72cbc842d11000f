import { describe, expect, test } from 'vitest'
import { alarmRate, WINDOW } from './alarm-rate.ts'
import { NOW } from './rows.fixture.ts'

const MINUTE = 60_000
/** `n` alarms, one every `gap` ms, the last one at `end`. */
const every = (n: number, gap: number, end = NOW): number[] => Array.from({ length: n }, (_, i) => end - (n - 1 - i) * gap)

describe('a flood of alarms', () => {
  test('ten in ten minutes are none', () => expect(alarmRate(every(10, 20_000), NOW)).toEqual({ rate: 10, floodFrom: undefined }))
  test('the eleventh begins one, and those it counts belong to it', () => {
    const times = every(11, 20_000)
    expect(alarmRate(times, NOW)).toEqual({ rate: 11, floodFrom: times[0] })
  })
  test('one a minute for hours is none: each leaves as the next comes', () =>
    expect(alarmRate(every(300, MINUTE), NOW)).toEqual({ rate: 10, floodFrom: undefined }))
  test('it goes on while five are left in the window, and ends with the fourth', () => {
    const burst = every(20, 1_000, NOW - 9 * MINUTE)
    const from = burst[0] as number
    expect(alarmRate(burst, NOW)).toEqual({ rate: 20, floodFrom: from })
    const fifth = burst[15] as number
    expect(alarmRate(burst, fifth + WINDOW - 1)).toEqual({ rate: 5, floodFrom: from })
    expect(alarmRate(burst, fifth + WINDOW)).toEqual({ rate: 4, floodFrom: undefined })
  })
  test('a pause ends it, although nobody looked meanwhile', () => {
    const early = every(30, 1_000, NOW - 60 * MINUTE)
    const late = every(6, 1_000)
    expect(alarmRate([...late, ...early], NOW)).toEqual({ rate: 6, floodFrom: undefined })
  })
  test('what the journal dates a moment ahead of the clock on the wall counts at once', () =>
    expect(alarmRate(every(30, 10, NOW + 900), NOW).rate).toBe(30))
})
