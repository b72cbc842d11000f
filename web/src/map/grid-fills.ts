/** Which fill a grid gets from its tally, for all grids at once, and which grids changed. */
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'

export enum Fill {
  Unvisited,
  Visited,
  Yellow,
  Red,
  /** No row came: never drawn as normal. */
  Unknown,
}

/** Painted in this order: what matters more has its edge on top. */
export const FILLS: readonly Fill[] = [Fill.Unvisited, Fill.Visited, Fill.Unknown, Fill.Yellow, Fill.Red]

export function fillOf(row: GridTallyRow | undefined): Fill {
  if (!row) return Fill.Unknown
  if (row.openRed > 0) return Fill.Red
  if (row.openYellow > 0) return Fill.Yellow
  return row.patrolsToday > 0 ? Fill.Visited : Fill.Unvisited
}

export class GridFills {
  /** Fill of each grid, in the order of the codes. */
  fills = new Uint8Array(0)
  #codes: readonly string[] = []
  #rows: (GridTallyRow | undefined)[] = []

  reset(codes: readonly string[], tallies: ReadonlyMap<string, GridTallyRow>): void {
    this.#codes = codes
    this.#rows = codes.map((code) => tallies.get(code))
    this.fills = Uint8Array.from(this.#rows, fillOf)
  }

  /** Takes the present rows (the same object means unchanged); gives the numbers of the grids that look otherwise now. */
  update(tallies: ReadonlyMap<string, GridTallyRow>): number[] {
    const changed: number[] = []
    for (let i = 0; i < this.#codes.length; i++) {
      const row = tallies.get(this.#codes[i] as string)
      if (row === this.#rows[i]) continue
      this.#rows[i] = row
      const fill = fillOf(row)
      if (fill === this.fills[i]) continue
      this.fills[i] = fill
      changed.push(i)
    }
    return changed
  }
}
