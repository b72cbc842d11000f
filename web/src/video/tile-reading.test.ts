import { expect, test } from 'vitest'
import { readTile, type TileFacts } from './tile-reading.ts'

const NOW = Date.UTC(2026, 10, 24, 6, 32, 8)
const t = (key: string, named: Record<string, unknown> = {}): string => `${key}${Object.values(named).map((value) => ` ${value}`)}`
const facts: TileFacts = {
  ...{ shielded: false, canPlay: true, isStill: false, still: undefined, review: undefined, now: NOW },
  view: { state: 'live', seconds: 9, frameAt: NOW - 400 },
}
const still = { is: 'still', url: 'blob:1', at: NOW - 9_000 } as const

test('what was kept says when it was and how long ago, whatever the player behind it claims, and the shield hides it', () => {
  const review = { is: 'playing', frameAt: NOW - 32_000 } as const
  const read = readTile(t, { ...facts, review })
  expect(read).toMatchObject({ state: 'recorded', shownAt: NOW - 32_000, onBar: true, meaning: 'review.bar 14:31:36, 32' })
  expect(read.words).toBe('14:31:36')
  expect(readTile(t, { ...facts, review, shielded: true }).state).toBe('masked')
})

test('a codec that cannot be played shows stills with their age; without one it shows nothing', () => {
  const view = { state: 'codec', seconds: 3, reason: 'slots-taken', frameAt: NOW - 60_000 } as const
  expect(readTile(t, { ...facts, view, still })).toMatchObject({ state: 'codec', onBar: true, shownAt: NOW - 9_000, hasPicture: true })
  expect(readTile(t, { ...facts, view, still }).meaning).toContain('still.age')
  expect(readTile(t, { ...facts, view })).toMatchObject({
    onBar: false,
    shownAt: undefined,
    hasPicture: false,
    meaning: 'reason.slots-taken',
  })
})

test('a still of more than a minute is an old one; one without a time is none', () => {
  const read = (at: number) => readTile(t, { ...facts, isStill: true, still: { ...still, at } })
  expect([read(NOW - 59_000).isOldStill, read(NOW - 61_000).isOldStill]).toEqual([false, true])
  expect(readTile(t, { ...facts, isStill: true, still: { is: 'none' } })).toMatchObject({
    state: 'snapshot',
    onBar: false,
    hasPicture: false,
  })
})
