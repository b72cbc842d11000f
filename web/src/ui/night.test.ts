import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contrast } from './colour.fixture.ts'

const tokensOf = (file: string): Map<string, string> =>
  new Map(
    [...readFileSync(new URL(file, import.meta.url), 'utf8').matchAll(/^\s*--([\w-]+):\s*(#[\da-f]{6})\b/gm)].map(([, name, hex]) => [
      name as string,
      hex as string,
    ]),
  )
const day = tokensOf('tokens.css')
const night = tokensOf('night.css')
const at = (name: string): string => night.get(name) ?? day.get(name) ?? ''
const channels = (hex: string): number[] => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))

test('at night every reading text keeps 4.5 on every ground, and its rank', () => {
  for (const ink of ['text-1', 'text-2', 'text-3'])
    for (const ground of ['bg', 'surface', 'raised']) expect(contrast(at(ink), at(ground))).toBeGreaterThan(4.5)
  const ranks = ['focus', 'text-1', 'text-2', 'text-3'].map((ink) => contrast(at(ink), at('bg')))
  expect([...ranks].sort((a, b) => b - a)).toEqual(ranks)
})

test('only brightness changes: every dimmed colour is its day colour, darker by one factor of a tenth to a fifth', () => {
  for (const [name, hex] of night) {
    const before = channels(day.get(name) as string)
    const factors = channels(hex).map((value, i) => value / (before[i] as number))
    expect(Math.max(...factors) - Math.min(...factors), name).toBeLessThan(0.01)
    expect(Math.min(...factors), name).toBeGreaterThan(0.8)
    expect(Math.max(...factors), name).toBeLessThan(0.91)
  }
})

test('alarms are as bright at night as by day', () => {
  for (const name of night.keys()) expect(name).not.toMatch(/^p[1-4]|alarm/)
})
