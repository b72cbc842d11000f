/** Table `sources`: which senders are alive, since when, and how much of theirs was refused today. */
import type { Projection, Row } from '../../kernel/projection.ts'
import type { SourceLost, SourceRefused, SourceReturned } from './events.ts'

export interface SourceRow extends Row {
  readonly name: string
  readonly sender: string
  readonly state: 'live' | 'lost'
  /** Epoch milliseconds since which it is in this state. */
  readonly since: number
  /** Epoch milliseconds of the last beat known when the row changed. */
  readonly heardAt: number
  /** Entries of its sender refused since the Shanghai day began. */
  readonly rejectedToday: number
  readonly lastRefusal?: { readonly code: string; readonly at: number }
}

export const sources: Projection<SourceRow> = {
  name: 'sources',
  version: 1,
  scope: 'city',
  eventTypes: ['source.returned', 'source.lost', 'source.refused', 'day-began'],
  keys: (event) => (event.type === 'day-began' ? 'all' : [(event as SourceLost).data.name]),
  evolve: (row, event) => {
    switch (event.type) {
      case 'source.returned': {
        const { name, sender, heardAt } = (event as SourceReturned).data
        return { rejectedToday: 0, ...row, name, sender, state: 'live', since: event.recordedAt, heardAt, updatedSeq: event.seq }
      }
      case 'source.lost':
        return row
          ? { ...row, state: 'lost', since: event.recordedAt, heardAt: (event as SourceLost).data.heardAt, updatedSeq: event.seq }
          : null
      case 'source.refused': {
        const { rejected, code } = (event as SourceRefused).data
        return row
          ? { ...row, rejectedToday: row.rejectedToday + rejected, lastRefusal: { code, at: event.recordedAt }, updatedSeq: event.seq }
          : null
      }
      default:
        return row ? { ...row, rejectedToday: 0, updatedSeq: event.seq } : null
    }
  },
  area: () => '',
}
