import { expect, test } from 'vitest'
import { isQuiet, isTime, LATEST, type Moment, QUIET_FOR } from './new-build.ts'

const moment = (over: Partial<Moment> = {}): Moment => ({ now: 1_000_000, newSince: 900_000, quietSince: 900_000, link: 'live', ...over })

test('without a new build the page stays, however quiet it is', () => {
  expect(isTime(moment({ newSince: undefined }))).toBe(false)
})

test('a new build is taken over once it has been quiet for ten seconds', () => {
  expect(isTime(moment({ quietSince: 1_000_000 - QUIET_FOR + 1 }))).toBe(false)
  expect(isTime(moment({ quietSince: 1_000_000 - QUIET_FOR }))).toBe(true)
})

test('while something is happening it waits, but not longer than a day', () => {
  expect(isTime(moment({ quietSince: undefined }))).toBe(false)
  expect(isTime(moment({ quietSince: undefined, newSince: 1_000_000 - LATEST + 1 }))).toBe(false)
  expect(isTime(moment({ quietSince: undefined, newSince: 1_000_000 - LATEST }))).toBe(true)
})

test('a page is never given up while the server is away', () => {
  for (const link of ['lost', 'late', 'connecting'] as const) expect(isTime(moment({ link, newSince: 0, now: 2 * LATEST }))).toBe(false)
})

test('an urgent incident that nobody has taken, a banner or a bad link is not quiet', () => {
  expect(isQuiet([], 'live', false)).toBe(true)
  expect(isQuiet([{ priority: 3 }, { priority: 4 }], 'live', false)).toBe(true)
  expect(isQuiet([{ priority: 3 }, { priority: 2 }], 'live', false)).toBe(false)
  expect(isQuiet([{ priority: 1 }], 'live', false)).toBe(false)
  expect(isQuiet([], 'live', true)).toBe(false)
  expect(isQuiet([], 'late', false)).toBe(false)
})
