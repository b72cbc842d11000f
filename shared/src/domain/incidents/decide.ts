/** Rules of the closed loop: open, accept, close, fall due. */
import type { Ask, Decision, Refusal } from '../../kernel/command.ts'
import type { EventBody } from '../../kernel/event.ts'
import { type LngLat, within } from '../../kernel/geo.ts'
import type { Level } from '../patrol/events.ts'
import type { AcceptIncident, CloseIncident, MarkDue } from './commands.ts'
import { DEADLINES } from './deadlines.ts'
import type { IncidentKind } from './events.ts'
import type { IncidentRow } from './projections.ts'

interface Opening {
  kind: IncidentKind
  level: Level
  grid: string
  title: string
  category: string | undefined
  position: LngLat | undefined
  occurredAt: number
  source: { sender: string; id: string }
}

/** The event by which a reported hazard or dispute becomes an incident with a number and a deadline. */
export function openIncident({ kind, level, grid, title, category, position, occurredAt, source }: Opening, ask: Ask): EventBody {
  return {
    type: 'incident.reported',
    area: grid,
    subject: `incident:${ask.newId}`,
    occurredAt,
    numbered: true,
    data: {
      incident: ask.newId,
      kind,
      level,
      grid,
      title,
      ...(category && { category }),
      ...(position && { position }),
      source,
      dueAt: ask.at + DEADLINES[level].accept,
    },
  }
}

const refuse = (refused: string, message: string): Refusal => ({ refused, because: 'state', path: '/data/incident', message })

/** The incident's row, or why nothing can be asked of it. Outside the asker's area it is as unknown as one that never was. */
function known(id: string, ask: Ask): IncidentRow | Refusal {
  const row = ask.row<IncidentRow>('incidents', id)
  if (!row || !within(ask.scope, row.grid)) return refuse('unknown-incident', 'no such incident is open')
  if (row.state === 'closed') return refuse('already-closed', 'the incident is closed')
  return row
}

const about = ({ id, kind, level, grid }: IncidentRow) => ({ incident: id, kind, level, grid })

export function decideAccept({ incident, opinion }: AcceptIncident, ask: Ask): Decision {
  const row = known(incident, ask)
  if ('refused' in row) return row
  if (row.state !== 'reported' && row.state !== 'returned') return refuse('already-accepted', 'the incident was accepted before')
  return [
    {
      type: 'incident.accepted',
      area: row.grid,
      subject: `incident:${incident}`,
      data: { ...about(row), by: ask.sender, dueAt: row.openedAt + DEADLINES[row.level].resolve, ...(opinion && { opinion }) },
    },
  ]
}

export function decideClose({ incident, opinion }: CloseIncident, ask: Ask): Decision {
  const row = known(incident, ask)
  if ('refused' in row) return row
  if (row.state === 'reported') return refuse('not-accepted', 'the incident must be accepted before it is closed')
  return [
    {
      type: 'incident.closed',
      area: row.grid,
      subject: `incident:${incident}`,
      data: { ...about(row), opinion, by: ask.sender, openedAt: row.openedAt },
    },
  ]
}

export function decideMarkDue({ incident, dueAt }: MarkDue, ask: Ask): Decision {
  const row = known(incident, ask)
  if ('refused' in row) return row
  if (row.dueAt !== dueAt || row.overdue || ask.at < dueAt)
    return refuse('not-due', 'the deadline is not the present one or has not passed')
  return [{ type: 'incident.fell-due', area: row.grid, subject: `incident:${incident}`, data: { ...about(row), dueAt } }]
}
