/** One line per township: its score, what stands open and how much of it was visited today. Pure. */
import type { AreaRow } from '@orchid/shared/domain/areas/projections'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { ScoreFigures } from '@orchid/shared/domain/incidents/township-hours'
import type { GridTallyRow, TownshipTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { casesByTownship, NO_CASES, type Score, scoreOf } from './score.ts'

export interface TownshipLine {
  readonly code: string
  readonly name: string
  readonly red: number
  readonly yellow: number
  readonly patrols: number
  readonly grids: number
  /** Grids with at least one entry today. */
  readonly visited: number
  readonly inputs: ScoreFigures
  /** Undefined where it cannot be known. */
  readonly score: Score | undefined
}

/** Ordered by open red, then yellow, then the least covered first. */
export function townshipLines(
  areas: ReadonlyMap<string, AreaRow>,
  tallies: ReadonlyMap<string, TownshipTallyRow>,
  gridTallies: ReadonlyMap<string, GridTallyRow>,
  incidents: Iterable<IncidentRow> = [],
): TownshipLine[] {
  const cover = new Map<string, { grids: number; visited: number }>()
  for (const { grid, patrolsToday } of gridTallies.values()) {
    const code = grid.slice(0, 9)
    const sum = cover.get(code) ?? { grids: 0, visited: 0 }
    cover.set(code, { grids: sum.grids + 1, visited: sum.visited + (patrolsToday > 0 ? 1 : 0) })
  }
  const cases = casesByTownship(incidents)
  const lines = [...tallies.values()].map(({ township, openRed, openYellow, patrolsToday }) => {
    const { grids, visited } = cover.get(township) ?? { grids: 0, visited: 0 }
    const inputs = { grids, visited, red: openRed, ...(cases.get(township) ?? NO_CASES) }
    return {
      code: township,
      name: areas.get(township)?.name ?? township,
      red: openRed,
      yellow: openYellow,
      patrols: patrolsToday,
      grids,
      visited,
      inputs,
      score: scoreOf(inputs),
    }
  })
  const share = (line: TownshipLine): number => (line.grids ? line.visited / line.grids : 0)
  return lines.sort((a, b) => b.red - a.red || b.yellow - a.yellow || share(a) - share(b) || (a.code < b.code ? -1 : 1))
}
