/** Which tables keep their newest rows only, and how many of them belong on a screen: the server does not send what falls off their end. Pure. */
import { breakGlassViews, cameraViews } from '@orchid/shared/domain/cameras/view-projections'
import { patrolFeed } from '@orchid/shared/domain/patrol/projections'
import type { Projection } from '@orchid/shared/kernel/projection'

const BOUNDED: readonly Pick<Projection, 'name' | 'newest'>[] = [patrolFeed, cameraViews, breakGlassViews]

/**
 * Most rows by table for a screen that shows `area` (6, 9, 12 or 15 digits). Empty for an area smaller than a township:
 * it cannot count what it does not see, so there the server sends what leaves.
 */
export function mostRows(area: string): ReadonlyMap<string, number> {
  if (area.length > 9) return new Map()
  return new Map(BOUNDED.flatMap(({ name, newest }) => (newest ? [[name, area.length > 6 ? newest.township : newest.city]] : [])))
}
