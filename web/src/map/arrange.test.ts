import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrange } from './arrange.ts'
import { apart } from './placement.ts'
import { Silhouette } from './silhouette.ts'

const { outline } = JSON.parse(readFileSync(new URL('../../../scripts/data/lanxi.json', import.meta.url), 'utf8'))
const lanxi = new Silhouette(outline)
const legend = (rem: number) => ({ width: 8.2 * rem, height: 9.2 * rem })

describe('the map box is divided', () => {
  test.each([
    ['1920×1080', 886, 602, 20],
    ['3840×2160', 1772, 1205, 40],
    ['2560×1080', 1022, 602, 20],
    ['7680×2160', 3450, 1205, 40],
    ['7680×2160 with a narrow map', 2400, 1700, 40],
    ['1600×1200', 541, 594, 22.2],
  ])('at %s the city is large, the core is shown, and nothing lies on the city', (_, width, height, rem) => {
    const field = { x: 0, y: 0, width, height }
    const { city, legend: key, inset } = arrange(field, lanxi, legend(rem), rem)
    if (process.env.SHOW) console.log(_, city.width / Math.min(width, height * lanxi.aspect), city, key, inset)
    expect(inset).toBeDefined()
    if (!inset) return
    expect(lanxi.touches(city, key)).toBe(false)
    expect(lanxi.touches(city, inset)).toBe(false)
    expect(apart(key, inset)).toBe(true)
    expect(city.width).toBeGreaterThan(0.8 * Math.min(width, height * lanxi.aspect))
    expect(inset.width).toBeGreaterThan(0.25 * city.width)
  })
  test('neither legend nor inset lies across a bezel', () => {
    const field = { x: 0, y: 0, width: 1022, height: 602 }
    for (const x of [100, 160, 700, 850, 950]) {
      const bar = { x: x - 6, y: 0, width: 12, height: 602 }
      const { legend: key, inset } = arrange(field, lanxi, legend(20), 20, [bar])
      expect(apart(key, bar)).toBe(true)
      expect(inset === undefined || apart(inset, bar)).toBe(true)
    }
  })
  test('whatever the box, everything stays inside and apart', () => {
    const side = fc.integer({ min: 300, max: 4000 })
    fc.assert(
      fc.property(side, side, (width, height) => {
        const { city, legend: key, inset } = arrange({ x: 0, y: 0, width, height }, lanxi, legend(20), 20)
        for (const box of [city, inset ?? city]) {
          expect(box.x).toBeGreaterThanOrEqual(0)
          expect(box.y).toBeGreaterThanOrEqual(0)
          expect(box.x + box.width).toBeLessThanOrEqual(width + 0.01)
          expect(box.y + box.height).toBeLessThanOrEqual(height + 0.01)
        }
        if (inset) expect(apart(key, inset)).toBe(true)
      }),
      { seed: 6, numRuns: 50 },
    )
  })
})

describe('the silhouette', () => {
  const triangle = new Silhouette([
    [0, 0],
    [10, 0],
    [0, 10],
    [0, 0],
  ])
  const city = { x: 100, y: 100, width: 120, height: 80 }
  test('touches what lies on it, not what lies in the empty half of its box or outside', () => {
    expect(triangle.touches(city, { x: 105, y: 170, width: 5, height: 5 })).toBe(true)
    expect(triangle.touches(city, { x: 190, y: 105, width: 25, height: 20 })).toBe(false)
    expect(triangle.touches(city, { x: 0, y: 0, width: 99, height: 99 })).toBe(false)
  })
})
