/** Which grid a position lies in. */
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import { inRing, type LngLat } from '@orchid/shared/kernel/geo'

/** Finder over the grids as they are now. A position on a border belongs to the first by code. */
export function gridFinder(grids: readonly GridRow[]): (position: LngLat) => string | undefined {
  const boxes = grids.map(({ code, boundary }) => {
    let [west, south, east, north] = [180, 90, -180, -90]
    for (const [lng, lat] of boundary) {
      west = Math.min(west, lng)
      south = Math.min(south, lat)
      east = Math.max(east, lng)
      north = Math.max(north, lat)
    }
    return { code, boundary, west, south, east, north }
  })
  return (position) => {
    const [lng, lat] = position
    return boxes.find((b) => lng >= b.west && lng <= b.east && lat >= b.south && lat <= b.north && inRing(position, b.boundary))?.code
  }
}
