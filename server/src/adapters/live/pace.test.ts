import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Pace } from './pace.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A pace whose flushes each take `cost` ms of the thread, and the moments at which they began, in ms from now. */
function paced(cost: number): { pace: Pace; flushes: number[] } {
  const start = performance.now()
  const flushes: number[] = []
  const pace = new Pace(() => {
    flushes.push(Math.round(performance.now() - start))
    vi.advanceTimersByTime(cost)
    return false
  })
  return { pace, flushes }
}

/** Every `every` ms something is new, for `ms`. */
function keepsComing(pace: Pace, ms: number, urgent: (at: number) => boolean, every = 1): void {
  for (let at = 0; at < ms; at += every) {
    pace.soon(urgent(at))
    vi.advanceTimersByTime(every)
  }
}

const never = () => false
const gaps = (flushes: readonly number[]): number[] => flushes.slice(1).map((at, i) => at - (flushes[i] as number))

describe('the pace of flushes', () => {
  test('nothing new, no flush; what is new after a pause goes at once', () => {
    const { pace, flushes } = paced(3)
    vi.advanceTimersByTime(1_000)
    expect(flushes).toEqual([])
    pace.soon(false)
    vi.advanceTimersByTime(1_000)
    pace.soon(false)
    vi.advanceTimersByTime(1_000)
    expect(flushes).toEqual([1_000, 2_003])
  })

  test.each([
    [0, 10, 10],
    [4, 12, 14],
    [8, 24, 27],
    [20, 50, 58],
    [60, 120, 150],
  ])('a flush that takes %i ms is followed by the next after %i to %i ms', (cost, least, most) => {
    const { pace, flushes } = paced(cost)
    keepsComing(pace, 2_000, never)
    expect(flushes.length).toBeGreaterThan(15)
    expect(Math.min(...gaps(flushes))).toBeGreaterThanOrEqual(least)
    expect(Math.max(...gaps(flushes))).toBeLessThanOrEqual(most)
  })

  test('a red row waits for no more than what leaves half of the thread free, and the pause begins anew', () => {
    const { pace, flushes } = paced(8)
    pace.soon(false)
    vi.advanceTimersByTime(10)
    pace.soon(false)
    pace.soon(true)
    vi.advanceTimersByTime(0)
    expect(flushes).toEqual([0, 18])
    pace.soon(false)
    vi.advanceTimersByTime(200)
    expect(flushes).toEqual([0, 18, 42])
  })

  test('a red row goes with the flush that is due anyway, which counts as a red one', () => {
    const { pace, flushes } = paced(8)
    pace.soon(true)
    pace.soon(false)
    vi.advanceTimersByTime(0)
    pace.soon(true)
    vi.advanceTimersByTime(200)
    expect(flushes).toEqual([0, 16])
  })

  test('a storm of red rows is no flush for each: it leaves half of the thread to everything else', () => {
    const { pace, flushes } = paced(8)
    keepsComing(pace, 2_000, () => true)
    expect(Math.min(...gaps(flushes))).toBeGreaterThanOrEqual(16)
  })

  test('whoever a flush left over has a turn when the share allows it, not after the shortest pause', () => {
    const left = [2, 1, 0]
    const flushes: number[] = []
    const start = performance.now()
    const pace = new Pace(() => {
      flushes.push(performance.now() - start)
      vi.advanceTimersByTime(1)
      const more = (left.shift() ?? 0) > 0
      if (more) pace.soon(false)
      return more
    })
    pace.soon(false)
    vi.advanceTimersByTime(50)
    pace.soon(false)
    vi.advanceTimersByTime(200)
    expect(flushes).toEqual([0, 3, 6, 53])
  })

  test('a red flush that reached nobody does not shorten the pause after one that reached all', () => {
    const costs = [10, 0, 0]
    const flushes: number[] = []
    const start = performance.now()
    const pace = new Pace(() => {
      flushes.push(performance.now() - start)
      vi.advanceTimersByTime(costs.shift() ?? 0)
      return false
    })
    pace.soon(false)
    vi.advanceTimersByTime(5)
    pace.soon(true)
    vi.advanceTimersByTime(5)
    pace.soon(false)
    vi.advanceTimersByTime(200)
    expect(flushes).toEqual([0, 20, 30])
  })

  test('a flush can be asked for by some moment, and comes though nothing is new; what is new comes earlier', () => {
    const { pace, flushes } = paced(1)
    pace.within(300)
    pace.within(500)
    vi.advanceTimersByTime(1_000)
    expect(flushes).toEqual([300])
    pace.within(300)
    pace.soon(false)
    vi.advanceTimersByTime(1_000)
    expect(flushes).toHaveLength(2)
  })

  test('what a flush asks for while it runs waits for the pause after it', () => {
    const flushes: number[] = []
    const start = performance.now()
    const pace = new Pace(() => {
      flushes.push(performance.now() - start)
      vi.advanceTimersByTime(8)
      pace.within(1)
      return false
    })
    pace.soon(false)
    vi.advanceTimersByTime(200)
    expect(Math.min(...gaps(flushes))).toBeGreaterThanOrEqual(24)
  })

  test('stopped, it flushes no more', () => {
    const { pace, flushes } = paced(1)
    pace.soon(true)
    pace.stop()
    pace.soon(true)
    vi.advanceTimersByTime(1_000)
    expect(flushes).toEqual([])
  })
})
