/** The simulated duty officer: which open incidents are accepted and closed next, so that a wall left on for a week looks like a city. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Random } from '../city/random.ts'

const MINUTE = 60_000
/** Open incidents between which the officer keeps the city. */
export const FEWEST = 20
export const MOST = 40
const AIM = 30

export interface Step {
  readonly command: 'incident.accept' | 'incident.close'
  readonly incident: string
}

/** At most one accept and one close; `now` in epoch ms. Chance decides only when within the time a step falls. */
export function nextSteps(rows: readonly IncidentRow[], now: number, random: Random): Step[] {
  const open = rows.filter((row) => row.state !== 'closed')
  const steps: Step[] = []
  const waiting = open.filter((row) => row.state === 'reported').sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
  const due = waiting.find((row) => now - row.openedAt > (row.level === 'red' ? 2 : 4) * MINUTE * (1 + random()))
  if (due) steps.push({ command: 'incident.accept', incident: due.id })
  const accepted = open.filter((row) => row.state === 'accepted').sort((a, b) => a.openedAt - b.openedAt)
  const red = accepted.find((row) => row.level === 'red' && now - (row.acceptedAt ?? now) > 20 * MINUTE)
  // The more stand open, the sooner the oldest is closed; at the fewest none is.
  const oldest = open.length > FEWEST && random() < (open.length - FEWEST) / (MOST - FEWEST) / 4 ? accepted[0] : undefined
  const closing = red ?? (open.length > AIM + 6 ? accepted[0] : oldest)
  if (closing) steps.push({ command: 'incident.close', incident: closing.id })
  return steps
}
