/** The four phases of the closed loop: how many stand in each now, and what went in and out today. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'

export const PHASES = ['monitoring', 'warning', 'handling', 'feedback'] as const
export type Phase = (typeof PHASES)[number]

export interface PhaseFigures {
  readonly phase: Phase
  /** Open incidents in this phase now; the four sum to the open ones. */
  readonly now: number
  /** Went in and out today, as far as rows tell (those closed before today have left). */
  readonly in: number
  readonly out: number
}

export interface LoopFigures {
  readonly phases: readonly PhaseFigures[]
  /** Median ms from report to acceptance of those accepted today. */
  readonly acceptMedian: number | undefined
  /** Median ms from report to closing of those closed today. */
  readonly closeMedian: number | undefined
  /** Of those reported today: how many there are, and how many are closed. */
  readonly reportedToday: number
  readonly closedOfToday: number
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  if (sorted.length === 0) return undefined
  return sorted.length % 2 ? sorted[half] : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}

/** `dayStart`: epoch ms at which the Shanghai day began. */
export function loopFigures(rows: Iterable<IncidentRow>, dayStart: number): LoopFigures {
  const now = { monitoring: 0, warning: 0, handling: 0, feedback: 0 }
  const accepts: number[] = []
  const closes: number[] = []
  let reportedToday = 0
  let closedOfToday = 0
  for (const row of rows) {
    if (row.state !== 'closed') now[row.phase]++
    if (row.openedAt >= dayStart) {
      reportedToday++
      if (row.closedAt !== undefined) closedOfToday++
    }
    if (row.acceptedAt !== undefined && row.acceptedAt >= dayStart) accepts.push(row.acceptedAt - row.openedAt)
    if (row.closedAt !== undefined && row.closedAt >= dayStart) closes.push(row.closedAt - row.openedAt)
  }
  const flow = {
    monitoring: { in: reportedToday, out: accepts.length },
    warning: { in: accepts.length, out: closes.length },
    handling: { in: 0, out: 0 },
    feedback: { in: 0, out: 0 },
  }
  return {
    phases: PHASES.map((phase) => ({ phase, now: now[phase], ...flow[phase] })),
    acceptMedian: median(accepts),
    closeMedian: median(closes),
    reportedToday,
    closedOfToday,
  }
}
