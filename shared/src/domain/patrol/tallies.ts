/** Tables `gridTallies`, `townshipTallies`, `cityTally`: today's patrols and what stands open, per area. */
import type { JournalEvent } from '../../kernel/event.ts'
import { cityOf, townshipOf } from '../../kernel/geo.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import type { AreaDefined, GridDefined } from '../areas/events.ts'
import type { IncidentClosed, IncidentReported } from '../incidents/events.ts'
import type { Level, PatrolKind, PatrolRecorded } from './events.ts'

export interface Tally extends Row {
  /** Entries of all three kinds recorded since the Shanghai day began. */
  readonly patrolsToday: number
  readonly personsToday: number
  readonly hazardsToday: number
  readonly disputesToday: number
  /** Open incidents of both kinds, by level. */
  readonly openRed: number
  readonly openYellow: number
  readonly openGreen: number
  /** Epoch milliseconds of the last entry the journal took, or null when there never was one. */
  readonly lastPatrolAt: number | null
}
export interface GridTallyRow extends Tally {
  readonly grid: string
}
export interface TownshipTallyRow extends Tally {
  readonly township: string
}
export interface CityTallyRow extends Tally {
  readonly city: string
}

const TODAY = { patrolsToday: 0, personsToday: 0, hazardsToday: 0, disputesToday: 0 } as const
const BLANK: Tally = { ...TODAY, openRed: 0, openYellow: 0, openGreen: 0, lastPatrolAt: null, updatedSeq: 0 }
const COUNTER: Readonly<Record<PatrolKind, 'personsToday' | 'hazardsToday' | 'disputesToday'>> = {
  person: 'personsToday',
  hazard: 'hazardsToday',
  dispute: 'disputesToday',
}
const OPEN: Readonly<Record<Level, 'openRed' | 'openYellow' | 'openGreen'>> = { red: 'openRed', yellow: 'openYellow', green: 'openGreen' }

type AreaField = 'grid' | 'township' | 'city'
type NextTally = { -readonly [K in keyof Tally]: Tally[K] } & { [K in AreaField]?: string }

/** A copy that may still be changed. Field by field: each patrol entry makes three, and spreading a row takes six times as long. */
function copyOf(row: Tally, field: AreaField, code: string, updatedSeq: number): NextTally {
  const next: NextTally = {
    patrolsToday: row.patrolsToday,
    personsToday: row.personsToday,
    hazardsToday: row.hazardsToday,
    disputesToday: row.disputesToday,
    openRed: row.openRed,
    openYellow: row.openYellow,
    openGreen: row.openGreen,
    lastPatrolAt: row.lastPatrolAt,
    updatedSeq,
  }
  next[field] = code
  return next
}

/** One table of tallies; `digits` is the length of its area codes, `field` the name under which a row says its code. */
function tally<R extends Tally>(name: string, field: AreaField, digits: number, scope: 'area' | 'city'): Projection<R> {
  /** The event that brings an area of this tier into being: its row starts at zero then. */
  const defines = (event: JournalEvent): boolean =>
    event.type === 'grid.defined' ? digits === 15 : event.type === 'area.defined' && (event as AreaDefined).data.code.length === digits
  const cut = digits === 6 ? cityOf : digits === 9 ? townshipOf : (area: string): string => area.slice(0, digits)
  const code = (row: R): string => (row as unknown as Record<string, string>)[field] as string
  return {
    name,
    version: 1,
    scope,
    eventTypes: ['area.defined', 'grid.defined', 'patrol.recorded', 'incident.reported', 'incident.closed', 'day-began'],
    keys: (event) => {
      if (event.type === 'day-began') return 'all'
      if (event.type === 'area.defined' || event.type === 'grid.defined')
        return defines(event) ? [(event as AreaDefined | GridDefined).data.code] : []
      return [cut(event.area)]
    },
    evolve: (before, event, key) => {
      if (before && (event.type === 'area.defined' || event.type === 'grid.defined')) return before
      const next = copyOf(before ?? BLANK, field, key, event.seq)
      switch (event.type) {
        case 'day-began':
          Object.assign(next, TODAY)
          break
        case 'patrol.recorded':
          next.patrolsToday += 1
          next[COUNTER[(event as PatrolRecorded).data.kind]] += 1
          next.lastPatrolAt = event.recordedAt
          break
        case 'incident.reported':
        case 'incident.closed':
          next[OPEN[(event as IncidentReported | IncidentClosed).data.level]] += event.type === 'incident.reported' ? 1 : -1
      }
      return next as unknown as R
    },
    area: code,
  }
}

export const gridTallies = tally<GridTallyRow>('gridTallies', 'grid', 15, 'area')
export const townshipTallies = tally<TownshipTallyRow>('townshipTallies', 'township', 9, 'area')
export const cityTally = tally<CityTallyRow>('cityTally', 'city', 6, 'city')
