/** Names of areas by code, from the live tables `areas` and `grids`. */
import type { AreaRow, GridRow } from '@orchid/shared/domain/areas/projections'
import { useTable } from './store.ts'

export interface AreaNames {
  /** Name of the township (9 digits) that a longer code belongs to; the code itself while unknown. */
  township(code: string): string
  /** Name of the village (12 digits), or an empty text. */
  village(code: string): string
  /** Name of the grid without its village's name in front, or an empty text. */
  grid(code: string): string
}

export function useAreaNames(): AreaNames {
  const areas = useTable<AreaRow>('areas')
  const grids = useTable<GridRow>('grids')
  const name = (code: string): string | undefined => areas.value.get(code)?.name
  return {
    township: (code) => name(code.slice(0, 9)) ?? code.slice(0, 9),
    village: (code) => name(code.slice(0, 12)) ?? '',
    grid: (code) => {
      const full = grids.value.get(code)?.name ?? ''
      const village = name(code.slice(0, 12)) ?? ''
      return village && full.startsWith(village) ? full.slice(village.length).trim() : full
    },
  }
}
