import { describe, expect, test } from 'vitest'
import { age, clock, clockShort, count, countdown, date, duration, percent, span, THIN } from './format.ts'

const at = Date.UTC(2026, 10, 24, 6, 32, 8)
const plain = (text: string): string => text.replaceAll(THIN, ' ')
const MIN = 60_000

describe('figures', () => {
  test('groups of three by thin space, true minus', () => {
    expect([0, 999, 1284, 1234567, -12].map(count)).toEqual(['0', '999', `1${THIN}284`, `1${THIN}234${THIN}567`, '−12'])
  })
  test('percent has one decimal; nothing of nothing has none', () => {
    expect(percent(642, 776)).toBe('82.7')
    expect(percent(0, 0)).toBeUndefined()
  })
})

describe('times are Shanghai whatever the zone of the browser', () => {
  test('clock and date', () => {
    expect(clock(at)).toBe('14:32:08')
    expect(clockShort(at)).toBe('14:32')
    expect(date(at, 'zh-CN')).toBe('2026年11月24日 星期二')
    expect(date(at, 'en')).toBe('Tuesday 24 November 2026')
  })
  test('the day turns at 16:00 UTC, over a leap day too', () => {
    expect(date(Date.UTC(2028, 1, 28, 15, 59, 59), 'zh-CN')).toBe('2028年2月28日 星期一')
    expect(date(Date.UTC(2028, 1, 28, 16), 'zh-CN')).toBe('2028年2月29日 星期二')
    expect(clock(Date.UTC(2028, 1, 28, 16))).toBe('00:00:00')
  })
})

describe('durations', () => {
  test('countdown', () => {
    expect(countdown(4 * MIN + 12_000, 'zh-CN')).toEqual({ value: '04:12', unit: '' })
    expect(countdown(102 * MIN, 'zh-CN')).toEqual({ value: '1:42', unit: '时' })
    expect(countdown(-161_000, 'zh-CN')).toEqual({ value: '02:41', unit: '' })
    expect(countdown(75 * 60 * MIN, 'zh-CN')).toEqual({ value: '3', unit: '天' })
  })
  test('in words', () => {
    expect(plain(duration(161_000, 'zh-CN'))).toBe('2 分 41 秒')
    expect(plain(duration(108 * MIN, 'zh-CN'))).toBe('1 时 48 分')
    expect(plain(duration(76 * 60 * MIN, 'zh-CN'))).toBe('3 天 4 时')
    expect(plain(duration(41_000, 'en'))).toBe('41 s')
  })
  test('in one unit', () => {
    expect([41_000, 12 * MIN, 5 * 60 * MIN, 6 * 24 * 60 * MIN].map((ms) => plain(span(ms, 'zh-CN')))).toEqual([
      '41 秒',
      '12 分',
      '5 时',
      '6 天',
    ])
  })
  test('age turns into the clock time after an hour', () => {
    expect(age(at, at + 20_000, 'zh-CN')).toBe('刚刚')
    expect(plain(age(at, at + 5 * MIN, 'zh-CN'))).toBe('5 分钟前')
    expect(age(at, at + 61 * MIN, 'zh-CN')).toBe('14:32')
    expect(age(at, at + 3000 * MIN, 'zh-CN')).toBe('11-24 14:32')
  })
})
