/** The closed loop of a case (闭环). Names are those of the whole loop; which of them the rules give today stands in decide.ts. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { LngLat } from '../../kernel/geo.ts'
import type { Level } from '../patrol/events.ts'

export type IncidentKind = 'hazard' | 'dispute'
/** reported 上报, accepted 受理, dispatched 派遣, handling 处置, resolved 反馈, verified 核查, closed 结案, returned 退回. */
export type IncidentState = 'reported' | 'accepted' | 'dispatched' | 'handling' | 'resolved' | 'verified' | 'closed' | 'returned'
/** The four phases of the newspaper page: 监测, 预警, 处置, 反馈. Each open incident is in exactly one. */
export type Phase = 'monitoring' | 'warning' | 'handling' | 'feedback'

/** What every event of an incident carries, so that tallies need no second table. */
interface About {
  readonly incident: string
  readonly kind: IncidentKind
  readonly level: Level
  readonly grid: string
}

export type IncidentReported = JournalEvent<
  'incident.reported',
  About & {
    readonly title: string
    readonly category?: string
    readonly position?: LngLat
    readonly source: { readonly sender: string; readonly id: string }
    /** Epoch milliseconds by which it must be accepted. */
    readonly dueAt: number
  }
>
export type IncidentAccepted = JournalEvent<
  'incident.accepted',
  About & {
    readonly opinion?: string
    readonly by: string
    /** Epoch milliseconds by which it must be resolved. */
    readonly dueAt: number
  }
>
/** The deadline of the present step passed without the step. */
export type IncidentFellDue = JournalEvent<'incident.fell-due', About & { readonly dueAt: number }>
export type IncidentClosed = JournalEvent<
  'incident.closed',
  About & { readonly opinion: string; readonly by: string; readonly openedAt: number }
>

export type IncidentEvent = IncidentReported | IncidentAccepted | IncidentFellDue | IncidentClosed
