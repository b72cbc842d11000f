/** In a flood of alarms what is alike is one line of the feed: by grid and cause, or coarser, until there are few. Nothing is lost from them. Pure. */
import type { IncidentRow, Priority } from '@orchid/shared/domain/incidents/projections'
import { townshipOf } from '@orchid/shared/kernel/geo'

/** A line of the feed: one incident, or several alike. */
export interface FeedEntry {
  /** Of one incident its id; of a group its key and how many 特急 it holds: another one makes it new. */
  readonly id: string
  /** The worst of its incidents. */
  readonly priority: Priority
  /** Worst first, then the earliest deadline. */
  readonly rows: readonly [IncidentRow, ...IncidentRow[]]
  /** How far its incidents are alike; absent on a line of one. */
  readonly alike?: Alike
}
/** What all incidents of a group share; `nothing`: what is left when all else has its line. */
export type Alike = 'grid' | 'township' | 'cause' | 'nothing'

/** Lines a flood may add to the feed. */
export const LINES = 10
/** 特急 with a line of their own; more of them stand in groups, each named by its number. */
const OWN_LINES = 4

/** What it is about: its class, or its title where it has none. */
export const causeOf = ({ category, title }: IncidentRow): string => category ?? title

const KEYS: readonly (readonly [Alike, (row: IncidentRow) => string])[] = [
  ['grid', (row) => `${row.grid} ${row.kind} ${causeOf(row)}`],
  ['township', (row) => `${townshipOf(row.grid)} ${row.kind} ${causeOf(row)}`],
  ['cause', (row) => `${row.kind} ${causeOf(row)}`],
]

export const worstFirst = (a: IncidentRow, b: IncidentRow): number =>
  a.priority - b.priority || (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY) || a.no - b.no

const single = (row: IncidentRow): FeedEntry => ({ id: row.id, priority: row.priority, rows: [row] })

/** Open incidents as lines, one each, in the order given. */
export const oneByOne = (rows: readonly IncidentRow[]): FeedEntry[] => rows.map(single)

/** Numbers of the 特急 in a line, ascending. */
export const urgentNumbers = ({ rows }: FeedEntry): number[] =>
  rows
    .filter((row) => row.priority === 1)
    .map((row) => row.no)
    .sort((a, b) => a - b)

/**
 * Lines of the feed in a flood: of the open `rows`, those opened since `from` (epoch ms) become at most `lines` of them, by the finest likeness
 * that gives so few; the others keep a line each. Worst first, then the earliest deadline.
 */
export function grouped(rows: readonly IncidentRow[], from: number, lines = LINES): FeedEntry[] {
  const old = rows.filter((row) => row.openedAt < from)
  const fresh = rows.filter((row) => row.openedAt >= from).sort(worstFirst)
  const worst = fresh.filter((row) => row.priority === 1)
  const alone = new Set(worst.length <= Math.min(OWN_LINES, lines - 1) ? worst : [])
  const others = fresh.filter((row) => !alone.has(row))
  const most = lines - alone.size
  let groups: FeedEntry[] = []
  for (const [alike, keyOf] of KEYS) {
    groups = alikeBy(others, alike, keyOf)
    if (groups.length <= most) break
  }
  if (groups.length > most) groups = withRest(groups, most)
  return [...oneByOne([...alone, ...old]), ...groups].sort((a, b) => worstFirst(a.rows[0], b.rows[0]))
}

/** Lines with 特急 and the largest ones stay; what they leave becomes the last line. */
function withRest(lines: readonly FeedEntry[], most: number): FeedEntry[] {
  const urgent = (line: FeedEntry): number => (line.priority === 1 ? 0 : 1)
  const sorted = [...lines].sort((a, b) => urgent(a) - urgent(b) || b.rows.length - a.rows.length || worstFirst(a.rows[0], b.rows[0]))
  const rest = sorted.slice(most - 1).flatMap((line) => line.rows)
  return [...sorted.slice(0, most - 1), ...alikeBy(rest.sort(worstFirst), 'nothing', () => '')]
}

function alikeBy(rows: readonly IncidentRow[], alike: Alike, keyOf: (row: IncidentRow) => string): FeedEntry[] {
  const groups = new Map<string, [IncidentRow, ...IncidentRow[]]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group) group.push(row)
    else groups.set(keyOf(row), [row])
  }
  return [...groups].map(([key, members]) => {
    if (members.length === 1) return single(members[0])
    const urgent = members.filter((row) => row.priority === 1).length
    return { id: `alike ${alike} ${key} ${urgent}`, priority: members[0].priority, rows: members, alike }
  })
}

/** `3–5、9` of ascending numbers. */
export function ranges(numbers: readonly number[], comma = '、'): string {
  const runs: [number, number][] = []
  for (const n of numbers) {
    const last = runs.at(-1)
    if (last && n === last[1] + 1) last[1] = n
    else runs.push([n, n])
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : b === a + 1 ? `${a}${comma}${b}` : `${a}–${b}`)).join(comma)
}
