/** Tables of the patrol log: the newest entries, and the hours of each day. Tallies per area stand in tallies.ts. */
import type { DayBegan, JournalEvent } from '../../kernel/event.ts'
import { cityOf, townshipOf } from '../../kernel/geo.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import { shanghaiHour } from '../../kernel/time.ts'
import type { Level, PatrolKind, PatrolRecorded } from './events.ts'

export interface PatrolFeedRow extends Row {
  readonly seq: number
  readonly kind: PatrolKind
  readonly grid: string
  readonly title: string
  readonly level?: Level
  /** Epoch milliseconds at which the journal took it. */
  readonly at: number
  readonly demo?: true
}

export const patrolFeed: Projection<PatrolFeedRow> = {
  name: 'patrolFeed',
  version: 1,
  scope: 'area',
  eventTypes: ['patrol.recorded'],
  newest: { township: 100, city: 500 },
  keys: (event) => [String(event.seq)],
  evolve: (_row, event) => {
    const { kind, grid, title, level } = (event as PatrolRecorded).data
    const row: { -readonly [K in keyof PatrolFeedRow]: PatrolFeedRow[K] } = {
      seq: event.seq,
      kind,
      grid,
      title,
      at: event.recordedAt,
      updatedSeq: event.seq,
    }
    // Not spread: there is a row for each patrol entry, and that takes several times as long.
    if (level) row.level = level
    if (event.origin === 'demo') row.demo = true
    return row
  },
  area: (row) => row.grid,
}

export interface PatrolHoursRow extends Row {
  /** Code of the city or a township. */
  readonly area: string
  /** Entries recorded in each hour 0–23 of the running Shanghai day. */
  readonly today: readonly number[]
  /** The same for up to 7 days before, newest first. */
  readonly before: readonly (readonly number[])[]
}

const NO_HOURS: readonly number[] = Array.from({ length: 24 }, () => 0)

export const patrolHours: Projection<PatrolHoursRow> = {
  name: 'patrolHours',
  version: 1,
  scope: 'area',
  eventTypes: ['patrol.recorded', 'day-began'],
  keys: (event) => (event.type === 'day-began' ? 'all' : [cityOf(event.area), townshipOf(event.area)]),
  evolve: (row, event: JournalEvent | DayBegan, key) => {
    const { today, before } = row ?? { today: NO_HOURS, before: [] }
    if (event.type === 'day-began') return { area: key, today: NO_HOURS, before: [today, ...before].slice(0, 7), updatedSeq: event.seq }
    const hour = shanghaiHour(event.recordedAt)
    return { area: key, today: today.with(hour, (today[hour] as number) + 1), before, updatedSeq: event.seq }
  },
  area: (row) => row.area,
}
