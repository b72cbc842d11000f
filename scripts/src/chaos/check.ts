/** The checker: what was acknowledged and what was shown, held against the whole journal. Pure. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { type Key, type Row, Tables } from '@orchid/shared/kernel/projection'
import type { Acknowledged } from './ledger.ts'

/** What somebody showed at one cursor. */
export interface Sighting {
  readonly who: string
  readonly area: string
  readonly cursor: number
  readonly tables: ReadonlyMap<string, ReadonlyMap<Key, Row>>
}

export interface Verdict {
  /** One sentence for each breach, none when all holds. */
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly gaps: readonly string[]
}

/** Every acknowledged id at its place with its content, none stored twice, and no place left out. `events`: the whole journal in order. */
export function checkJournal(events: readonly JournalEvent[], acknowledged: readonly Acknowledged[]): Verdict {
  const gaps = events.flatMap((event, i) => (event.seq === i + 1 ? [] : [`place ${i + 1} of the journal holds seq ${event.seq}`]))
  return { lost: acknowledged.flatMap((one) => lost(events, one)), doubled: doubled(events), gaps }
}

function lost(events: readonly JournalEvent[], { sender, id, seq, type, content, opens }: Acknowledged): string[] {
  const event = events[seq - 1]
  const who = `${sender}/${id}, acknowledged at ${seq},`
  if (!event) return [`${who} is not in the journal`]
  if (event.sender !== sender || event.id !== id) return [`${who} is not there: ${event.sender}/${event.id} is`]
  if (event.type !== type) return [`${who} is there as ${event.type}`]
  const data = event.data as Readonly<Record<string, unknown>>
  const wrong = Object.keys(content).filter((field) => data[field] !== content[field])
  if (wrong.length) return [`${who} is there with another ${wrong.join(' and ')}`]
  const next = events[seq]
  if (opens && !(next?.type === 'incident.reported' && next.sender === sender && next.id === id))
    return [`${who} opened no incident in the same append`]
  return []
}

/** One request may store several events, all in one piece and each of another type; anything else was stored twice. */
function doubled(events: readonly JournalEvent[]): string[] {
  const seen = new Map<string, { last: number; types: Set<string> }>()
  const found: string[] = []
  for (const { sender, id, seq, type } of events) {
    const name = `${sender}\0${id}`
    const known = seen.get(name)
    if (!known) {
      seen.set(name, { last: seq, types: new Set([type]) })
      continue
    }
    if (known.last !== seq - 1 || known.types.has(type)) found.push(`${sender}/${id} is stored twice, again at ${seq}`)
    known.last = seq
    known.types.add(type)
  }
  return found
}

export interface Difference {
  readonly sighting: Sighting
  readonly table: string
  readonly key: Key
  readonly shown: Row | undefined
  readonly expected: Row | undefined
}

export interface Comparison {
  readonly rows: number
  readonly differences: readonly Difference[]
}

/** Folds the whole journal, without any snapshot, and holds each sighting against the tables at its cursor in its area. */
export function compare(events: readonly JournalEvent[], sightings: readonly Sighting[]): Comparison {
  const tables = new Tables(PROJECTIONS)
  const differences: Difference[] = []
  let rows = 0
  for (const sighting of [...sightings].sort((a, b) => a.cursor - b.cursor)) {
    // Beyond the end of the journal nothing can be right: it is compared with the end.
    while (tables.cursor < Math.min(sighting.cursor, events.length)) tables.fold(events[tables.cursor] as JournalEvent)
    for (const [table, held] of sighting.tables) {
      const expected = new Map(tables.entries(table, sighting.area))
      rows += Math.max(expected.size, held.size)
      for (const [key, row] of expected) {
        const shown = held.get(key)
        if (!shown || textOf(shown) !== textOf(row)) differences.push({ sighting, table, key, shown, expected: row })
      }
      for (const [key, shown] of held) if (!expected.has(key)) differences.push({ sighting, table, key, shown, expected: undefined })
    }
  }
  return { rows, differences }
}

const texts = new WeakMap<Row, string>()

/** JSON with the fields in alphabetical order; rows are never changed in place, so each is written once. */
function textOf(row: Row): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = JSON.stringify(row, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  texts.set(row, text)
  return text
}

export const sentence = ({ sighting: { who, cursor }, table, key, shown, expected }: Difference): string =>
  `${who} at ${cursor}, ${table} ${key}: shows ${shown ? JSON.stringify(shown) : 'nothing'}, should be ${expected ? JSON.stringify(expected) : 'absent'}`
