/** Incident rows for tests. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'

const MINUTE = 60_000
export const NOW = Date.UTC(2026, 10, 24, 6, 32, 0)

/** An open, accepted yellow hazard with an hour left, changed by `over`. */
export function incident(over: Partial<IncidentRow> = {}): IncidentRow {
  const no = over.no ?? 1
  return {
    id: `incident${String(no).padStart(8, '0')}`,
    no,
    source: { sender: 'simulator', id: `s-${no}` },
    kind: 'hazard',
    level: 'yellow',
    priority: 3,
    state: 'accepted',
    phase: 'warning',
    grid: '330781001001001',
    title: '通道堆物',
    openedAt: NOW - 60 * MINUTE,
    dueAt: NOW + 60 * MINUTE,
    updatedSeq: no,
    ...over,
  }
}
