import { describe, expect, test } from 'vitest'
import { type CityFile, type Definition, isNews, readCityFile } from './city-file.ts'

const square = (west: number, south: number, side = 0.01) => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const grid = (more: object = {}, geometry: object | null = { type: 'Polygon', coordinates: [square(119.4, 29.2)] }) => ({
  type: 'Feature',
  properties: { tier: 'grid', code: '330781001001001', name: '第一网格', ...more },
  geometry,
})
const read = (features: object[], crs: 'WGS84' | 'GCJ02' = 'WGS84'): CityFile =>
  readCityFile(JSON.stringify({ type: 'FeatureCollection', features }), { crs, city: '330781', now: 1_700_000_000_000 })

const first = (features: object[], crs?: 'GCJ02') => {
  const [definition] = read(features, crs).definitions
  if (!definition) throw new Error('nothing was taken')
  return definition.event.data as { area: number; centroid: [number, number] }
}

describe('a county file', () => {
  test('gives areas before grids, whatever their order in the file', () => {
    const city = {
      properties: { tier: 'city', code: '330781', name: '兰溪市' },
      geometry: { type: 'Polygon', coordinates: [square(119, 29, 1)] },
    }
    const village = { properties: { tier: 'village', code: '330781001001', name: '某村' }, geometry: null }
    const river = {
      properties: { tier: 'water', code: 'lan', name: '兰江', width: 300 },
      geometry: {
        type: 'LineString',
        coordinates: [
          [119.4, 29.2],
          [119.5, 29.3],
        ],
      },
    }
    const { definitions, refused } = read([grid(), river, village, city])
    expect(refused).toEqual([])
    expect(definitions.map(({ event }) => event.subject)).toEqual(['area:330781', 'area:330781001001', 'water:lan', 'grid:330781001001001'])
  })
  test('a grid gets its middle, its size in square kilometres and the time from which it holds', () => {
    expect(first([grid()])).toMatchObject({ centroid: [119.405, 29.205], validFrom: 1_700_000_000_000 })
    expect(first([grid()]).area).toBeCloseTo(1.08, 1)
  })
  test('the middle of a bent grid lies inside it', () => {
    const bent = [
      [0, 0],
      [3, 0],
      [3, 1],
      [1, 1],
      [1, 2],
      [3, 2],
      [3, 3],
      [0, 3],
      [0, 0],
    ].map(([x, y]) => [119 + (x as number) / 100, 29 + (y as number) / 100])
    const { centroid } = first([grid({}, { type: 'Polygon', coordinates: [bent] })])
    expect(centroid[0]).toBeLessThan(119.03)
    expect(centroid[0] < 119.01 || centroid[1] < 29.01 || centroid[1] > 29.02).toBe(true)
  })
  test('coordinates of a declared system are moved to WGS 84', () => {
    const [lng] = first([grid()], 'GCJ02').centroid
    expect(Math.abs(lng - 119.405) * 97_000).toBeGreaterThan(200)
  })
  test('the same feature has the same id, another boundary another', () => {
    const id = (feature: object) => read([feature]).definitions[0]?.id
    expect(id(grid())).toBe(id(grid()))
    expect(id(grid({}, { type: 'Polygon', coordinates: [square(119.5, 29.2)] }))).not.toBe(id(grid()))
  })
  test.each([
    ['a foreign code', grid({ code: '330782001001001' }), 'begin with 330781'],
    ['a code too short', grid({ code: '330781001' }), '15 digits'],
    ['no name', grid({ name: ' ' }), 'name'],
    ['an unknown tier', grid({ tier: 'planet' }), 'tier must be one of'],
    ['no geometry', grid({}, null), 'needs a geometry'],
    ['swapped coordinates', grid({}, { type: 'Polygon', coordinates: [square(29.2, 119.4)] }), 'in this order'],
    ['an open ring', grid({}, { type: 'Polygon', coordinates: [square(119.4, 29.2).slice(0, 4)] }), 'end where it begins'],
    ['a hole', grid({}, { type: 'Polygon', coordinates: [square(119.4, 29.2), square(119.402, 29.202, 0.001)] }), 'without holes'],
    ['an impossible time', grid({ validFrom: '昨天' }), 'validFrom'],
  ])('%s is refused by the place of the feature', (_what, feature, word) => {
    const { refused } = read([grid({ code: '330781001001002' }), feature])
    expect(refused).toHaveLength(1)
    expect(refused[0]).toContain('feature 2')
    expect(refused[0]).toContain(word)
  })
  test('a code that stands twice is refused', () => expect(read([grid(), grid()]).refused[0]).toContain('twice'))
  test('what is no collection is told', () =>
    expect(() => readCityFile('{}', { crs: 'WGS84', city: '330781', now: 0 })).toThrow(SyntaxError))
})

test('what stands already is no news, a time that the file does not give neither; another boundary is', () => {
  const [definition] = read([grid()]).definitions as [Definition]
  const row = { ...(definition.event.data as object), validFrom: 1, chief: '网格长', updatedSeq: 7 }
  expect(isNews(definition, row)).toBe(false)
  expect(isNews(definition, undefined)).toBe(true)
  expect(isNews(definition, { ...row, boundary: square(119.5, 29.2) })).toBe(true)
  const [dated] = read([grid({ validFrom: '2026-01-01T00:00:00+08:00' })]).definitions as [Definition]
  expect(isNews(dated, row)).toBe(true)
})
