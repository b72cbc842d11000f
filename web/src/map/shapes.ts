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

type Segment = readonly [number, number, number, number]

/** Builds the shapes once per set of boundaries. Undefined while there are no grids. */
export function makeShapes(grids: Iterable<GridRow>): Shapes | undefined {
  const rows = [...grids].filter((grid) => grid.boundary.length > 2)
  if (rows.length === 0) return undefined
  const starts = new Uint32Array(rows.length + 1)
  for (const [i, row] of rows.entries()) starts[i + 1] = (starts[i] as number) + row.boundary.length
  const points = new Float64Array(2 * (starts[rows.length] as number))
  const boxes = new Float64Array(4 * rows.length)
  let p = 0
  for (const [i, row] of rows.entries()) {
    let [left, top, right, bottom] = [1, 1, 0, 0]
    for (const at of row.boundary) {
      const [x, y] = unit(at)
      points[p++] = x
      points[p++] = y
      left = Math.min(left, x)
      top = Math.min(top, y)
      right = Math.max(right, x)
      bottom = Math.max(bottom, y)
    }
    boxes.set([left, top, right, bottom], 4 * i)
  }
  const { between, outside } = borders(rows)
  return {
    codes: rows.map((row) => row.code),
    points,
    starts,
    boxes,
    index: new BoxIndex(rows.length, (i) => boxes.subarray(4 * i, 4 * i + 4) as unknown as UnitBox),
    townshipLines: indexed(between),
    outline: indexed(outside),
  }
}

/**
 * Neighbours share their corners exactly: an edge met by two townships lies between them, an edge met once lies on the outline.
 * `between` and `outside` in the unit plane.
 */
function borders(rows: readonly GridRow[]): { between: Segment[]; outside: Segment[] } {
  const corners = new Corners()
  const edges = new Map<number, { township: string; times: number; segment: Segment }>()
  const between: Segment[] = []
  for (const { boundary, township } of rows) {
    let before: LngLat | undefined
    let from = 0
    for (const at of boundary) {
      const to = corners.numberOf(at)
      if (before && from !== to) {
        const key = Math.min(from, to) * MOST_CORNERS + Math.max(from, to)
        const known = edges.get(key)
        if (!known) edges.set(key, { township, times: 1, segment: [...unit(before), ...unit(at)] })
        else {
          known.times++
          if (known.township !== township) between.push(known.segment)
        }
      }
      before = at
      from = to
    }
  }
  return { between, outside: [...edges.values()].filter((edge) => edge.times === 1).map((edge) => edge.segment) }
}

/** Two numbers below this make one that is still exact. */
const MOST_CORNERS = 2 ** 26

/** Gives each corner a number, equal corners the same. */
class Corners {
  readonly #columns = new Map<number, Map<number, number>>()
  #count = 0

  numberOf([lng, lat]: LngLat): number {
    const column = this.#columns.get(lng) ?? new Map<number, number>()
    this.#columns.set(lng, column)
    const known = column.get(lat) ?? this.#count++
    column.set(lat, known)
    return known
  }
}

function indexed(lines: readonly Segment[]): Lines {
  const segments = Float64Array.from(lines.flat())
  const box = (i: number): UnitBox => {
    const [x1, y1, x2, y2] = segments.subarray(4 * i, 4 * i + 4) as unknown as Segment
    return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
  }
  return { segments, index: new BoxIndex(lines.length, box) }
}

/** Numbers of the segments that touch a box. */
export const segmentsIn = ({ index }: Lines, box: UnitBox): Uint32Array => index.search(box)
