/** Geometry of rings in degrees, drawn to the scale of this city. */
import { inRing, type LngLat } from '@orchid/shared/kernel/geo'
import type { Random } from './random.ts'

/** A degree of longitude is this much shorter than one of latitude at 29.25° N. */
export const SHRINK = Math.cos((29.25 * Math.PI) / 180)

/** Five decimals, about 1 m. */
export const rounded = (n: number): number => Math.round(n * 1e5) / 1e5

/** Square kilometres of a ring, closed or open. */
export function ringArea(ring: readonly LngLat[]): number {
  let sum = 0
  const [ox, oy] = ring[0] as LngLat
  for (let i = 0; i < ring.length; i++) {
    const [ax, ay] = ring[i] as LngLat
    const [bx, by] = ring[(i + 1) % ring.length] as LngLat
    sum += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy)
  }
  return (Math.abs(sum) / 2) * SHRINK * 111.195 ** 2
}

/** A point by chance inside a ring, rounded; `otherwise` when the ring is too thin to be hit. */
export function pointInside(ring: readonly LngLat[], otherwise: LngLat, random: Random): LngLat {
  const lngs = ring.map((p) => p[0])
  const lats = ring.map((p) => p[1])
  const [west, south] = [Math.min(...lngs), Math.min(...lats)]
  const [width, height] = [Math.max(...lngs) - west, Math.max(...lats) - south]
  for (let tries = 0; tries < 50; tries++) {
    const at: LngLat = [rounded(west + random() * width), rounded(south + random() * height)]
    if (inRing(at, ring)) return at
  }
  return otherwise
}
