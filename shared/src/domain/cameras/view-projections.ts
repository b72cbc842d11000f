/** Tables `cameraViews`, the newest views, and `breakGlassViews`, those beyond a clearance. Only for who may audit. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import type { CameraView, CameraViewBegan, CameraViewed, CameraViewReviewed } from './view-events.ts'

export interface CameraViewRow extends Row, CameraView {
  /** Epoch milliseconds. */
  readonly from: number
  /** Epoch milliseconds of the last byte asked for; absent while it goes on, or when the server ended before it could say. */
  readonly until?: number
  readonly reviewedBy?: string
  readonly reviewedAt?: number
  readonly opinion?: string
}

type ViewEvent = CameraViewBegan | CameraViewed | CameraViewReviewed

function evolve(row: CameraViewRow | undefined, event: ViewEvent): CameraViewRow | null {
  switch (event.type) {
    case 'camera.view-began':
      return { ...event.data, from: event.recordedAt, updatedSeq: event.seq }
    case 'camera.viewed':
      return row ? { ...row, from: event.data.from, until: event.data.until, updatedSeq: event.seq } : null
    case 'camera.view-reviewed': {
      const { by, opinion } = event.data
      return row ? { ...row, reviewedBy: by, reviewedAt: event.recordedAt, opinion, updatedSeq: event.seq } : null
    }
  }
}

export const cameraViews: Projection<CameraViewRow> = {
  name: 'cameraViews',
  version: 1,
  scope: 'area',
  right: 'audit',
  eventTypes: ['camera.view-began', 'camera.viewed'],
  keys: (event) => [(event as ViewEvent).data.view],
  evolve: (row, event: JournalEvent) => evolve(row, event as ViewEvent),
  area: (row) => row.grid,
  newest: { township: 500, city: 5_000 },
}

/** In the order in which they are to be looked at: what waits for a review first, of that the self-raised first, then the newest. */
export const inReviewOrder = (a: CameraViewRow, b: CameraViewRow): number =>
  Number(b.reviewedBy === undefined) - Number(a.reviewedBy === undefined) ||
  (a.reviewedBy === undefined ? Number(b.selfRaised ?? false) - Number(a.selfRaised ?? false) : 0) ||
  b.from - a.from

/** Beside the others, which come so often that they would push these out. */
export const breakGlassViews: Projection<CameraViewRow> = {
  name: 'breakGlassViews',
  version: 1,
  scope: 'area',
  right: 'audit',
  eventTypes: ['camera.view-began', 'camera.viewed', 'camera.view-reviewed'],
  keys: (event) => {
    const { type, data } = event as ViewEvent
    return type === 'camera.view-reviewed' || ('breakGlass' in data && data.breakGlass) ? [data.view] : []
  },
  evolve: (row, event: JournalEvent) => evolve(row, event as ViewEvent),
  area: (row) => row.grid,
  newest: { township: 500, city: 5_000 },
}
