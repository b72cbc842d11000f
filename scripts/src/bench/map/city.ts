/** The demo city as the rows a wall holds: 776 grids with a tally each, 7,043 cameras, three rivers; the same each time. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { type Row, Tables } from '@orchid/shared/kernel/projection'
import { cityDefinitions, readGrids } from '../../city/definitions.ts'
import { CITY } from '../product.ts'

/** Looks of the grids in turn: 0 not visited, 1 visited, 2 yellow, 3 red. */
const MIX = [1, 1, 2, 1, 0, 1, 1, 3, 1, 0, 1, 1, 1] as const

export interface CityRows {
  readonly grids: readonly Row[]
  /** In the order of the grids. */
  readonly tallies: readonly Row[]
  readonly cameras: readonly Row[]
  readonly waters: readonly Row[]
}

export function cityRows(): CityRows {
  const tables = new Tables(PROJECTIONS)
  for (const [i, { numbered: _, ...body }] of cityDefinitions(readGrids(), 0).entries())
    tables.fold({ ...body, seq: i + 1, recordedAt: 0, sender: 'bench', id: String(i) })
  const rows = (name: string): Row[] => tables.entries(name, CITY).map(([, row]) => row)
  const tallies = rows('gridTallies').map((row, i) => {
    const look = MIX[i % MIX.length]
    return { ...row, patrolsToday: look === 0 ? 0 : 1, openYellow: look === 2 ? 1 : 0, openRed: look === 3 ? 1 : 0 }
  })
  return { grids: rows('grids'), tallies, cameras: rows('cameras'), waters: rows('waters') }
}
