/** Where each incident's numbered symbol stands: at its place, and where others stand already side by side with them, so that every number can be read. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Ground } from './layout.ts'
import { unit } from './mercator.ts'
import type { SmallMark } from './painter.ts'
import { type Box, clamped, ems, lattice, type Placement } from './placement.ts'

/** Symbols that may blink at the same time; more would only be noise. */
const BLINKING = 3
/** Symbols with a number; the rest are painted small. */
const NUMBERED = 40
/** So many of the worst are tried: where these find no room, those behind them find none either. */
const TRIED = 3 * NUMBERED
/** How many symbols away from its place one may stand: urgent ones must be seen, others may be painted small. Smaller than the urgent, they need a step and a half to clear one. */
const RINGS = { urgent: 6, other: 1.5 } as const
/** Size of the numbers in rem. */
const FIGURES = 0.8

export interface PlacedSymbol {
  readonly incident: IncidentRow
  /** Middle of its shape. */
  readonly x: number
  readonly y: number
  /** Edge of its square in pixels. */
  readonly size: number
  /** The incident's place when the symbol had to stand beside it. */
  readonly from: { readonly x: number; readonly y: number } | undefined
  /** The number has more figures than fit the shape and stands beside it. */
  readonly tagged: boolean
  readonly blinking: boolean
}

/** Worst first: priority, then the nearest deadline, then the older number. */
export const worstFirst = (a: IncidentRow, b: IncidentRow): number =>
  a.priority - b.priority || (a.dueAt ?? Number.MAX_SAFE_INTEGER) - (b.dueAt ?? Number.MAX_SAFE_INTEGER) || a.no - b.no

/** Urgent ones are larger: they are few. A two-figure number needs more room in a triangle than in a square. */
const sizeOf = ({ priority, no }: IncidentRow, rem: number): number =>
  rem * (no < 10 || no > 99 ? 1.35 : 1.5) * ({ 1: 1.16, 2: 1.28, 3: 1, 4: 1 } as const)[priority]

const square = (x: number, y: number, size: number): Box => ({ x: x - size / 2, y: y - size / 2, width: size, height: size })

/** Its place, then places around it, none outside the field. */
function* near(home: Box, gap: number, rings: number, field: Box): Generator<Box> {
  for (const box of lattice(home, gap, rings)) yield clamped(box, field)
}

/** Symbols worst first, and those incidents that found no room for a number, to be painted small. Takes its boxes from `placement`. */
export function placeSymbols(
  incidents: readonly IncidentRow[],
  { field, rem, project, locate }: Ground,
  placement: Placement,
): { symbols: PlacedSymbol[]; small: SmallMark[] } {
  const symbols: PlacedSymbol[] = []
  const small: SmallMark[] = []
  let blinking = 0
  for (const incident of incidents.filter((row) => row.state !== 'closed').sort(worstFirst)) {
    const at = locate(incident)
    if (!at) continue
    const { x, y } = project(at)
    if (x < field.x || y < field.y || x > field.x + field.width || y > field.y + field.height) continue
    const size = sizeOf(incident, rem)
    const tagged = incident.no > 99
    const home = clamped({ ...square(x, y, size), width: size + (tagged ? ems(String(incident.no)) * FIGURES * rem : 0) }, field)
    const rings = incident.priority <= 2 ? RINGS.urgent : RINGS.other
    const tried = symbols.length < NUMBERED && symbols.length + small.length < TRIED
    const box = tried ? placement.place(near(home, rem * 0.08, rings, field)) : undefined
    if (!box) {
      const [ux, uy] = unit(at)
      small.push({ id: incident.id, x: ux, y: uy, priority: incident.priority })
      // Hundreds of them would leave no room for a single name.
      if (small.length <= NUMBERED) placement.takeSoft(square(x, y, rem * 0.62))
      continue
    }
    const middle = { x: box.x + size / 2, y: box.y + size / 2 }
    const beside = Math.hypot(middle.x - x, middle.y - y) > size * 0.3
    const blinks = incident.priority === 1 && incident.state === 'reported' && blinking < BLINKING
    if (blinks) blinking++
    symbols.push({ incident, ...middle, size, from: beside ? { x, y } : undefined, tagged, blinking: blinks })
  }
  return { symbols, small }
}
