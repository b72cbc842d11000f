import { describe, expect, test } from 'vitest'
import { distance, inRing, toWgs84, within } from './geo.ts'

describe('coordinates', () => {
  test('CGCS2000 and WGS 84 are taken as they are', () => {
    expect(toWgs84(119.46, 29.21, 'WGS84')).toEqual([119.46, 29.21])
    expect(toWgs84(119.46, 29.21, 'CGCS2000')).toEqual([119.46, 29.21])
  })
  test('GCJ-02 and BD-09 positions move by some hundred metres, not by kilometres', () => {
    for (const crs of ['GCJ02', 'BD09'] as const) {
      const moved = distance([119.46, 29.21], toWgs84(119.46, 29.21, crs))
      expect(moved).toBeGreaterThan(300)
      expect(moved).toBeLessThan(1500)
    }
  })
  test('the known pair of Tiananmen: GCJ-02 116.404, 39.915 is WGS 84 116.39776, 39.91359', () => {
    expect(distance(toWgs84(116.404, 39.915, 'GCJ02'), [116.39776, 39.91359])).toBeLessThan(5)
  })
})

describe('areas', () => {
  const square = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
    [0, 0],
  ] as const
  test('a point is inside its ring and outside elsewhere', () => {
    expect(inRing([0.5, 0.5], square)).toBe(true)
    expect(inRing([1.5, 0.5], square)).toBe(false)
  })
  test('codes nest by prefix', () => {
    expect(within('330781109', '330781109001001')).toBe(true)
    expect(within('330781109', '330781110001001')).toBe(false)
    expect(within('330781', '330781109001001')).toBe(true)
  })
})
