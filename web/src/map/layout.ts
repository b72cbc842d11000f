/** What stands over the painted map, and where: incident symbols with their numbers, callouts of the worst, township names. */
import type { AreaRow, GridRow } from '@orchid/shared/domain/areas/projections'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import { around, type Box, Placement } from './placement.ts'

/** Callouts at the same time. */
const CALLOUTS = 4
/** Symbols that may blink at the same time; more would only be noise. */
const BLINKING = 3
const CALLOUT_LETTERS = 8

export interface PlacedSymbol {
  readonly incident: IncidentRow
  readonly x: number
  readonly y: number
  /** Too near to a worse one for its number: a bare small shape. */
  readonly small: boolean
  readonly blinking: boolean
  readonly callout?: { readonly text: string; readonly x: number; readonly y: number }
}
export interface PlacedName {
  readonly code: string
  readonly name: string
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly symbols: readonly PlacedSymbol[]
  readonly names: readonly PlacedName[]
}

interface Ground {
  readonly field: Box
  /** Boxes of legend and inset, where nothing may stand. */
  readonly reserved: readonly Box[]
  readonly rem: number
  project(at: LngLat): { x: number; y: number }
}

/** Worst first: priority, then the nearest deadline. */
export const worstFirst = (a: IncidentRow, b: IncidentRow): number => a.priority - b.priority || (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY)

export function layOut(incidents: readonly IncidentRow[], grids: ReadonlyMap<string, GridRow>, areas: Iterable<AreaRow>, { field, reserved, rem, project }: Ground): Layout {
  const placement = new Placement(field)
  for (const box of reserved) placement.take(box)
  let blinking = 0
  let callouts = 0
  const placed: { incident: IncidentRow; x: number; y: number; small: boolean; blinking: boolean }[] = []
  for (const incident of incidents.filter((row) => row.state !== 'closed').sort(worstFirst)) {
    const at = incident.position ?? grids.get(incident.grid)?.centroid
    if (!at) continue
    const { x, y } = project(at)
    const full = rem * 1.25
    const box = { x: x - full / 2, y: y - full / 2, width: full, height: full }
    const urgent = incident.priority <= 2
    const small = !urgent && placement.cost(box) > 0
    placement.take(small ? { x: x - full / 4, y: y - full / 4, width: full / 2, height: full / 2 } : box)
    const blinks = incident.priority === 1 && incident.state === 'reported' && blinking < BLINKING
    if (blinks) blinking++
    placed.push({ incident, x, y, small, blinking: blinks })
  }
  const symbols = placed.map((symbol): PlacedSymbol => {
    if (symbol.incident.priority > 2 || callouts >= CALLOUTS) return symbol
    const text = shortened(symbol.incident.title)
    const width = text.length * rem * 1.05
    const beside = [
      { x: symbol.x + rem * 0.85, y: symbol.y - rem * 0.65 },
      { x: symbol.x - rem * 0.85 - width, y: symbol.y - rem * 0.65 },
      { x: symbol.x - width / 2, y: symbol.y - rem * 2 },
      { x: symbol.x - width / 2, y: symbol.y + rem * 0.75 },
    ].map((at) => ({ ...at, width, height: rem * 1.3 }))
    const box = placement.place(beside, false)
    if (!box) return symbol
    callouts++
    return { ...symbol, callout: { text, x: box.x, y: box.y } }
  })
  const names: PlacedName[] = []
  for (const area of areas) {
    if (area.tier !== 'township' || !area.centroid) continue
    const { x, y } = project(area.centroid)
    const width = area.name.length * rem * 0.95
    const box = placement.place(around(x, y, width, rem * 1.1, [rem * 0.9, rem * 1.5, rem * 2.1]), true)
    if (box) names.push({ code: area.code, name: area.name, x: box.x + width / 2, y: box.y + rem * 0.55 })
  }
  return { symbols, names }
}

const shortened = (title: string): string => ([...title].length > CALLOUT_LETTERS ? `${[...title].slice(0, CALLOUT_LETTERS - 1).join('')}…` : title)
