/** Areas: city > township > village > grid, as codes that nest by prefix. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { LngLat } from '../../kernel/geo.ts'

export type Tier = 'city' | 'township' | 'village'

/** A city, township or village (or community) with its official code. */
export type AreaDefined = JournalEvent<
  'area.defined',
  {
    readonly code: string
    readonly name: string
    readonly tier: Tier
    /** Outline as closed rings in WGS 84 degrees, where known. */
    readonly outline?: readonly (readonly LngLat[])[]
    /** Where the name stands on a map, WGS 84 degrees. */
    readonly centroid?: LngLat
  }
>

/** A grid with a boundary valid from a time; a later definition of the same code is a newer version of the boundary. */
export type GridDefined = JournalEvent<
  'grid.defined',
  {
    readonly code: string
    readonly name: string
    readonly centroid: LngLat
    /** One closed ring in WGS 84 degrees. */
    readonly boundary: readonly LngLat[]
    /** Square kilometres. */
    readonly area: number
    /** Epoch milliseconds from which this boundary holds. */
    readonly validFrom: number
    /** `true` when the boundary is drawn by us and not surveyed. */
    readonly schematic?: true
  }
>

/** A river or other water drawn on the base map: a line in WGS 84 degrees. */
export type WaterDefined = JournalEvent<
  'water.defined',
  {
    readonly id: string
    readonly name: string
    readonly line: readonly LngLat[]
    /** Width on the map in metres. */
    readonly width: number
    readonly schematic?: true
  }
>
