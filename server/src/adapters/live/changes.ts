/** Which rows a cursor lacks, seen from one area: the rule that keeps ghosts and other people's rows off a screen. */
import type { Key, Row } from '@orchid/shared/kernel/projection'
import type { Change, Changes } from '@orchid/shared/protocol/live'
import type { LiveState } from '../../projections/live-state.ts'

/** Digits of a township's code. */
const TOWNSHIP = 9

/**
 * Rows of `tables` touched after `from`, as they are now. A row inside `area` is sent whole; one that is gone, or moved out, is null,
 * and only where it was inside before. What fell off the end of a bounded table is not sent: a city or township drops it by counting.
 * A smaller area cannot count what it does not see, so it is told.
 */
export function changesSince(state: LiveState, tables: ReadonlySet<string>, area: string, from: number): Changes {
  const found = new Map<string, Map<Key, boolean>>()
  for (const { table, key, before } of state.touched.since(from)) {
    if (!tables.has(table)) continue
    let keys = found.get(table)
    if (!keys) {
      keys = new Map()
      found.set(table, keys)
    }
    const was = before !== undefined && isInside(state, table, area, before)
    keys.set(key, (keys.get(key) ?? false) || was)
  }
  const changes: Record<string, Change[]> = {}
  for (const [table, keys] of found) {
    const projection = state.tables.projection(table)
    const rows: Change[] = []
    const counts = projection.newest && area.length <= TOWNSHIP
    const shown = projection.newest && !counts ? new Set(state.tables.keys(table, area)) : undefined
    for (const [key, wasInside] of keys) {
      const row = state.tables.get<Row>(table, key)
      // It only fell out of its township's newest.
      if (counts && row && row.updatedSeq <= from) continue
      if (row && (shown ? shown.has(key) : isInside(state, table, area, projection.area(row)))) rows.push([key, row])
      else if (wasInside && !counts) rows.push([key, null])
    }
    if (rows.length) changes[table] = rows
  }
  return changes
}

/** All rows of `tables` inside `area`. */
export function snapshot(state: LiveState, tables: ReadonlySet<string>, area: string): Changes {
  return Object.fromEntries([...tables].map((table) => [table, state.tables.entries(table, area)]))
}

const isInside = (state: LiveState, table: string, area: string, rowArea: string): boolean =>
  state.tables.projection(table).scope !== 'area' || rowArea.startsWith(area)
