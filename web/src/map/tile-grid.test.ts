import type { LngLat } from '@orchid/shared/kernel/geo'
import { describe, expect, test } from 'vitest'
import { type UnitBox, unit } from './mercator.ts'
import { parentOf, type Tile, TileGrid } from './tile-grid.ts'

/** Points all over the county, on no edge of anything. */
const POINTS: LngLat[] = []
for (let lng = 119.2173; lng < 119.9; lng += 0.0531) for (let lat = 29.0171; lat < 29.48; lat += 0.0417) POINTS.push([lng, lat])

const METRES = 40_075_016.686

/** Pixels (256 a tile) between where a tile shows a point and where our own drawing has it. */
function errorAt(grid: TileGrid, z: number, at: LngLat): number {
  const northwards = grid === BAIDU
  const [tx, ty] = grid.tileAt(z, at)
  const [x, y] = [Math.floor(tx), Math.floor(ty)]
  const n = grid.cuts
  const [px, py] = [(tx - x) * n, (northwards ? y + 1 - ty : ty - y) * n]
  const [i, j] = [Math.floor(px), Math.floor(py)]
  const [left, top, right, bottom] = grid.boxesOf({ z, x, y })[j * n + i] as UnitBox
  const [ux, uy] = unit(at)
  const world = northwards ? METRES / 2 ** (18 - z) : 256 * 2 ** z
  return Math.hypot(left + (px - i) * (right - left) - ux, top + (py - j) * (bottom - top) - uy) * world
}
const BAIDU = new TileGrid('BD09MC')
describe('a point of a tile stands within one pixel of where our own drawing has it, at every zoom', () => {
  test.each([
    ['WGS84', 0.01],
    ['CGCS2000', 0.01],
    ['GCJ02', 1],
    ['BD09', 1],
    ['BD09MC', 1],
  ] as const)('%s', (crs, most) => {
    const grid = crs === 'BD09MC' ? BAIDU : new TileGrid(crs)
    for (let z = 8; z <= 18; z++) expect(Math.max(...POINTS.map((at) => errorAt(grid, z, at))), `zoom ${z}`).toBeLessThan(most)
  })
  test('which would not be so without the shift: GCJ-02 taken for WGS 84 is hundreds of metres off', () => {
    const [gcj, wgs] = [new TileGrid('GCJ02'), new TileGrid('WGS84')]
    const [a, b] = [gcj.tileAt(16, [119.46, 29.21]), wgs.tileAt(16, [119.46, 29.21])]
    expect(Math.hypot(a[0] - b[0], a[1] - b[1]) * 256).toBeGreaterThan(150)
  })
})

describe('tiles', () => {
  const whole = (grid: TileGrid, tile: Tile): UnitBox => {
    const boxes = grid.boxesOf(tile)
    const [first, last] = [boxes[0], boxes.at(-1)] as [UnitBox, UnitBox]
    return [first[0], first[1], last[2], last[3]]
  }
  test('of a box are those that touch it', () => {
    const [left, top] = unit([119.3, 29.4])
    const [right, bottom] = unit([119.7, 29.1])
    const tiles = new TileGrid('WGS84').tilesIn(10, [left, top, right, bottom])
    expect(tiles.map(({ x, y }) => `${x}/${y}`).sort()).toEqual(['851/424', '851/425', '852/424', '852/425'])
  })
  test('share the edges of their pieces with their neighbours in every system', () => {
    for (const crs of ['WGS84', 'GCJ02', 'BD09'] as const) {
      const grid = new TileGrid(crs)
      const n = grid.cuts
      const [tile, right, below] = [
        [0, 0],
        [1, 0],
        [0, 1],
      ].map(([x, y]) => grid.boxesOf({ z: 14, x: 13628 + (x as number), y: 6790 + (y as number) })) as [UnitBox[], UnitBox[], UnitBox[]]
      for (let k = 0; k < n; k++) {
        expect(tile[k * n + n - 1]?.[2]).toBe(right[k * n]?.[0])
        expect(tile[(n - 1) * n + k]?.[3]).toBe(below[k]?.[1])
      }
    }
  })
  test("lie in their parents, in Baidu's tiling too", () => {
    for (const [crs, at] of [
      ['GCJ02', { z: 14, x: 13629, y: 6791 }],
      ['BD09MC', { z: 14, x: 3247, y: 826 }],
    ] as const) {
      const grid = new TileGrid(crs)
      const [box, parent] = [whole(grid, at), whole(grid, parentOf(at))]
      const slack = (parent[2] - parent[0]) / 100
      expect([box[0] >= parent[0] - slack, box[1] >= parent[1] - slack, box[2] <= parent[2] + slack, box[3] <= parent[3] + slack]).toEqual([
        true,
        true,
        true,
        true,
      ])
    }
  })
  test('have about a pixel a pixel', () => {
    expect(new TileGrid('WGS84').zoomFor(256 * 2 ** 12.4)).toBe(12)
    expect(new TileGrid('BD09MC').zoomFor(40_075_016.686 / 2 ** 6)).toBe(12)
  })
})
