/** How much time an incident's next step has left. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'

/** The step that is due: 受理 accept, 处置 resolve. */
export type Step = 'accept' | 'resolve'
/** `near`: less than a quarter of the time is left. */
export type Urgency = 'calm' | 'near' | 'over' | 'none'

export interface Deadline {
  readonly step: Step
  /** Milliseconds left, negative when overdue; undefined without a deadline. */
  readonly left: number | undefined
  /** Of the step's whole time, 0 to 1. */
  readonly share: number
  readonly urgency: Urgency
}

const NEAR = 0.25

/** `now`: epoch ms by the server's clock. */
export function deadlineOf(row: IncidentRow, now: number): Deadline {
  const step: Step = row.state === 'reported' || row.state === 'returned' ? 'accept' : 'resolve'
  if (row.dueAt === undefined) return { step, left: undefined, share: 0, urgency: 'none' }
  const left = row.dueAt - now
  const share = Math.min(1, Math.max(0, left / Math.max(1, row.dueAt - row.openedAt)))
  return { step, left, share, urgency: left <= 0 ? 'over' : share < NEAR ? 'near' : 'calm' }
}

/** Open incidents by time left, the longest overdue first; those without a deadline last, newest first. */
export function byTimeLeft(rows: Iterable<IncidentRow>): IncidentRow[] {
  return [...rows]
    .filter((row) => row.state !== 'closed')
    .sort(
      (a, b) =>
        (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY) ||
        a.priority - b.priority ||
        b.openedAt - a.openedAt ||
        (a.id < b.id ? -1 : 1),
    )
}

/** Nobody has taken it yet: its symbol blinks. */
export const isUnaccepted = (row: IncidentRow): boolean => row.state === 'reported'
