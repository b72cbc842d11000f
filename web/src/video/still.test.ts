import { expect, test } from 'vitest'
import { madeAt } from './still.ts'
import { MOVES_EVERY, watermarkPlace } from './watermark.ts'

const headers = (all: Record<string, string>) => ({ get: (name: string) => all[name] ?? null })

test('a still picture without the time it was made has none, and is not shown', () => {
  expect(madeAt(headers({}))).toBeUndefined()
  expect(madeAt(headers({ 'last-modified': 'soon' }))).toBeUndefined()
})

test('the exact time wins over the second of Last-Modified', () => {
  const both = { 'last-modified': 'Tue, 24 Nov 2026 06:32:07 GMT', 'orchid-frame-at': '1795501927480' }
  expect(madeAt(headers(both))).toBe(1795501927480)
  expect(madeAt(headers({ 'last-modified': both['last-modified'] }))).toBe(Date.UTC(2026, 10, 24, 6, 32, 7))
})

test('the watermark moves, stays within the picture, and not all at one place', () => {
  const places = Array.from({ length: 8 }, (_, i) => watermarkPlace('cam-1', i * MOVES_EVERY))
  expect(new Set(places).size).toBe(8)
  for (const [left, top] of places) expect([left >= 0 && left <= 100, top >= 0 && top <= 100]).toEqual([true, true])
  expect(new Set(['a', 'b', 'c', 'd'].map((id) => watermarkPlace(id, 0))).size).toBeGreaterThan(1)
})
