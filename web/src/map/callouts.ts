/** The words beside the worst symbols; incidents of the same place share one. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Ground } from './layout.ts'
import { LETTERS } from './letters.ts'
import { type Box, beside, clamped, ems, type Placement } from './placement.ts'
import type { PlacedSymbol } from './symbols.ts'

/** Callouts at the same time. */
const CALLOUTS = 4
const TITLE_EMS = 8.2
/** Numbers named in one callout; beyond them only how many there are. */
const NUMBERS = 3
/** Of a symbol's size: incidents nearer to each other than this are at the same place. */
const SAME_PLACE = 1.2
const GAPS = [0.15, 0.8, 1.6, 2.6] as const

export interface Callout {
  /** The worst incident of the place. */
  readonly incident: IncidentRow
  /** Several incidents: the worst of them, whose numbers are named; else none. */
  readonly numbers: readonly IncidentRow[]
  readonly text: string
  readonly box: Box
  /** x1, y1, x2, y2 of the line to its nearest symbol. */
  readonly leader: readonly [number, number, number, number]
}

export function placeCallouts(symbols: readonly PlacedSymbol[], ground: Ground, placement: Placement): Callout[] {
  const callouts: Callout[] = []
  for (const group of places(symbols.filter(({ incident }) => incident.priority <= 2))) {
    if (callouts.length >= CALLOUTS) break
    const callout = place(group, ground, placement)
    if (callout) callouts.push(callout)
  }
  return callouts
}

/** Symbols of the same place together, the worst first in each and among them. */
function places(symbols: readonly PlacedSymbol[]): PlacedSymbol[][] {
  const groups: PlacedSymbol[][] = []
  const point = ({ x, y, from }: PlacedSymbol) => from ?? { x, y }
  for (const symbol of symbols) {
    const here = point(symbol)
    const group = groups.find(([first]) => {
      const there = point(first as PlacedSymbol)
      return Math.hypot(here.x - there.x, here.y - there.y) < symbol.size * SAME_PLACE
    })
    if (group) group.push(symbol)
    else groups.push([symbol])
  }
  return groups
}

function place(group: readonly PlacedSymbol[], { field, rem, several }: Ground, placement: Placement): Callout | undefined {
  const { incident } = group[0] as PlacedSymbol
  const alone = group.length === 1
  const text = alone ? shortened(incident.title) : `${shortened(incident.title)} ${several(group.length)}`
  const named = alone
    ? []
    : group
        .slice(0, NUMBERS)
        .map((symbol) => symbol.incident)
        .sort((a, b) => a.priority - b.priority || a.no - b.no)
  const around = hull(group)
  // Where the numbers do not fit as well, the words alone must do: the symbols stand beside them.
  for (const numbers of named.length ? [named, []] : [[]]) {
    const width = ems(`${marksOf(numbers)}${text}`) * LETTERS.callout * rem
    const gaps = GAPS.map((gap) => gap * rem)
    // Moved inside the field, above and below there is nearly always room for a whole line.
    const candidates = beside(around, width, rem * 1.2, gaps).map((box) => clamped(box, field))
    const box = placement.place(candidates, rem * rem * 0.1)
    if (box) return { incident, numbers, text, box, leader: leaderTo(box, group) }
  }
  return undefined
}

const SHAPES = { 1: '◆', 2: '▲', 3: '■', 4: '●' } as const
export const markOf = ({ priority, no }: IncidentRow): string => `${SHAPES[priority]}${no}`
const marksOf = (incidents: readonly IncidentRow[]): string => incidents.map((incident) => `${markOf(incident)} `).join('')

/** The box around the symbols of one place. */
function hull(group: readonly PlacedSymbol[]): Box {
  const x = Math.min(...group.map((s) => s.x - s.size / 2))
  const y = Math.min(...group.map((s) => s.y - s.size / 2))
  const right = Math.max(...group.map((s) => s.x + s.size * (s.tagged ? 1.4 : 0.5)))
  const bottom = Math.max(...group.map((s) => s.y + s.size / 2))
  return { x, y, width: right - x, height: bottom - y }
}

function leaderTo(box: Box, group: readonly PlacedSymbol[]): Callout['leader'] {
  const lines = group.map(({ x, y }) => {
    const [toX, toY] = [Math.min(Math.max(x, box.x), box.x + box.width), Math.min(Math.max(y, box.y), box.y + box.height)]
    return { line: [x, y, toX, toY] as const, length: Math.hypot(x - toX, y - toY) }
  })
  return lines.reduce((a, b) => (b.length < a.length ? b : a)).line
}

/** What fits beside a symbol: without what stands in brackets, cut with an ellipsis. */
export function shortened(title: string): string {
  const plain = title.replace(/[（(][^（()）]*[)）]/g, '').trim() || title
  if (ems(plain) <= TITLE_EMS) return plain
  let text = ''
  for (const letter of plain) {
    if (ems(`${text}${letter}…`) > TITLE_EMS) break
    text += letter
  }
  return `${text.trimEnd()}…`
}
