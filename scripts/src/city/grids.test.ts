/** The grids cover the city without gap or overlap, and every tier of the tower hangs together. */
import { inRing, type LngLat } from '@orchid/shared/kernel/geo'
import { describe, expect, test } from 'vitest'
import { readGrids } from './definitions.ts'
import { connected, GRIDS, makeGrids, neighboursOf } from './grids.ts'
import { LANXI, placeName, SEATS } from './lanxi.ts'
import { seeded } from './random.ts'
import { pointInside, ringArea } from './rings.ts'

const grids = readGrids()
const villages = LANXI.townships.flatMap((t) => t.villages)
const neighbours = neighboursOf(grids.map((g) => g.boundary))
const within = (code: string): number[] => grids.flatMap((g, i) => (g.code.startsWith(code) ? [i] : []))

describe('codes', () => {
  test('16 townships, each with a seat, 360 villages, 776 grids', () => {
    expect(LANXI.townships.map((t) => t.code)).toEqual(Object.keys(SEATS))
    expect(villages).toHaveLength(360)
    expect(new Set(villages.map((v) => v.code)).size).toBe(360)
    expect(grids).toHaveLength(GRIDS)
  })
  test('a village has one to four grids, numbered from 001 without a gap', () => {
    for (const { code } of villages) {
      const own = within(code).map((i) => (grids[i] as (typeof grids)[0]).code)
      expect(own.length).toBeGreaterThanOrEqual(1)
      expect(own.length).toBeLessThanOrEqual(4)
      expect(own).toEqual(own.map((_, i) => `${code}${String(i + 1).padStart(3, '0')}`))
    }
    expect(villages.reduce((n, v) => n + within(v.code).length, 0)).toBe(GRIDS)
  })
  test.each([
    ['滨江社区居委会', '滨江社区'],
    ['双龙社区居民委员会', '双龙社区'],
    ['马涧居民委员会', '马涧社区'],
    ['溪西村委会', '溪西村'],
    ['张村村委会', '张村'],
    ['丹溪社区', '丹溪社区'],
  ])('%s is shown as %s', (official, shown) => expect(placeName(official)).toBe(shown))
  test('every place is shown as a village or a community', () => {
    for (const { name } of villages) expect(placeName(name)).toMatch(/.(村|社区)$/)
  })
})

describe('geometry', () => {
  test('the committed grids are what the seed makes', () => expect(makeGrids()).toEqual(grids))
  test('rings are closed, rounded to 1e-5 degree, and as large as they say', () => {
    for (const { boundary, area } of grids) {
      expect(boundary.at(-1)).toEqual(boundary[0])
      for (const n of boundary.flat()) expect(Math.abs(n * 1e5 - Math.round(n * 1e5))).toBeLessThan(1e-4)
      expect(area).toBeCloseTo(ringArea(boundary), 3)
      expect(area).toBeGreaterThan(0.05)
    }
  })
  test('the areas sum to that of the outline', () => {
    expect(Math.abs(grids.reduce((n, g) => n + g.area, 0) - ringArea(LANXI.outline))).toBeLessThan(0.02)
  })
  test('nearly every place of the city lies in exactly one grid, and none beyond the city in any', () => {
    const random = seeded(5)
    const [far, count] = [0.05, 4_000]
    const box: LngLat[] = [-far, 0.65].flatMap((x) => [-far, 0.45].map((y): LngLat => [119.2 + x, 29.04 + y]))
    let odd = 0
    for (let i = 0; i < count; i++) {
      const at = pointInside([box[0], box[2], box[3], box[1]] as LngLat[], [119.5, 29.2], random)
      const holders = grids.filter((g) => inRing(at, g.boundary)).length
      if (holders !== Number(inRing(at, LANXI.outline))) odd++
    }
    // A place on a rounded side may belong to both or neither.
    expect(odd).toBeLessThanOrEqual(2)
  })
  test('each middle lies in its own grid and in the city', () => {
    for (const { centroid, boundary } of grids) {
      expect(inRing(centroid, boundary)).toBe(true)
      expect(inRing(centroid, LANXI.outline)).toBe(true)
    }
  })
  test('city, townships and villages each hang together', () => {
    expect(connected(within(LANXI.city.code), neighbours)).toBe(true)
    for (const { code } of [...LANXI.townships, ...villages]) expect(connected(within(code), neighbours)).toBe(true)
  })
  test('grids of the urban core are the smallest', () => {
    const mean = (code: string): number => within(code).reduce((n, i) => n + (grids[i]?.area ?? 0), 0) / within(code).length
    const byMean = LANXI.townships.map((t) => t.name).sort((a, b) => mean(codeOf(a)) - mean(codeOf(b)))
    expect(byMean.slice(0, 2).sort()).toEqual(['云山街道', '兰江街道'])
  })
})

const codeOf = (name: string): string => LANXI.townships.find((t) => t.name === name)?.code ?? ''
