/** The grids as typed arrays in the unit plane, ready to be drawn at any scale, with indexes of their boxes and of the lines between townships. */
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import { BoxIndex } from './box-index.ts'
import { type UnitBox, unit } from './mercator.ts'

/** Line segments (x1, y1, x2, y2 in turn) that are found by box. */
export interface Lines {
  readonly segments: Float64Array
  readonly index: BoxIndex
}

export interface Shapes {
  readonly codes: readonly string[]
  /** Points of all rings, x and y in turn; ring i lies between starts[i] and starts[i + 1] (in points). */
  readonly points: Float64Array
  readonly starts: Uint32Array
  /** left, top, right, bottom of each grid, and their index. */
  readonly boxes: Float64Array
  readonly index: BoxIndex
  readonly townshipLines: Lines
  readonly outline: Lines
}

/** Builds the shapes once per set of boundaries. Undefined while there are no grids. */
export function makeShapes(grids: Iterable<GridRow>): Shapes | undefined {
  const rows = [...grids].filter((grid) => grid.boundary.length > 2)
  if (rows.length === 0) return undefined
  const starts = new Uint32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) starts[i + 1] = (starts[i] as number) + row.boundary.length
  const points = new Float64Array(2 * (starts[rows.length] as number))
  const boxes = new Float64Array(4 * rows.length)
  let p = 0
  // By number, here and in borders(): this runs once, so it runs cold, and there an iterator costs more than the work.
  for (let i = 0; i < rows.length; i++) {
    const { boundary } = rows[i] as GridRow
    let left = 1
    let top = 1
    let right = 0
    let bottom = 0
    for (let k = 0; k < boundary.length; k++) {
      const at = unit(boundary[k] as LngLat)
      const x = at[0]
      const y = at[1]
      points[p++] = x
      points[p++] = y
      if (x < left) left = x
      if (y < top) top = y
      if (x > right) right = x
      if (y > bottom) bottom = y
    }
    boxes[4 * i] = left
    boxes[4 * i + 1] = top
    boxes[4 * i + 2] = right
    boxes[4 * i + 3] = bottom
  }
  const { between, outside } = borders(rows, points)
  return {
    codes: rows.map((row) => row.code),
    points,
    starts,
    boxes,
    index: new BoxIndex(boxes, 4),
    townshipLines: indexed(between),
    outline: indexed(outside),
  }
}

/**
 * Neighbours share their corners: an edge met by two townships lies between them, an edge met once lies on the outline.
 * `points` are the corners of all rings in turn, x and y; both results are segments of the unit plane.
 */
function borders(rows: readonly GridRow[], points: Float64Array): { between: Float64Array; outside: Float64Array } {
  const corners = new Map<number, number>()
  const edges = new Map<number, number>()
  /** For each edge: where its first corner stands among the points, whose it is, and whether a second grid has it too. */
  const at: number[] = []
  const townships: string[] = []
  const shared: boolean[] = []
  const between: number[] = []
  let p = 0
  for (const { boundary, township } of rows) {
    let from = -1
    for (let i = 0; i < boundary.length; i++, p += 2) {
      const corner = cornerKey(boundary[i] as LngLat)
      let to = corners.get(corner)
      if (to === undefined) {
        to = corners.size
        corners.set(corner, to)
      }
      if (from >= 0 && from !== to) {
        const key = Math.min(from, to) * MOST_CORNERS + Math.max(from, to)
        const known = edges.get(key)
        if (known === undefined) {
          edges.set(key, at.length)
          at.push(p - 2)
          townships.push(township)
          shared.push(false)
        } else {
          shared[known] = true
          if (townships[known] !== township) between.push(at[known] as number)
        }
      }
      from = to
    }
  }
  const segments = (firsts: readonly number[]): Float64Array => {
    const all = new Float64Array(4 * firsts.length)
    for (let i = 0; i < firsts.length; i++) for (let k = 0; k < 4; k++) all[4 * i + k] = points[(firsts[i] as number) + k] as number
    return all
  }
  return { between: segments(between), outside: segments(at.filter((_, edge) => !shared[edge])) }
}

/** Two numbers below this make one that is still exact. */
const MOST_CORNERS = 2 ** 26
/** Corners are the same within a ten-millionth of a degree, a centimetre. */
const PER_DEGREE = 1e7

/** One number for a corner of degrees; two corners that are not the same share it only where they are more than 6.7° of longitude or latitude apart. */
const cornerKey = ([lng, lat]: LngLat): number =>
  (Math.round(lng * PER_DEGREE) % MOST_CORNERS) * MOST_CORNERS + (Math.round(lat * PER_DEGREE) % MOST_CORNERS)

const indexed = (segments: Float64Array): Lines => ({ segments, index: new BoxIndex(segments, 4) })

/** Numbers of the segments that touch a box. */
export const segmentsIn = ({ index }: Lines, box: UnitBox): Uint32Array => index.search(box)
