/** Table `cameraSets`: the sets as they are now. That of an incident ends with the incident. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import type { IncidentClosed } from '../incidents/events.ts'
import { type CameraSet, type CameraSetRemoved, type CameraSetSaved, setOfIncident } from './set-events.ts'

export interface CameraSetRow extends Row, CameraSet {
  readonly area: string
  readonly by: string
  readonly binders?: Readonly<Record<string, string>>
  /** Epoch milliseconds at which the journal took it. */
  readonly savedAt: number
}

export const cameraSets: Projection<CameraSetRow> = {
  name: 'cameraSets',
  version: 2,
  scope: 'area',
  eventTypes: ['camera-set.saved', 'camera-set.removed', 'incident.closed'],
  keys: (event: JournalEvent) => {
    if (event.type === 'incident.closed') return [setOfIncident((event as IncidentClosed).data.incident)]
    const { data } = event as CameraSetSaved | CameraSetRemoved
    // Favourites were sets with an owner once: they are nobody else's now either.
    return 'owner' in data ? [] : [data.id]
  },
  evolve: (_row, event) =>
    event.type === 'camera-set.saved' ? { ...(event as CameraSetSaved).data, savedAt: event.recordedAt, updatedSeq: event.seq } : null,
  area: (row) => row.area,
}
