/** Which rows a cursor lacks, seen from one area: the rule that keeps ghosts and other people's rows off a screen. */
import type { Classification } from '@orchid/shared/domain/cameras/events'
import type { Key, Row } from '@orchid/shared/kernel/projection'
import type { Change, Changes } from '@orchid/shared/protocol/live'
import { CameraVeil, isVeiled } from '../../projections/camera-veil.ts'
import type { LiveState } from '../../projections/live-state.ts'

/** How far somebody sees: an area, cameras up to a classification, and what is their own. */
export interface View {
  readonly name: string
  readonly area: string
  readonly reach: Classification
}

/** Digits of a township's code. */
const TOWNSHIP = 9

/**
 * Rows of `tables` touched after `from`, as they are now. A row inside `area` is sent whole; one that is gone, or moved out, is null,
 * and only where it was inside before. What fell off the end of a bounded table is not sent: a city or township drops it by counting.
 * A smaller area cannot count what it does not see, so it is told. A camera beyond `reach` is as one outside the area.
 */
export function changesSince(state: LiveState, tables: ReadonlySet<string>, view: View, from: number): Changes {
  const { area, reach } = view
  const found = new Map<string, Map<Key, boolean>>()
  for (const { table, key, before } of state.touched.since(from)) {
    if (!tables.has(table)) continue
    let keys = found.get(table)
    if (!keys) {
      keys = new Map()
      found.set(table, keys)
    }
    const was = before !== undefined && isInside(state, table, view, before)
    keys.set(key, (keys.get(key) ?? false) || was)
  }
  const veil = veilOf(state, tables, reach, from)
  for (const [table, key] of veil?.turned(tables) ?? []) {
    const row = state.tables.get<Row>(table, key)
    if (!row || !isInside(state, table, view, state.tables.projection(table).area(row))) continue
    const keys = found.get(table) ?? new Map<Key, boolean>()
    found.set(table, keys.set(key, true))
  }
  const changes: Record<string, Change[]> = {}
  for (const [table, keys] of found) {
    const projection = state.tables.projection(table)
    const rows: Change[] = []
    const counts = projection.newest && area.length <= TOWNSHIP
    const shown = projection.newest && !counts ? new Set(state.tables.keys(table, area)) : undefined
    for (const [key, wasInside] of keys) {
      const held = state.tables.get<Row>(table, key)
      const row = held && veil ? veil.shown(table, key, held) : held
      // It only fell out of its township's newest.
      if (counts && row && row.updatedSeq <= from) continue
      if (row && (shown ? shown.has(key) : isInside(state, table, view, projection.area(row)))) rows.push([key, row])
      else if (wasInside && !counts && (veil?.wasShown(table, key) ?? true)) rows.push([key, null])
    }
    if (rows.length) changes[table] = rows
  }
  return changes
}

/** All rows of `tables` that somebody sees. */
export function snapshot(state: LiveState, tables: ReadonlySet<string>, { name, area, reach }: View): Changes {
  const veil = veilOf(state, tables, reach)
  const scope = (table: string): string => (isOwn(state, table) ? name : area)
  return Object.fromEntries([...tables].map((table) => [table, seen(veil, table, state.tables.entries(table, scope(table)))]))
}

/** Whether each reader sees only their own rows of a table. */
export const isOwn = (state: LiveState, table: string): boolean => state.tables.projection(table).scope === 'own'

function seen(veil: CameraVeil | undefined, table: string, entries: readonly [Key, Row][]): readonly [Key, Row][] {
  if (!veil || !isVeiled(table)) return entries
  return entries.flatMap(([key, held]) => {
    const row = veil.shown(table, key, held)
    return row ? [[key, row] as [Key, Row]] : []
  })
}

const veilOf = (state: LiveState, tables: ReadonlySet<string>, reach: Classification, from?: number): CameraVeil | undefined =>
  [...tables].some(isVeiled) ? CameraVeil.before(state, reach, from) : undefined

function isInside(state: LiveState, table: string, { name, area }: View, rowArea: string): boolean {
  const { scope } = state.tables.projection(table)
  return scope === 'own' ? rowArea === name : scope !== 'area' || rowArea.startsWith(area)
}
