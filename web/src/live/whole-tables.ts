/** Reads whole tables over HTTP when a snapshot is too large for the socket. */
import type { Row } from '@orchid/shared/kernel/projection'
import type { TablePage } from '@orchid/shared/protocol/api'
import type { Held } from './cursor-rule.ts'

/** Milliseconds; a half-open connection would otherwise keep us from ever watching again. */
const GIVE_UP = 30_000

/** `again`: try once more after `wait` milliseconds; `forbidden`: this table is not for us. */
export type WholeTables =
  | { outcome: 'held' }
  | { outcome: 'no-session' }
  | { outcome: 'forbidden'; table: string }
  | { outcome: 'again'; wait: number }

/**
 * Fills `held` with every table it names, at the least of their cursors: rows inside `area`, or all of the session's when it is undefined. Nothing is changed unless all came and are of one epoch.
 * Network errors answer `again`; they never throw.
 */
export async function fetchWholeTables(held: Held, area: string | undefined, signal: AbortSignal): Promise<WholeTables> {
  const names = [...held.tables.keys()]
  const query = area === undefined ? '' : `&area=${area}`
  let responses: Response[]
  let pages: TablePage[]
  try {
    responses = await Promise.all(
      names.map((name) =>
        fetch(`/api/tables/${name}?all=1${query}`, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(GIVE_UP)]),
          credentials: 'same-origin',
        }),
      ),
    )
    const refused = responses.findIndex((response) => !response.ok)
    if (refused >= 0) {
      const response = responses[refused] as Response
      if (response.status === 401) return { outcome: 'no-session' }
      if (response.status === 403 || response.status === 404) return { outcome: 'forbidden', table: names[refused] as string }
      return { outcome: 'again', wait: Math.min(10, Number(response.headers.get('retry-after')) || 1) * 1000 }
    }
    pages = (await Promise.all(responses.map((response) => response.json()))) as TablePage[]
  } catch {
    return { outcome: 'again', wait: 1000 }
  }
  const epochs = new Set(responses.map((response) => response.headers.get('orchid-epoch')))
  const [epoch] = epochs
  const cursor = Math.min(...responses.map((response) => Number(response.headers.get('orchid-cursor') ?? Number.NaN)))
  if (epochs.size !== 1 || !epoch || Number.isNaN(cursor)) return { outcome: 'again', wait: 500 }
  for (const [i, name] of names.entries()) {
    const table = held.tables.get(name) as Map<string, Row>
    table.clear()
    for (const [key, row] of pages[i]?.rows ?? []) table.set(key, row)
  }
  held.epoch = epoch
  held.cursor = cursor
  return { outcome: 'held' }
}
