/** The rule that keeps a browser's tables equal to the server's at one cursor, whatever the link repeats, drops or delays. Pure. */
import { inPagingOrder, type Key, type Row } from '@orchid/shared/kernel/projection'
import type { Beat, Changes, Frame } from '@orchid/shared/protocol/live'

/** What a client holds: rows of each table exactly as they were at `cursor` of `epoch`. */
export interface Held {
  epoch: string | undefined
  cursor: number
  readonly tables: Map<string, Map<Key, Row>>
  /** How many rows a bounded table keeps, by its name. */
  readonly most: ReadonlyMap<string, number>
}

export const emptyHeld = (names: readonly string[], most: Held['most'] = new Map()): Held => ({
  epoch: undefined,
  cursor: 0,
  tables: new Map(names.map((name) => [name, new Map()])),
  most,
})

/**
 * Puts whole rows in place of old ones; null takes a row away. Tables that are not held are passed over.
 * What falls off the end of a bounded table is not sent: the oldest beyond its most are dropped here.
 */
export function replaceRows(held: Held, changes: Changes): void {
  for (const [name, list] of Object.entries(changes)) {
    const table = held.tables.get(name)
    if (!table) continue
    for (const [key, row] of list) {
      if (row === null) table.delete(key)
      else table.set(key, row)
    }
    const over = table.size - (held.most.get(name) ?? Number.POSITIVE_INFINITY)
    if (over > 0) for (const key of [...table.keys()].sort(inPagingOrder).slice(0, over)) table.delete(key)
  }
}

/**
 * Takes a frame. `applied`: the tables are those of `frame.to`. `ignored`: known already, or of another history.
 * `gap`: something between is missing, so watch again; nothing was changed.
 */
export function takeFrame(held: Held, frame: Frame): 'applied' | 'ignored' | 'gap' {
  if (frame.epoch !== held.epoch || frame.to <= held.cursor) return 'ignored'
  if (frame.from > held.cursor) return 'gap'
  replaceRows(held, frame.tables)
  held.cursor = frame.to
  return 'applied'
}

/** Takes the answer of a watch: a snapshot replaces the named tables whole, a tail replaces rows. */
export function takeAnswer(held: Held, answer: { epoch: string; cursor: number; mode: 'tail' | 'snapshot'; tables: Changes }): void {
  if (answer.mode === 'snapshot') for (const table of held.tables.values()) table.clear()
  replaceRows(held, answer.tables)
  held.epoch = answer.epoch
  held.cursor = answer.cursor
}

/** Whether the *previous* beat's head is still ahead of us (or of another history): a frame was lost, so watch again. */
export const isBehind = (held: Held, previous: Beat | undefined): boolean =>
  previous !== undefined && held.epoch !== undefined && (previous.epoch !== held.epoch || previous.head > held.cursor)
