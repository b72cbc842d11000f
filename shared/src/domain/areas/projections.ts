/** Tables of areas: `areas`, `grids`, `waters`. They change rarely and are the base map. */
import type { Ask } from '../../kernel/command.ts'
import type { JournalEvent } from '../../kernel/event.ts'
import { cityOf, inRing, type LngLat } from '../../kernel/geo.ts'
import type { Projection, Row } from '../../kernel/projection.ts'
import type { AreaDefined, GridDefined, Tier, WaterDefined } from './events.ts'

export interface AreaRow extends Row {
  readonly code: string
  readonly name: string
  readonly tier: Tier
  readonly outline?: readonly (readonly LngLat[])[]
  readonly centroid?: LngLat
  readonly demo?: true
}

export interface GridRow extends Row {
  readonly code: string
  readonly name: string
  /** 12-digit code. */
  readonly village: string
  /** 9-digit code. */
  readonly township: string
  /** Role that answers for the grid; never a resident's name. */
  readonly chief?: string
  readonly centroid: LngLat
  readonly boundary: readonly LngLat[]
  /** Square kilometres. */
  readonly area: number
  /** 1, 2, … : how often the boundary was drawn. */
  readonly boundaryVersion: number
  /** Epoch milliseconds. */
  readonly validFrom: number
  readonly schematic?: true
  readonly demo?: true
}

export interface WaterRow extends Row {
  readonly id: string
  readonly name: string
  readonly line: readonly LngLat[]
  readonly width: number
  readonly schematic?: true
  readonly demo?: true
}

/** The outline has thousands of corners: it is asked only about a position that is not in the reported grid, which is rare. */
export function isOutsideCity(position: LngLat, grid: string, ask: Ask): boolean {
  const outline = ask.row<AreaRow>('areas', cityOf(grid))?.outline
  return outline !== undefined && !outline.some((ring) => inRing(position, ring))
}

/** Marks rows made by sample data, so that screens can say so. */
export const demoMark = (event: JournalEvent): { demo?: true } => (event.origin === 'demo' ? { demo: true } : {})

export const areas: Projection<AreaRow> = {
  name: 'areas',
  version: 1,
  scope: 'public',
  eventTypes: ['area.defined'],
  keys: (event) => [(event as AreaDefined).data.code],
  evolve: (_row, event) => ({ ...(event as AreaDefined).data, ...demoMark(event), updatedSeq: event.seq }),
  area: (row) => row.code,
}

export const grids: Projection<GridRow> = {
  name: 'grids',
  version: 1,
  scope: 'area',
  eventTypes: ['grid.defined'],
  keys: (event) => [(event as GridDefined).data.code],
  evolve: (row, event) => {
    const { data } = event as GridDefined
    return {
      ...data,
      village: data.code.slice(0, 12),
      township: data.code.slice(0, 9),
      chief: '网格长',
      boundaryVersion: (row?.boundaryVersion ?? 0) + 1,
      ...demoMark(event),
      updatedSeq: event.seq,
    }
  },
  area: (row) => row.code,
}

export const waters: Projection<WaterRow> = {
  name: 'waters',
  version: 1,
  scope: 'public',
  eventTypes: ['water.defined'],
  keys: (event) => [(event as WaterDefined).data.id],
  evolve: (_row, event) => ({ ...(event as WaterDefined).data, ...demoMark(event), updatedSeq: event.seq }),
  area: () => cityOf(''),
}
