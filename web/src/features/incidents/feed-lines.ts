/** How high the lines of the feed are, in rem, and which of them a feed of that height tells. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { ems } from '../../map/placement.ts'
import type { GroupWords } from './group-words.ts'
import { type FeedEntry, grouped, LINES, oneByOne } from './grouping.ts'

export const ROW = 2.5
/** Letters that fit on a line of small print. */
const LETTERS = 17

/** Further lines of small print, 1 rem each, that a group needs for its numbers: they are never cut. */
export function furtherLines(entry: FeedEntry, words: (entry: FeedEntry) => GroupWords): number {
  if (!entry.alike) return 0
  const { urgent, rest } = words(entry)
  return Math.max(0, Math.ceil(ems(`${urgent} ${rest.join('  ')}`) / LETTERS) - 1)
}

export const heightOf = (entries: readonly FeedEntry[], words: (entry: FeedEntry) => GroupWords): number =>
  entries.reduce((sum, entry) => sum + ROW + furtherLines(entry, words), 0)

/** One by one; in a flood that began at `from` so few lines that all with 特急 fit into `room` (rem) and two rows are left to the others. */
export function feedEntries(
  open: readonly IncidentRow[],
  from: number | undefined,
  room: number,
  words: (entry: FeedEntry) => GroupWords,
): FeedEntry[] {
  if (from === undefined) return oneByOne(open)
  for (let most = LINES; most > 1; most--) {
    const entries = grouped(open, from, most)
    const urgent = entries.filter((entry) => entry.priority === 1)
    if (heightOf(urgent, words) <= room - 2 * ROW) return entries
  }
  return grouped(open, from, 1)
}

/** Rows on a page, whichever of the lines stand on it: the 特急 always do, and what needs more than a row takes it from the others. */
export function rowsThatFit(entries: readonly FeedEntry[], room: number, words: (entry: FeedEntry) => GroupWords): number {
  const further = (some: readonly FeedEntry[]): number[] => some.map((entry) => furtherLines(entry, words))
  const urgent = further(entries.filter(({ priority }) => priority === 1))
  const others = further(entries.filter(({ priority }) => priority !== 1)).sort((a, b) => b - a)
  const high = (rows: number): number =>
    [...urgent, ...others.slice(0, Math.max(0, rows - urgent.length))].reduce((sum, lines) => sum + lines, rows * ROW)
  let rows = Math.floor(room / ROW)
  while (rows > 1 && high(rows) > room) rows--
  return Math.max(1, rows)
}
