/** Which part of a grid some camera can see now, and which part nobody sees (闭眼). Walls and slopes are not known: it is what could be seen over flat land. */
import type { LngLat } from '../../kernel/geo.ts'
import type { Camera } from './events.ts'
import { PERHAPS } from './near.ts'

export type Eye = Pick<Camera, 'position' | 'bearing' | 'fov' | 'range'>

export interface Coverage {
  /** Shares 0–1 of the grid's area. Seen by a camera whose direction, field of view and range are known. */
  readonly seen: number
  /** Seen, if at all, only by cameras of which one of these is not known: a full circle, of 200 m where the range is not known. */
  readonly perhaps: number
  /** Seen by none: 1 − seen − perhaps. */
  readonly blind: number
  /** Cameras that reach into the grid. */
  readonly cameras: number
}

/** Points of a grid that are tried, about; the shares are right to some 1 %. */
const POINTS = 2_500
/** Metres of a degree of latitude. */
const DEGREE = 111_195

type Metres = readonly [x: number, y: number]

/** Points `step` metres apart, row by row from the south-west corner of a grid's box: as fine as the box needs for POINTS of them. */
interface Lattice {
  readonly step: number
  readonly rows: number
  readonly columns: number
  /** 1 for a point inside the grid. */
  readonly inside: Uint8Array
}

/** Coverage of the area inside `boundary` (a closed ring, WGS 84) by cameras that are online; undefined for a ring without area. */
export function coverageOf(boundary: readonly LngLat[], eyes: Iterable<Eye>): Coverage | undefined {
  const lngs = boundary.map(([lng]) => lng)
  const lats = boundary.map(([, lat]) => lat)
  const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180) * DEGREE
  const metres = ([lng, lat]: LngLat): Metres => [(lng - west) * across, (lat - south) * DEGREE]
  const [width, height] = metres([east, north])
  if (!(width > 0 && height > 0)) return undefined
  const lattice = latticeIn(boundary.map(metres), width, height)
  const points = lattice.inside.reduce((sum, one) => sum + one, 0)
  if (points === 0) return undefined

  const sure = new Uint8Array(lattice.inside.length)
  const maybe = new Uint8Array(lattice.inside.length)
  let cameras = 0
  for (const eye of eyes) {
    const sight = sightOf(eye)
    if (mark(lattice, metres(eye.position), sight, sight.known ? sure : maybe)) cameras++
  }
  let seen = 0
  let perhaps = 0
  for (let i = 0; i < sure.length; i++) {
    if (sure[i]) seen++
    else if (maybe[i]) perhaps++
  }
  return { seen: seen / points, perhaps: perhaps / points, blind: (points - seen - perhaps) / points, cameras }
}

/** Where a row crosses the ring it goes in or out: no point is asked by itself, of which a city has two million. */
function latticeIn(ring: readonly Metres[], width: number, height: number): Lattice {
  const step = Math.sqrt((width * height) / POINTS)
  const [rows, columns] = [Math.round(height / step), Math.round(width / step)]
  const inside = new Uint8Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const y = (row + 0.5) * step
    const crossings: number[] = []
    for (let i = 1; i < ring.length; i++) {
      const [x0, y0] = ring[i - 1] as Metres
      const [x1, y1] = ring[i] as Metres
      if (y0 > y !== y1 > y) crossings.push(x0 + ((x1 - x0) * (y - y0)) / (y1 - y0))
    }
    crossings.sort((a, b) => a - b)
    for (let i = 1; i < crossings.length; i += 2)
      inside.fill(
        1,
        row * columns + first(crossings[i - 1] as number, step, columns),
        row * columns + first(crossings[i] as number, step, columns),
      )
  }
  return { step, rows, columns, inside }
}

/** The first point of a row, or row of a lattice, that is not before `at` metres. */
const first = (at: number, step: number, count: number): number => Math.min(Math.max(Math.ceil(at / step - 0.5), 0), count)

/** A sector: `reach` metres, and angles in radians, clockwise from north, `half` of it to each side; a full circle has π. */
interface Sight {
  /** All of it is in the registry; else it is taken as a circle. */
  readonly known: boolean
  readonly reach: number
  readonly towards: number
  readonly half: number
}

function sightOf({ range, fov, bearing }: Eye): Sight {
  const known = range !== undefined && fov !== undefined && (fov >= 360 || bearing !== undefined)
  const half = known && fov < 360 ? (fov * Math.PI) / 360 : Math.PI
  return { known, reach: range ?? PERHAPS, towards: ((bearing ?? 0) * Math.PI) / 180, half }
}

/** Marks the points that are seen from a place; whether there are any. */
function mark({ step, rows, columns, inside }: Lattice, [cx, cy]: Metres, { reach, towards, half }: Sight, marks: Uint8Array): boolean {
  let reaches = false
  for (let row = first(cy - reach, step, rows); row < rows; row++) {
    const dy = (row + 0.5) * step - cy
    if (dy > reach) break
    const across = Math.sqrt(reach * reach - dy * dy)
    const end = first(cx + across, step, columns)
    for (let column = first(cx - across, step, columns); column < end; column++) {
      const at = row * columns + column
      if (!inside[at]) continue
      if (half < Math.PI) {
        const off = Math.abs(Math.atan2((column + 0.5) * step - cx, dy) - towards) % (2 * Math.PI)
        if (Math.min(off, 2 * Math.PI - off) > half) continue
      }
      marks[at] = 1
      reaches = true
    }
  }
  return reaches
}
