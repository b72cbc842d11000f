/** Which open hazards the list names, and in which order. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'

const RANK = { red: 0, yellow: 1, green: 2 } as const

/** Open red and yellow hazards: red first, within a colour the longest open. */
export function listedHazards(rows: Iterable<IncidentRow>): IncidentRow[] {
  return [...rows]
    .filter(({ kind, level, state }) => kind === 'hazard' && level !== 'green' && state !== 'closed')
    .sort((a, b) => RANK[a.level] - RANK[b.level] || a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1))
}
