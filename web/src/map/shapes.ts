/** The grids as typed arrays in unit Mercator coordinates (0…1 over the world), ready to be drawn at any scale, with an index of their boxes. */
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import Flatbush from 'flatbush'

/** Unit Mercator of WGS 84 degrees: x eastwards, y southwards. */
export function unit([lng, lat]: LngLat): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180)
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)]
}

export interface Shapes {
  readonly codes: readonly string[]
  readonly byCode: ReadonlyMap<string, number>
  /** Points of all rings, x and y in turn; ring i lies between starts[i] and starts[i + 1] (in points). */
  readonly points: Float64Array
  readonly starts: Uint32Array
  /** Boxes of the grids. */
  readonly index: Flatbush
  readonly boxes: Float64Array
  /** Line segments between townships, and those on the outline: x1, y1, x2, y2 in turn. */
  readonly townshipLines: Float64Array
  readonly outline: Float64Array
}

/** Builds the shapes once per set of boundaries. Undefined while there are no grids. */
export function makeShapes(grids: Iterable<GridRow>): Shapes | undefined {
  const rows = [...grids].filter((g) => g.boundary.length > 2)
  if (rows.length === 0) return undefined
  const starts = new Uint32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) starts[i + 1] = (starts[i] as number) + row.boundary.length
  const points = new Float64Array(2 * (starts[rows.length] as number))
  const boxes = new Float64Array(4 * rows.length)
  const index = new Flatbush(rows.length)
  const edges = new Map<string, { township: string; shared: boolean; segment: [number, number, number, number] }>()
  const between: number[] = []
  for (const [i, row] of rows.entries()) {
    const box: [number, number, number, number] = [1, 1, 0, 0]
    let p = 2 * (starts[i] as number)
    let before: LngLat | undefined
    for (const at of row.boundary) {
      const [x, y] = unit(at)
      points[p++] = x
      points[p++] = y
      if (x < box[0]) box[0] = x
      if (y < box[1]) box[1] = y
      if (x > box[2]) box[2] = x
      if (y > box[3]) box[3] = y
      if (before) meet(before, at, row.township)
      before = at
    }
    boxes.set(box, 4 * i)
    index.add(...box)
  }
  index.finish()
  const outline = [...edges.values()].filter((e) => !e.shared).flatMap((e) => e.segment)
  return { codes: rows.map((r) => r.code), byCode: new Map(rows.map((r, i) => [r.code, i])), points, starts, index, boxes, townshipLines: Float64Array.from(between), outline: Float64Array.from(outline) }

  /** Neighbours share their corners exactly: an edge met twice is inside, one met once is the outline. */
  function meet(a: LngLat, b: LngLat, township: string): void {
    const [from, to] = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? [a, b] : [b, a]
    const key = `${from[0]},${from[1]} ${to[0]},${to[1]}`
    const known = edges.get(key)
    if (!known) edges.set(key, { township, shared: false, segment: [...unit(a), ...unit(b)] })
    else {
      known.shared = true
      if (known.township !== township) between.push(...known.segment)
    }
  }
}
