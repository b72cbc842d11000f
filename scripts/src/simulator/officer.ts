/** The simulated duty officer: which open incidents are accepted and closed next, so that a wall left on for a week looks like a city. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'

const MINUTE = 60_000
/** Open incidents below which none but a red or late one is closed. */
export const FEWEST = 20
/** Open incidents above which the oldest are closed. */
export const MANY = 32
/** Steps of each kind in one round: a pile left by days without a simulator goes down in minutes, not at once. */
const AT_ONCE = 3

export interface Step {
  readonly command: 'incident.accept' | 'incident.close'
  readonly incident: string
  readonly opinion: string
}

/**
 * The steps that are due at `now` (epoch ms); the same rows at the same time give the same steps. `speed` shortens every wait.
 * Reds: accepted after 2–5 min, closed 20–40 min later. Others: accepted after 3–12 min, a few yellow ones only about their deadline; closed after 30–90 min.
 */
export function nextSteps(rows: readonly IncidentRow[], now: number, speed = 1): Step[] {
  const open = rows.filter((row) => row.state !== 'closed').sort((a, b) => a.openedAt - b.openedAt)
  const accepting = open
    .filter((row) => row.state === 'reported' && (now - row.openedAt) * speed >= untilAccepted(row))
    .sort((a, b) => Number(b.level === 'red') - Number(a.level === 'red'))
    .slice(0, AT_ONCE)
  const accepted = open.filter((row) => row.state === 'accepted')
  const must = accepted.filter((row) => row.overdue || (row.level === 'red' && sinceAccepted(row, now, speed) >= untilClosed(row)))
  const others = accepted.filter((row) => row.level !== 'red' && !row.overdue)
  const surplus = open.length - must.length
  const may = [
    ...others.slice(0, Math.max(0, surplus - MANY)),
    ...others.filter((row) => sinceAccepted(row, now, speed) >= untilClosed(row)),
  ]
  const closing = [...must, ...[...new Set(may)].slice(0, Math.max(0, surplus - FEWEST))].slice(0, AT_ONCE)
  return [
    ...accepting.map(({ id, level }): Step => ({ command: 'incident.accept', incident: id, opinion: ACCEPTED[level] })),
    ...closing.map(
      ({ id, level, kind }): Step => ({
        command: 'incident.close',
        incident: id,
        opinion: level === 'red' ? '险情已排除，现场清理完毕，责任单位签收整改单' : CLOSED[kind],
      }),
    ),
  ]
}

const ACCEPTED = { red: '已核实，立即派员到场', yellow: '已核实，转责任单位限期整改', green: '已核实，由网格跟进' } as const
const CLOSED = { hazard: '现场整改完成，复查合格', dispute: '双方达成一致，约定回访' } as const

const sinceAccepted = (row: IncidentRow, now: number, speed: number): number => (now - (row.acceptedAt ?? row.openedAt)) * speed

function untilAccepted({ id, level, openedAt, dueAt = openedAt }: IncidentRow): number {
  const share = fraction(id)
  if (level === 'red') return (2 + 3 * share) * MINUTE
  if (level === 'yellow' && share > 0.97) return (dueAt - openedAt) * (0.8 + 7 * (share - 0.97))
  return (3 + 9 * share) * MINUTE
}

const untilClosed = ({ id, level }: IncidentRow): number => (level === 'red' ? 20 + 20 * fraction(id) : 30 + 60 * fraction(id)) * MINUTE

/** A number 0 ≤ x < 1 of the incident's own, spread evenly (FNV-1a). */
function fraction(id: string): number {
  let hash = 0x811c9dc5
  for (const char of id) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}
