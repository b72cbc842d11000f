/** Where the tiles of a base map lie in our plane, whatever system they were cut in. */
import { fromBaiduMetres, fromWgs84, type LngLat, toBaiduMetres, toWgs84 } from '@orchid/shared/kernel/geo'
import type { TileCrs } from '@orchid/shared/protocol/api'
import { degrees, type UnitBox, unit } from './mercator.ts'

export interface Tile {
  readonly z: number
  readonly x: number
  readonly y: number
}

export const keyOf = ({ z, x, y }: Tile): string => `${z}/${x}/${y}`

/** The tile of the next lower zoom that a tile lies in, in either tiling. */
export const parentOf = ({ z, x, y }: Tile): Tile => ({ z: z - 1, x: Math.floor(x / 2), y: Math.floor(y / 2) })

/** Between the plane of the tiles, counted in tiles of a zoom, and WGS 84. */
interface Tiling {
  /** Tiles are counted northwards. */
  readonly northwards: boolean
  /** Pixels of the world's width at zoom 0 if tiles have 256. */
  readonly world: number
  tileAt(z: number, at: LngLat): [x: number, y: number]
  place(z: number, x: number, y: number): readonly [x: number, y: number]
}

const WORLD_METRES = 40_075_016.686

/** Web Mercator z/x/y over longitude and latitude of the declared system. */
const webMercator = (crs: Exclude<TileCrs, 'BD09MC'>): Tiling => ({
  northwards: false,
  world: 256,
  tileAt(z, at) {
    const [x, y] = unit(fromWgs84(at, crs))
    return [x * 2 ** z, y * 2 ** z]
  },
  place(z, x, y) {
    const [u, v] = [x / 2 ** z, y / 2 ** z]
    // These two need no shift, and rounding them to degrees and back would cost a little.
    if (crs === 'WGS84' || crs === 'CGCS2000') return [u, v]
    const [lng, lat] = degrees(u, v)
    return unit(toWgs84(lng, lat, crs))
  },
})

/** Baidu's own tiles: at zoom 18 a pixel is a metre of its Mercator; tile 0/0 begins where the equator meets Greenwich. */
const BAIDU: Tiling = {
  northwards: true,
  world: WORLD_METRES / 2 ** 18,
  tileAt(z, at) {
    const [x, y] = toBaiduMetres(at)
    const side = 256 * 2 ** (18 - z)
    return [x / side, y / side]
  },
  place(z, x, y) {
    const side = 256 * 2 ** (18 - z)
    return unit(fromBaiduMetres(x * side, y * side))
  },
}

/** Tiles cover this much (of a tile) beyond what is seen: systems are shifted against each other by uneven amounts. */
const MARGIN = 0.05

/** Within one tile the shift of GCJ-02 and, more so, BD-09 varies by pixels at any zoom: a tile is cut into pieces, each of which stands right. */
const CUTS = 4

export class TileGrid {
  readonly #tiling: Tiling
  /** Pieces a tile is cut into, each way. */
  readonly cuts: number

  constructor(crs: TileCrs) {
    this.cuts = crs === 'WGS84' || crs === 'CGCS2000' ? 1 : CUTS
    this.#tiling = crs === 'BD09MC' ? BAIDU : webMercator(crs)
  }

  /** The zoom whose tiles have about one pixel a pixel; `scale`: device pixels of the world. */
  zoomFor(scale: number): number {
    return Math.round(Math.log2(scale / this.#tiling.world))
  }

  /** Whose corner stands where in the plane of the tiles, in tiles of that zoom. */
  tileAt(z: number, at: LngLat): [x: number, y: number] {
    return this.#tiling.tileAt(z, at)
  }

  /** Tiles of a zoom that touch a box of the unit plane. */
  tilesIn(z: number, [left, top, right, bottom]: UnitBox): Tile[] {
    const [cx, cy] = [(left + right) / 2, (top + bottom) / 2]
    const around = [left, cx, right].flatMap((x) => [top, cy, bottom].map((y) => this.tileAt(z, degrees(x, y))))
    const [xs, ys] = [around.map(([x]) => x), around.map(([, y]) => y)]
    const tiles: Tile[] = []
    for (let y = Math.floor(Math.min(...ys) - MARGIN); y <= Math.max(...ys) + MARGIN; y++)
      for (let x = Math.floor(Math.min(...xs) - MARGIN); x <= Math.max(...xs) + MARGIN; x++) if (x >= 0 && y >= 0) tiles.push({ z, x, y })
    return tiles
  }

  /**
   * Edges of the pieces of a tile in the unit plane of WGS 84, row by row from the north-west, as boxes.
   * Each edge is the mean of its two ends, so that neighbours share it.
   */
  boxesOf({ z, x, y }: Tile): UnitBox[] {
    const { northwards } = this.#tiling
    const n = this.cuts
    const corners = Array.from({ length: n + 1 }, (_, j) =>
      Array.from({ length: n + 1 }, (_, i) => this.#tiling.place(z, x + i / n, northwards ? y + 1 - j / n : y + j / n)),
    )
    const at = (i: number, j: number): readonly [number, number] => corners[j]?.[i] as readonly [number, number]
    return Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [k % n, Math.floor(k / n)]
      const [nw, ne, sw, se] = [at(i, j), at(i + 1, j), at(i, j + 1), at(i + 1, j + 1)]
      return [(nw[0] + sw[0]) / 2, (nw[1] + ne[1]) / 2, (ne[0] + se[0]) / 2, (sw[1] + se[1]) / 2]
    })
  }
}
