/** The plane everything is drawn in: unit Mercator, 0…1 over the world. */
import type { LngLat } from '@orchid/shared/kernel/geo'

const EQUATOR_METRES = 40_075_016.686

/** Unit Mercator of WGS 84 degrees: x eastwards, y southwards. */
export function unit([lng, lat]: LngLat): [number, number] {
  const sin = Math.sin((lat * Math.PI) / 180)
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)]
}

/** WGS 84 degrees of a point of the unit plane. */
export const degrees = (x: number, y: number): LngLat => [(x - 0.5) * 360, (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI]

/** Length in the unit plane of one metre on the ground where the point's y is. */
export const metreAt = (y: number): number => Math.cosh((0.5 - y) * 2 * Math.PI) / EQUATOR_METRES

/** Where a canvas looks: pixel = unit × scale − (x, y), in CSS pixels; each has `ratio` device pixels. */
export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly ratio: number
  /** CSS pixels of one rem: strokes and symbols grow with the type. */
  readonly rem: number
}

/** left, top, right, bottom in the unit plane. */
export type UnitBox = readonly [number, number, number, number]

export const seenBy = ({ scale, x, y, width, height }: View): UnitBox => [x / scale, y / scale, (x + width) / scale, (y + height) / scale]

export type Level = 'city' | 'township' | 'grid'

/** What is worth showing: depends on how large the ground looks compared with the type, so a wall of twice the pixels shows the same. */
export function levelOf({ scale, rem }: Pick<View, 'scale' | 'rem'>): Level {
  const zoom = Math.log2(scale / 256) - Math.log2(rem / 20)
  return zoom < 11.7 ? 'city' : zoom < 13.5 ? 'township' : 'grid'
}
