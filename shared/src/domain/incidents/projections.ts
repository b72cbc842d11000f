/** Table `incidents`: the open ones and those closed today; and `hazardDays`, how many stood open on each of 14 days. */
import type { DayBegan, JournalEvent } from '../../kernel/event.ts'
import { cityOf, type LngLat, townshipOf } from '../../kernel/geo.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import { demoMark } from '../areas/projections.ts'
import type { Level } from '../patrol/events.ts'
import type { IncidentAccepted, IncidentEvent, IncidentKind, IncidentReported, IncidentState, Phase } from './events.ts'

/** 1 特急 ◆, 2 紧急 ▲, 3 一般 ■, 4 提示 ●. */
export type Priority = 1 | 2 | 3 | 4

export interface IncidentRow extends Row {
  readonly id: string
  /** Number of the Shanghai day on which it was reported, kept for life. */
  readonly no: number
  readonly source: { readonly sender: string; readonly id: string }
  readonly kind: IncidentKind
  readonly level: Level
  readonly priority: Priority
  readonly state: IncidentState
  readonly phase: Phase
  readonly grid: string
  /** WGS 84 degrees. */
  readonly position?: LngLat
  readonly title: string
  readonly category?: string
  /** Epoch milliseconds at which the journal took the report. */
  readonly openedAt: number
  /** Epoch milliseconds by which the next step is due. */
  readonly dueAt?: number
  readonly overdue?: true
  readonly acceptedAt?: number
  /** Account that accepted it. */
  readonly acceptedBy?: string
  readonly closedAt?: number
  readonly demo?: true
}

const PHASE: Readonly<Record<IncidentState, Phase>> = {
  reported: 'monitoring',
  returned: 'monitoring',
  accepted: 'warning',
  dispatched: 'handling',
  handling: 'handling',
  resolved: 'feedback',
  verified: 'feedback',
  closed: 'feedback',
}

/** Red is 1; anything overdue at least 2; else yellow 3 and green 4. */
export const priorityOf = (level: Level, overdue: boolean): Priority => (level === 'red' ? 1 : overdue ? 2 : level === 'yellow' ? 3 : 4)

const at = (state: IncidentState): { state: IncidentState; phase: Phase } => ({ state, phase: PHASE[state] })

function next(row: IncidentRow, event: IncidentEvent): IncidentRow {
  switch (event.type) {
    case 'incident.accepted': {
      const { overdue: _, ...rest } = row
      return {
        ...rest,
        ...at('accepted'),
        priority: priorityOf(row.level, false),
        acceptedAt: event.recordedAt,
        acceptedBy: (event as IncidentAccepted).data.by,
        dueAt: (event as IncidentAccepted).data.dueAt,
        updatedSeq: event.seq,
      }
    }
    case 'incident.fell-due':
      return { ...row, overdue: true, priority: priorityOf(row.level, true), updatedSeq: event.seq }
    case 'incident.closed': {
      const { overdue: _o, dueAt: _d, ...rest } = row
      return { ...rest, ...at('closed'), priority: priorityOf(row.level, false), closedAt: event.recordedAt, updatedSeq: event.seq }
    }
    default:
      return row
  }
}

export const incidents: Projection<IncidentRow> = {
  name: 'incidents',
  version: 2,
  scope: 'area',
  eventTypes: ['incident.reported', 'incident.accepted', 'incident.fell-due', 'incident.closed', 'day-began'],
  keys: (event) => (event.type === 'day-began' ? 'all' : [(event as IncidentEvent).data.incident]),
  evolve: (row, event: JournalEvent) => {
    if (event.type === 'day-began') return row && row.state !== 'closed' ? row : null
    if (event.type === 'incident.reported') {
      const { incident, kind, level, grid, title, category, position, source, dueAt } = (event as IncidentReported).data
      return {
        id: incident,
        no: event.no ?? 0,
        source,
        kind,
        level,
        priority: priorityOf(level, false),
        ...at('reported'),
        grid,
        title,
        ...(category && { category }),
        ...(position && { position }),
        openedAt: event.recordedAt,
        dueAt,
        ...demoMark(event),
        updatedSeq: event.seq,
      }
    }
    return row ? next(row, event as IncidentEvent) : null
  },
  area: (row) => row.grid,
}

/** Open incidents by level. */
export interface LevelCounts {
  readonly red: number
  readonly yellow: number
  readonly green: number
}

export interface HazardDaysRow extends Row {
  readonly area: string
  /** Hazards open now. */
  readonly open: LevelCounts
  /** Hazards open at the end of up to 14 days before, newest first. */
  readonly before: readonly LevelCounts[]
}

const NONE: LevelCounts = { red: 0, yellow: 0, green: 0 }

export const hazardDays: Projection<HazardDaysRow> = {
  name: 'hazardDays',
  version: 1,
  scope: 'area',
  eventTypes: ['incident.reported', 'incident.closed', 'day-began'],
  keys: (event: JournalEvent | DayBegan) => {
    if (event.type === 'day-began') return 'all'
    return (event as IncidentEvent).data.kind === 'hazard' ? [cityOf(event.area), townshipOf(event.area)] : []
  },
  evolve: (row, event, key) => {
    const { open, before } = row ?? { open: NONE, before: [] }
    if (event.type === 'day-began') return { area: key, open, before: [open, ...before].slice(0, 14), updatedSeq: event.seq }
    const { level } = (event as IncidentEvent).data
    return {
      area: key,
      open: { ...open, [level]: open[level] + (event.type === 'incident.reported' ? 1 : -1) },
      before,
      updatedSeq: event.seq,
    }
  },
  area: (row) => row.area,
}
