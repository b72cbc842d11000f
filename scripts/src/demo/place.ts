/** Where something of the demo city happens. */
import { inRing, type LngLat } from '@orchid/shared/kernel/geo'
import type { Random } from '../city/random.ts'
import { pointInside, rounded } from '../city/rings.ts'

/** A spot inside a grid, not right at its border, as senders write it (WGS 84 degrees). */
export function positionIn(
  { boundary, centroid }: { readonly boundary: readonly LngLat[]; readonly centroid: LngLat },
  random: Random,
): { lng: number; lat: number; crs: 'WGS84' } {
  const at = pointInside(boundary, centroid, random)
  const inner: LngLat = [rounded(0.9 * at[0] + 0.1 * centroid[0]), rounded(0.9 * at[1] + 0.1 * centroid[1])]
  const [lng, lat] = inRing(inner, boundary) ? inner : centroid
  return { lng, lat, crs: 'WGS84' }
}
