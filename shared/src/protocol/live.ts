/** The whole wire of `/live`, namespace `/live` on Socket.IO, websocket only. Rules: see the live adapter's README. */
import type { Key, Row } from '../kernel/projection.ts'

/** `[key, row]`; null: the row left the table or the caller's area. */
export type Change = readonly [key: Key, row: Row | null]
export type Changes = Readonly<Record<string, readonly Change[]>>

/** `cursor` and `epoch` only when every named table is held for that area at or after the cursor. */
export interface Watch {
  readonly tables: readonly string[]
  readonly area?: string
  readonly cursor?: number
  readonly epoch?: string
}

export type WatchAnswer =
  | { readonly ok: true; readonly epoch: string; readonly cursor: number; readonly mode: 'tail' | 'snapshot'; readonly tables: Changes }
  | { readonly ok: false; readonly code: 'forbidden' | 'invalid' | 'fetch' | 'unavailable'; readonly tables?: readonly string[] }

/** Rows at exactly `to`. Ignored when `to ≤ cursor` or the epoch is another; when `from > cursor` the client watches again. */
export interface Frame {
  readonly epoch: string
  readonly from: number
  readonly to: number
  readonly tables: Changes
}

/** Every 5 s. `head` is the `to` of the last frame sent to this client. */
export interface Beat {
  readonly epoch: string
  readonly head: number
  /** Epoch milliseconds. */
  readonly serverTime: number
  /** Epoch ms since which this server gets nothing new from the journal: Redis does not answer, or the tables lack what it holds. Rows are as old as that. */
  readonly journalAwaySince?: number
  /** Epoch ms at which this server found that history was lost or rewritten; shown until somebody restarts it knowingly. */
  readonly historyLostAt?: number
  /** Build of the pages this server gives, see build.ts; absent when it gives none. */
  readonly build?: string
}

/** Before a planned stop: return after a random part of `spread` milliseconds. */
export interface Bye {
  readonly spread: number
}

export interface ClientToServer {
  watch(watch: Watch, answer: (answer: WatchAnswer) => void): void
  unwatch(answer: () => void): void
}
export interface ServerToClient {
  frame(frame: Frame, received: () => void): void
  beat(beat: Beat): void
  bye(bye: Bye): void
}

/** A snapshot whose JSON is larger is refused with `fetch` and read over HTTP. */
export const SNAPSHOT_LIMIT = 256 * 1024
export const BEAT_EVERY = 5_000
