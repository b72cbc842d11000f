/** Open hazards by colour: now, against yesterday, over 14 days, and how old the oldest is. Pure. */
import type { HazardDaysRow, IncidentRow, LevelCounts } from '@orchid/shared/domain/incidents/projections'

export type Level = keyof LevelCounts
export const LEVELS = ['red', 'yellow', 'green'] as const

export interface ColourFigures {
  readonly level: Level
  readonly open: number
  /** Against the end of yesterday; undefined when no day has ended yet. */
  readonly change: number | undefined
  /** Open at the end of up to 13 days and now, oldest first. */
  readonly days: readonly number[]
  /** Epoch ms since which the oldest stands open; undefined when none does. */
  readonly oldest: number | undefined
}

/** The row of the widest area in scope: the city's, or the township's on a township's screen. */
export function widestArea(rows: ReadonlyMap<string, HazardDaysRow>): HazardDaysRow | undefined {
  let widest: HazardDaysRow | undefined
  for (const row of rows.values()) if (!widest || row.area.length < widest.area.length) widest = row
  return widest
}

export function colourFigures(row: HazardDaysRow, incidents: Iterable<IncidentRow>): ColourFigures[] {
  const oldest: Partial<Record<Level, number>> = {}
  for (const { kind, level, state, openedAt } of incidents) {
    if (kind === 'hazard' && state !== 'closed') oldest[level] = Math.min(oldest[level] ?? Number.POSITIVE_INFINITY, openedAt)
  }
  return LEVELS.map((level) => ({
    level,
    open: row.open[level],
    change: row.before[0] && row.open[level] - row.before[0][level],
    days: [...row.before.slice(0, 13).map((day) => day[level])].reverse().concat(row.open[level]),
    oldest: oldest[level],
  }))
}
