/** Which part of a grid some camera can see now, and which part nobody sees (闭眼). Walls and slopes are not known: it is what could be seen over flat land. */
import { inRing, type LngLat } from '../../kernel/geo.ts'
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

/** Coverage of the area inside `boundary` (a closed ring, WGS 84) by cameras that are online; undefined for a ring without area. */
export function coverageOf(boundary: readonly LngLat[], eyes: Iterable<Eye>): Coverage | undefined {
  const lngs = boundary.map(([lng]) => lng)
  const lats = boundary.map(([, lat]) => lat)
  const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180) * DEGREE
  const metres = ([lng, lat]: LngLat): readonly [number, number] => [(lng - west) * across, (lat - south) * DEGREE]
  const [width, height] = metres([east, north])
  if (!(width > 0 && height > 0)) return undefined
  // A lattice over the box, as fine as the box needs for so many points; a grid fills most of its box.
  const step = Math.sqrt((width * height) / POINTS)
  const points: (readonly [x: number, y: number])[] = []
  for (let y = step / 2; y < height; y += step)
    for (let x = step / 2; x < width; x += step) if (inRing([west + x / across, south + y / DEGREE], boundary)) points.push([x, y])
  if (points.length === 0) return undefined

  const sure = new Uint8Array(points.length)
  const maybe = new Uint8Array(points.length)
  let cameras = 0
  for (const { position, bearing, fov, range } of eyes) {
    const [cx, cy] = metres(position)
    const reach = range ?? PERHAPS
    if (cx < -reach || cy < -reach || cx > width + reach || cy > height + reach) continue
    const all = fov !== undefined && fov >= 360
    const known = range !== undefined && fov !== undefined && (all || bearing !== undefined)
    const marks = known ? sure : maybe
    const half = known && !all ? ((fov as number) / 2) * (Math.PI / 180) : Math.PI
    const towards = ((bearing ?? 0) * Math.PI) / 180
    let reaches = false
    for (let i = 0; i < points.length; i++) {
      const [x, y] = points[i] as readonly [number, number]
      const [dx, dy] = [x - cx, y - cy]
      if (dx * dx + dy * dy > reach * reach) continue
      if (half < Math.PI) {
        const off = Math.abs(Math.atan2(dx, dy) - towards) % (2 * Math.PI)
        if (Math.min(off, 2 * Math.PI - off) > half) continue
      }
      marks[i] = 1
      reaches = true
    }
    if (reaches) cameras++
  }
  let seen = 0
  let perhaps = 0
  for (let i = 0; i < points.length; i++) {
    if (sure[i]) seen++
    else if (maybe[i]) perhaps++
  }
  return {
    seen: seen / points.length,
    perhaps: perhaps / points.length,
    blind: (points.length - seen - perhaps) / points.length,
    cameras,
  }
}
