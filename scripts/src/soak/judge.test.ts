import { describe, expect, test } from 'vitest'
import { judge, type Sample, type Seen, slopePerHour } from './judge.ts'

const MB = 1024 * 1024
const sample = (i: number, more: Partial<Sample> = {}): Sample => ({
  at: i * 10,
  heap: 20 * MB,
  nodes: 1_000,
  listeners: 50,
  sockets: 2,
  videos: 4,
  mediaSources: 4,
  ...more,
})
const seen = (samples: Sample[], more: Partial<Seen> = {}): Seen => ({
  samples,
  panels: [{ name: 'tallies', old: '1 2', fresh: '1 2' }],
  reports: 1,
  restarts: 1,
  cuts: 1,
  scenes: 1,
  errors: [],
  ...more,
})
const nine = (of: (i: number) => Partial<Sample> = () => ({})): Sample[] => Array.from({ length: 9 }, (_, i) => sample(i, of(i)))
const failing = (what: Seen): string[] =>
  judge(what)
    .filter((line) => !line.holds)
    .map((line) => line.what)

describe('a long-open wall', () => {
  test('that stays as it was holds', () => expect(failing(seen(nine()))).toEqual([]))
  test('whose heap climbs by more than 3 MB fails, by the slope of an hour', () => {
    const samples = nine((i) => ({ heap: 20 * MB + i * MB }))
    expect(failing(seen(samples))).toEqual(['heap grown by'])
    expect(slopePerHour(samples) / MB).toBeCloseTo(360)
  })
  test('one peak is no growth', () => expect(failing(seen(nine((i) => (i === 8 ? { heap: 60 * MB } : {}))))).toEqual([]))
  test.each([
    ['nodes', { nodes: 1_200 }],
    ['listeners', { listeners: 90 }],
    ['websockets', { sockets: 3 }],
    ['video elements', { videos: 6 }],
    ['media sources', { mediaSources: 6 }],
  ] as const)('with more %s at the end fails', (what, more) => {
    expect(failing(seen(nine((i) => (i > 4 ? more : {}))))).toEqual([what])
  })
  test('that shows another number than a fresh one fails', () => {
    expect(failing(seen(nine(), { panels: [{ name: 'tallies', old: '1 2', fresh: '1 3' }] }))).toEqual(["the old wall's tallies"])
  })
  test('with a fault on the page fails', () => expect(failing(seen(nine(), { errors: ['TypeError'] }))).toEqual(['faults on the page']))
})
