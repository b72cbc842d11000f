/** Views beyond a clearance that nobody has reviewed yet. */
import type { CameraViewRow } from '@orchid/shared/domain/cameras/view-projections'
import type { Tables } from '@orchid/shared/kernel/projection'

export const viewsToReview = (tables: Tables): CameraViewRow[] =>
  tables
    .entries('breakGlassViews', '')
    .map(([, row]) => row as CameraViewRow)
    .filter(({ reviewedBy }) => reviewedBy === undefined)
