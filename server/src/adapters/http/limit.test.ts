import { describe, expect, test } from 'vitest'
import { SenderLimit } from './limit.ts'

describe("a sender's budget", () => {
  const T = 1_000_000
  test('so many requests at once, then as many a second as allowed', () => {
    const limit = new SenderLimit({ requests: 10, events: 1000 })
    for (let i = 0; i < 10; i++) expect(limit.take('a', 1, T)).toBe(0)
    expect(limit.take('a', 1, T)).toBeGreaterThan(0)
    expect(limit.take('a', 1, T + 100)).toBe(0)
    expect(limit.take('a', 1, T + 100)).toBeGreaterThan(0)
  })
  test('entries count too, and the wait it tells is long enough', () => {
    const limit = new SenderLimit({ requests: 100, events: 1000 })
    expect(limit.take('a', 1000, T)).toBe(0)
    const wait = limit.take('a', 500, T)
    expect(wait).toBeCloseTo(0.5)
    expect(limit.take('a', 500, T + wait * 1000)).toBe(0)
  })
  test('a batch larger than the limit passes when the budget is full, and is paid for afterwards', () => {
    const limit = new SenderLimit({ requests: 100, events: 100 })
    expect(limit.take('a', 1000, T)).toBe(0)
    expect(limit.take('a', 1, T + 5_000)).toBeGreaterThan(0)
    expect(limit.take('a', 1, T + 9_100)).toBe(0)
  })
  test('one sender never uses up the budget of another, and a clock that goes back gives nothing', () => {
    const limit = new SenderLimit({ requests: 1, events: 1 })
    expect(limit.take('a', 1, T)).toBe(0)
    expect(limit.take('b', 1, T)).toBe(0)
    expect(limit.take('a', 1, T - 60_000)).toBeGreaterThan(0)
  })
})
