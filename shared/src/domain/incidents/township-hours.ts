/** Table `townshipHours`: what the score of a township needs, hour by hour of today and, frozen when its day ended, of yesterday. */
import type { DayBegan, JournalEvent } from '../../kernel/event.ts'
import { townshipOf } from '../../kernel/geo.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import { shanghaiDate, shanghaiDay, shanghaiHour } from '../../kernel/time.ts'
import type { GridDefined } from '../areas/events.ts'
import { DEADLINES } from './deadlines.ts'
import type { IncidentClosed, IncidentEvent } from './events.ts'

const FIGURES = [
  'grids',
  // Grids with an entry since the Shanghai day began.
  'visited',
  // Open incidents of both kinds; those of them past their deadline; those of them that are red.
  'open',
  'overdue',
  'red',
  // Closed since the day began; those of them within their level's time.
  'closed',
  'closedInTime',
] as const

/** What the score of a township is computed from. */
export type ScoreFigures = { readonly [F in (typeof FIGURES)[number]]: number }

/**
 * The figures after the last change of one hour, in the order of `FIGURES`; they hold until the next mark.
 * `hour`: 0–23 in Shanghai by the journal's clock, −1 as the day began. Plain numbers: the row is sent whole with every change.
 */
export type HourMark = readonly [hour: number, ...figures: Numbers<typeof FIGURES>]
type Numbers<T extends readonly unknown[]> = { readonly [I in keyof T]: number }

export interface TownshipHoursRow extends Row {
  readonly township: string
  /** The running Shanghai day, `YYYY-MM-DD`. */
  readonly day: string
  /** Its grids, and those with an entry today: the last six digits of their codes as numbers, which are searched and copied fastest. */
  readonly grids: readonly number[]
  readonly visited: readonly number[]
  /** Ids of the open incidents past their deadline. */
  readonly overdue: readonly string[]
  /** Marks of the running day by rising hour, one for each hour that changed something. The last one holds now. */
  readonly today: readonly HourMark[]
  /** The marks of the day before as they stood when it ended; absent when the township was not known then. */
  readonly yesterday?: readonly HourMark[]
}

export function figuresOf([, ...values]: HourMark): ScoreFigures {
  const figures: Record<string, number> = {}
  for (const [i, name] of FIGURES.entries()) figures[name] = values[i] as number
  return figures as ScoreFigures
}
const markOf = (hour: number, figures: ScoreFigures): HourMark => [hour, ...FIGURES.map((name) => figures[name])] as unknown as HourMark

/** The figures as they stood at the full hour `at` (1–24) of a day, or undefined when the township was not known yet. */
export function figuresAt(marks: readonly HourMark[], at: number): ScoreFigures | undefined {
  const mark = marks.findLast(([hour]) => hour < at)
  return mark && figuresOf(mark)
}

interface State {
  readonly grids: readonly number[]
  readonly visited: readonly number[]
  readonly overdue: readonly string[]
  readonly figures: ScoreFigures
}
const BLANK: State = { grids: [], visited: [], overdue: [], figures: figuresOf([-1, 0, 0, 0, 0, 0, 0, 0]) }
const stateOf = ({ grids, visited, overdue, today }: TownshipHoursRow): State => ({
  grids,
  visited,
  overdue,
  figures: figuresOf(today.at(-1) as HourMark),
})

/** Its place in the township: the last six digits of a grid's code. */
const numberOf = (grid: string): number => Number(grid.slice(9))

/** The state after an event; the very same when it changes no figure. */
function next(state: State, event: JournalEvent): State {
  const { figures } = state
  if (event.type === 'grid.defined' || event.type === 'patrol.recorded') {
    const patrol = event.type === 'patrol.recorded'
    const grid = numberOf(patrol ? event.area : (event as GridDefined).data.code)
    const grids = state.grids.includes(grid) ? state.grids : [...state.grids, grid]
    const visited = !patrol || state.visited.includes(grid) ? state.visited : [...state.visited, grid]
    if (grids === state.grids && visited === state.visited) return state
    return { ...state, grids, visited, figures: { ...figures, grids: grids.length, visited: visited.length } }
  }
  const { incident, level } = (event as IncidentEvent).data
  const red = level === 'red' ? 1 : 0
  const late = state.overdue.includes(incident)
  const calm = late ? state.overdue.filter((id) => id !== incident) : state.overdue
  switch (event.type) {
    case 'incident.reported':
      return { ...state, figures: { ...figures, open: figures.open + 1, red: figures.red + red } }
    case 'incident.fell-due':
      return late ? state : { ...state, overdue: [...state.overdue, incident], figures: { ...figures, overdue: figures.overdue + 1 } }
    case 'incident.accepted':
      return late ? { ...state, overdue: calm, figures: { ...figures, overdue: calm.length } } : state
    default: {
      const kept = event.recordedAt <= (event as IncidentClosed).data.openedAt + DEADLINES[level].resolve
      return {
        ...state,
        overdue: calm,
        figures: {
          ...figures,
          open: figures.open - 1,
          overdue: calm.length,
          red: figures.red - red,
          closed: figures.closed + 1,
          closedInTime: figures.closedInTime + (kept ? 1 : 0),
        },
      }
    }
  }
}

export const townshipHours: Projection<TownshipHoursRow> = {
  name: 'townshipHours',
  version: 1,
  scope: 'area',
  eventTypes: [
    'grid.defined',
    'patrol.recorded',
    'incident.reported',
    'incident.accepted',
    'incident.fell-due',
    'incident.closed',
    'day-began',
  ],
  keys: (event: JournalEvent | DayBegan) => (event.type === 'day-began' ? 'all' : [townshipOf(event.area)]),
  evolve: (row, event: JournalEvent | DayBegan, township) => {
    // Most entries come from a grid that was visited today already, and change nothing here.
    if (event.type === 'patrol.recorded' && row?.visited.includes(numberOf(event.area))) return row
    const before = row ? stateOf(row) : BLANK
    if (event.type === 'day-began') {
      const { day } = (event as DayBegan).data
      const began = markOf(-1, { ...before.figures, visited: 0, closed: 0, closedInTime: 0 })
      const { grids, overdue } = before
      return { township, day, grids, visited: [], overdue, today: [began], ...(row && { yesterday: row.today }), updatedSeq: event.seq }
    }
    const after = next(before, event)
    if (after === before) return row ?? null
    const mark = markOf(shanghaiHour(event.recordedAt), after.figures)
    const today = row?.today ?? []
    return {
      township,
      day: row?.day ?? shanghaiDate(shanghaiDay(event.recordedAt)),
      grids: after.grids,
      visited: after.visited,
      overdue: after.overdue,
      // A later change of the same hour takes the place of the earlier one.
      today: today.at(-1)?.[0] === mark[0] ? today.with(-1, mark) : [...today, mark],
      ...(row?.yesterday && { yesterday: row.yesterday }),
      updatedSeq: event.seq,
    }
  },
  area: (row) => row.township,
}
