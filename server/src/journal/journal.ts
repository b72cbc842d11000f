/** The journal: what everyone may ask of it, whatever it is kept in. */
import type { EventBody, JournalEvent } from '@orchid/shared/kernel/event'

/** One sender's request with all the events it causes: all-or-nothing. */
export interface Append {
  readonly sender: string
  readonly id: string
  /** Keyed hash of the validated body; see `bodyHash`. */
  readonly bodyHash: string
  /** Subjects the decision rested on, with the seq of their last event (0: never had one). Events whose subject stands here move that version. */
  readonly expect: readonly (readonly [subject: string, version: number])[]
  readonly events: readonly EventBody[]
  /** Private fields, sealed in the same append under this subject (AES-256-GCM, a key of its own per subject). */
  readonly private?: { readonly subject: string; readonly fields: Readonly<Record<string, unknown>> }
  /** Red or flood: goes before others when there is a queue, and is shed last. */
  readonly urgent?: boolean
  /** Epoch milliseconds. Only the demo loader and tests, on a journal that is empty or still being loaded that way. */
  readonly recordedAt?: number
  readonly origin?: 'demo'
}

export type Verdict =
  /** `no` is the number of its first numbered event. */
  | { readonly status: 'stored'; readonly seqs: readonly number[]; readonly recordedAt: number; readonly no?: number }
  /** `seq` is the first of the append stored before. */
  | { readonly status: 'duplicate'; readonly seq: number }
  | { readonly status: 'id-reused'; readonly seq: number }
  /** Somebody changed the subject since: it is at `version`; fold up to `head` and decide again. */
  | { readonly status: 'conflict'; readonly subject: string; readonly version: number; readonly head: number }

/** The journal does not answer in time or is not safe. Whether an append was stored is then unknown: repeat it with the same id. */
export class JournalUnavailable extends Error {
  /** Seconds after which to try again. */
  readonly retryAfter: number
  constructor(message: string, retryAfter = 2) {
    super(message)
    this.name = 'JournalUnavailable'
    this.retryAfter = retryAfter
  }
}

/** The journal is there, but not one that this program may write or can read: trying again does not help. The message is one sentence. */
export class JournalUnusable extends Error {}

/** More is queued than may be: nothing of the request was stored. */
export class JournalOverloaded extends JournalUnavailable {}

export interface JournalHead {
  readonly epoch: string
  readonly seq: number
  /** Mark of the newest entry; empty when there is none. */
  readonly mark: string
  /** Shanghai day `YYYY-MM-DD`; absent when the journal is empty. */
  readonly day?: string
}

/** An event with the random mark its entry carries: another mark at the same seq means another history. */
export interface Entry {
  readonly event: JournalEvent
  readonly mark: string
}

export interface FollowHandlers {
  onEvents(batch: Entry[]): void
  onAway(error: Error): void
  onBack(): void
}

export interface Snapshot {
  readonly epoch: string
  readonly seq: number
  readonly mark: string
  /** Names and versions of the projections; another one cannot be loaded. */
  readonly signature: string
  readonly data: Uint8Array
}

/** Small keyed state beside the journal: sessions, accounts, tokens, pairing codes, beats. Every call may reject with JournalUnavailable. */
export interface Store {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlMs?: number): Promise<void>
  del(key: string): Promise<void>
  hget(hash: string, field: string): Promise<string | undefined>
  hset(hash: string, field: string, value: string): Promise<void>
  /** How many fields were there: 0 or 1. */
  hdel(hash: string, field: string): Promise<number>
  /** Removes a field that still holds this value, in one step; true when it did. */
  hdelIf(hash: string, field: string, value: string): Promise<boolean>
  hgetall(hash: string): Promise<Record<string, string>>
  /** True when the lease is ours now, taken or renewed. */
  lease(name: string, owner: string, ttlMs: number): Promise<boolean>
}

export interface Journal {
  /** One verdict each, in order. Concurrent calls share Redis calls. Rejects with JournalUnavailable. */
  append(appends: readonly Append[]): Promise<Verdict[]>
  /** What is known of a sender's id: stored with this body, or with another. */
  lookup(sender: string, id: string, bodyHash: string): Promise<{ status: 'duplicate' | 'id-reused'; seq: number } | undefined>
  /** An empty append: lets a new Shanghai day begin. */
  tick(): Promise<void>
  head(): Promise<JournalHead>
  /** Entries after `afterSeq`, at most `limit`, oldest first. */
  read(afterSeq: number, limit: number): Promise<Entry[]>
  /**
   * Follows on a connection of its own until closed; reconnects by itself. What is appended through this journal itself is handed over before
   * its verdict is told, where it is the next; events then are the very objects that were appended.
   */
  follow(afterSeq: number, handlers: FollowHandlers): { close(): Promise<void> }
  /** Another epoch, if the present one is still `expected`. Gives the one in force. */
  renewEpoch(expected: string): Promise<string>
  openPrivate(subject: string): Promise<Record<string, unknown> | undefined>
  readonly snapshots: { save(snapshot: Snapshot): Promise<void>; load(): Promise<Snapshot | undefined> }
  readonly store: Store
  /** Epoch milliseconds since which Redis does not answer commands; undefined while it does. */
  readonly awaySince: number | undefined
  close(): Promise<void>
}
