/** Looking through what was seen beyond a clearance: by somebody else, once, with an opinion. */
import type { Ask, Decision } from '../../kernel/command.ts'
import { within } from '../../kernel/geo.ts'
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'
import type { CameraViewRow } from './view-projections.ts'

export const ReviewView = Exact({ view: Type.String({ pattern: '^[A-Za-z0-9_-]{1,60}$' }), opinion: Line(200, 2) })
export type ReviewView = Static<typeof ReviewView>

export const reviewSubject = (view: string): string => `camera-view:${view}`

export function decideReviewView({ view, opinion }: ReviewView, ask: Ask): Decision {
  const row = ask.row<CameraViewRow>('breakGlassViews', view)
  if (!row || !within(ask.scope, row.grid))
    return {
      refused: 'unknown-view',
      because: 'state',
      path: '/data/view',
      message: 'no such view beyond a clearance is known in your area',
    }
  if (row.by === ask.sender)
    return { refused: 'own-view', because: 'state', path: '/data/view', message: 'nobody reviews what they saw themselves' }
  if (row.reviewedBy !== undefined)
    return { refused: 'already-reviewed', because: 'state', path: '/data/view', message: `${row.reviewedBy} has reviewed it` }
  return [
    {
      type: 'camera.view-reviewed',
      area: row.grid,
      subject: reviewSubject(view),
      data: { view, grid: row.grid, by: ask.sender, opinion },
    },
  ]
}
