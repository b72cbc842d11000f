/** Reads a `watch` message from a stranger: exactly as described, or refused. */
import { isAreaCode, within } from '@orchid/shared/kernel/geo'
import type { Tables } from '@orchid/shared/kernel/projection'

const MOST_TABLES = 40

export interface Subscription {
  readonly tables: ReadonlySet<string>
  readonly area: string
  /** Present only with the epoch it belongs to. */
  readonly from: { readonly cursor: number; readonly epoch: string } | undefined
}

/** `forbidden` alone: the area. With names: these tables, which are only for the whole city, or for others. */
export function readWatch(
  message: unknown,
  scope: string,
  known: Tables,
  mayRead: (right: string) => boolean = () => false,
): Subscription | 'invalid' | 'forbidden' | { readonly forbidden: readonly string[] } {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return 'invalid'
  const { tables, area = scope, cursor, epoch, ...unknown } = message as Record<string, unknown>
  if (Object.keys(unknown).length) return 'invalid'
  if (!Array.isArray(tables) || tables.length === 0 || tables.length > MOST_TABLES) return 'invalid'
  if (!tables.every((name): name is string => typeof name === 'string' && known.has(name))) return 'invalid'
  if (typeof area !== 'string' || !isAreaCode(area)) return 'invalid'
  if (cursor !== undefined && !(Number.isSafeInteger(cursor) && (cursor as number) >= 0)) return 'invalid'
  if (epoch !== undefined && typeof epoch !== 'string') return 'invalid'
  if (!within(scope, area)) return 'forbidden'
  const forbidden = tables.filter((name) => {
    const { scope: reach, right } = known.projection(name)
    return (scope.length > 6 && reach === 'city') || (right !== undefined && !mayRead(right))
  })
  if (forbidden.length) return { forbidden }
  const from = cursor !== undefined && epoch !== undefined ? { cursor: cursor as number, epoch: epoch as string } : undefined
  return { tables: new Set(tables), area, from }
}
