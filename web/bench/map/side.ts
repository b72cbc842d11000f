/** What both sides of the map benchmark do: draw the same city, take the same updates, and say what they finally show. */
import type { GridRow, WaterRow } from '@orchid/shared/domain/areas/projections'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'

export interface City {
  readonly grids: readonly GridRow[]
  /** Rows are replaced by newer ones, so that nothing is kept that a page would not keep. */
  readonly tallies: GridTallyRow[]
  readonly cameras: CameraRow[]
  readonly waters: readonly WaterRow[]
}

/** The same rows by key, as the live store of the pages holds them. */
export interface Tables {
  readonly tallies: Map<string, GridTallyRow>
  readonly cameras: Map<string, CameraRow>
}

export interface Side {
  /** What changed in one tick: rows as the live channel brings them, and their numbers in the city's lists. The tables have them already. */
  update(tallies: readonly (readonly [number, GridTallyRow])[], cameras: readonly (readonly [number, CameraRow])[]): void
  /** Fills and positions as they are held for drawing, as one number. */
  shown(): number
  /** Microseconds that finding the nearest camera takes, in the middle of many; undefined where there is no such look-up. */
  nearest?(): number
  /** Device pixels that visibly differ after everything is painted anew. */
  unfaithful?(): Promise<number>
}
