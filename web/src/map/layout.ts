/** What stands over the painted map, and where: incident symbols with their numbers, callouts of the worst, names of places and rivers. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import { unit } from './mercator.ts'
import type { SmallMark } from './painter.ts'
import { around, type Box, beside, ems, Placement } from './placement.ts'

/** Callouts at the same time. */
const CALLOUTS = 4
/** Symbols that may blink at the same time; more would only be noise. */
const BLINKING = 3
/** Symbols with a number; the rest are painted small. */
const NUMBERED = 40
const CALLOUT_EMS = 8.2

export interface PlacedSymbol {
  readonly incident: IncidentRow
  readonly x: number
  readonly y: number
  /** Edge of its square in pixels. */
  readonly size: number
  /** The number has more figures than fit the shape and stands beside it. */
  readonly tagged: boolean
  readonly blinking: boolean
}
export interface Callout {
  readonly incident: IncidentRow
  readonly text: string
  readonly box: Box
  /** x1, y1, x2, y2 of the line to its symbol. */
  readonly leader: readonly [number, number, number, number]
}
export type NameKind = 'township' | 'village' | 'river' | 'neighbour'
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
}

/** Size of the letters in rem; styles.css of the marks says the same. */
export const LETTERS: Readonly<Record<NameKind | 'callout', number>> = {
  township: 0.86,
  village: 0.8,
  river: 1,
  neighbour: 0.8,
  callout: 0.98,
}

/** Worst first: priority, then the nearest deadline, then the older number. */
export const worstFirst = (a: IncidentRow, b: IncidentRow): number =>
  a.priority - b.priority || (a.dueAt ?? Number.MAX_SAFE_INTEGER) - (b.dueAt ?? Number.MAX_SAFE_INTEGER) || a.no - b.no

export function layOut(incidents: readonly IncidentRow[], names: readonly Name[], ground: Ground): Layout {
  const placement = new Placement(ground.field)
  for (const box of ground.reserved) placement.take(box)
  const { symbols, small } = placeSymbols(incidents, ground, placement)
  const callouts = placeCallouts(symbols, ground, placement)
  return { symbols, small, callouts, names: placeNames(names, ground, placement) }
}

/** A two-figure number needs more room in a triangle than in a square. */
const sizeOf = ({ priority, no }: IncidentRow, rem: number): number =>
  rem * (no < 10 || no > 99 ? 1.55 : 1.75) * (priority === 2 ? 1.12 : 1)

const square = (x: number, y: number, size: number): Box => ({ x: x - size / 2, y: y - size / 2, width: size, height: size })

function placeSymbols(
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
    const size = sizeOf(incident, rem)
    if (x < field.x - size || y < field.y - size || x > field.x + field.width + size || y > field.y + field.height + size) continue
    const tagged = incident.no > 99
    const half = size / 2
    const box = { x: x - half, y: y - half, width: size + (tagged ? ems(String(incident.no)) * 0.8 * rem : 0), height: size }
    const urgent = incident.priority <= 2
    const fits = placement.cost(box) === 0
    if (symbols.length >= NUMBERED || (!urgent && !fits)) {
      const [ux, uy] = unit(at)
      small.push({ id: incident.id, x: ux, y: uy, priority: incident.priority })
      // Hundreds of them would leave no room for a single name.
      if (small.length <= NUMBERED) placement.takeSoft(square(x, y, rem * 0.62))
      continue
    }
    if (fits) placement.take(box)
    else placement.takeSoft(box)
    const blinks = incident.priority === 1 && incident.state === 'reported' && blinking < BLINKING
    if (blinks) blinking++
    symbols.push({ incident, x, y, size, tagged, blinking: blinks })
  }
  return { symbols, small }
}

function placeCallouts(symbols: readonly PlacedSymbol[], { rem }: Ground, placement: Placement): Callout[] {
  const callouts: Callout[] = []
  for (const { incident, x, y, size, tagged } of symbols) {
    if (callouts.length >= CALLOUTS || incident.priority > 2) break
    const text = shortened(incident.title)
    const box = placement.place(
      beside(
        x,
        y,
        size * 0.5 + (tagged ? rem : 0),
        ems(text) * LETTERS.callout * rem,
        rem * 1.2,
        [0.15, 0.8, 1.6, 2.6].map((gap) => gap * rem),
      ),
      rem * rem * 0.1,
    )
    if (!box) continue
    const [toX, toY] = [Math.min(Math.max(x, box.x), box.x + box.width), Math.min(Math.max(y, box.y), box.y + box.height)]
    callouts.push({ incident, text, box, leader: [x, y, toX, toY] })
  }
  return callouts
}

function placeNames(names: readonly Name[], { rem, project }: Ground, placement: Placement): PlacedName[] {
  return names.flatMap(({ text, kind, at }) => {
    const [width, height] = [ems(text) * LETTERS[kind] * rem, LETTERS[kind] * 1.25 * rem]
    const steps =
      kind === 'township'
        ? [0.9, 1.5, 2.1, 2.8].map((step) => step * rem)
        : kind === 'neighbour'
          ? [0.8, 1.6].map((step) => step * rem)
          : []
    const candidates = at.flatMap((point) => {
      const { x, y } = project(point)
      return around(x, y, width, height, steps)
    })
    // A township keeps its name even if that covers a corner of a small symbol.
    const box = placement.place(candidates, kind === 'township' ? rem * rem * 0.4 : 0)
    return box ? [{ text, kind, x: box.x + width / 2, y: box.y + height / 2 }] : []
  })
}

/** What fits beside a symbol: without what stands in brackets, cut with an ellipsis. */
export function shortened(title: string): string {
  const plain = title.replace(/[（(][^（()）]*[)）]/g, '').trim() || title
  if (ems(plain) <= CALLOUT_EMS) return plain
  let text = ''
  for (const letter of plain) {
    if (ems(`${text}${letter}…`) > CALLOUT_EMS) break
    text += letter
  }
  return `${text.trimEnd()}…`
}
