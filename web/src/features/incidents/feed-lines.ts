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

/** Rows on a page, when what needs more than a row takes it from the others. */
export const rowsThatFit = (entries: readonly FeedEntry[], room: number, words: (entry: FeedEntry) => GroupWords): number =>
  Math.max(1, Math.floor((room - heightOf(entries, words) + ROW * entries.length) / ROW))
