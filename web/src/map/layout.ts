/** What stands over the painted map, and where: incident symbols with their numbers, callouts of the worst, names of places and rivers. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import { type Callout, placeCallouts } from './callouts.ts'
import { LETTERS, type NameKind } from './letters.ts'
import type { SmallMark } from './painter.ts'
import { around, type Box, ems, Placement } from './placement.ts'
import { type PlacedSymbol, placeSymbols } from './symbols.ts'

/** A name at its place: one candidate point or more, the best first. */
export interface Name {
  readonly text: string
  readonly kind: NameKind
  readonly at: readonly LngLat[]
}
export interface PlacedName {
  readonly text: string
  readonly kind: NameKind
  /** Middle of the name. */
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly symbols: readonly PlacedSymbol[]
  readonly callouts: readonly Callout[]
  readonly names: readonly PlacedName[]
  /** Incidents without a numbered symbol, to be painted. */
  readonly small: readonly SmallMark[]
}

export const NOTHING: Layout = { symbols: [], callouts: [], names: [], small: [] }

export interface Ground {
  readonly field: Box
  /** Boxes of legend and inset, where nothing may stand. */
  readonly reserved: readonly Box[]
  readonly rem: number
  /** WGS 84 degrees to pixels. */
  project(at: LngLat): { x: number; y: number }
  /** Where an incident is, where known. */
  locate(incident: IncidentRow): LngLat | undefined
  /** How a callout says that it speaks for `n` incidents. */
  several(n: number): string
}

/** How far (rem) a name may move from its point to find room. */
const STEPS: Readonly<Record<NameKind, readonly number[]>> = {
  township: [0.9, 1.5, 2.1, 2.8],
  village: [],
  grid: [],
  count: [0.9, 1.5],
  river: [],
  neighbour: [0.8, 1.6],
}

export function layOut(incidents: readonly IncidentRow[], names: readonly Name[], ground: Ground): Layout {
  const placement = new Placement(ground.field)
  for (const box of ground.reserved) placement.take(box)
  const { symbols, small } = placeSymbols(incidents, ground, placement)
  const callouts = placeCallouts(symbols, ground, placement)
  return { symbols, small, callouts, names: placeNames(names, ground, placement) }
}

function placeNames(names: readonly Name[], { rem, project }: Ground, placement: Placement): PlacedName[] {
  return names.flatMap(({ text, kind, at }) => {
    const [width, height] = [ems(text) * LETTERS[kind] * rem, LETTERS[kind] * 1.25 * rem]
    const steps = STEPS[kind].map((step) => step * rem)
    const candidates = at.flatMap((point) => {
      const { x, y } = project(point)
      return around(x, y, width, height, steps)
    })
    // A township keeps its name even if that covers a corner of a small symbol.
    const box = placement.place(candidates, kind === 'township' ? rem * rem * 0.4 : 0)
    return box ? [{ text, kind, x: box.x + width / 2, y: box.y + height / 2 }] : []
  })
}
