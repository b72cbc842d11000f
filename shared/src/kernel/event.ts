/** What the journal holds: facts in the past tense, each about one subject in one area. */

/** A fact as the rules state it, before the journal has given it a place. */
export interface EventBody<T extends string = string, D = unknown> {
  readonly type: T
  /** Code of the area it belongs to: 6 (city), 9 (township), 12 (village) or 15 (grid) digits. */
  readonly area: string
  /** What it is about, `kind:key`, e.g. `incident:4f0c…` or `grid:330781001001001`. */
  readonly subject: string
  readonly data: D
  /** Epoch milliseconds at which it happened according to the sender; absent when only the journal knows. */
  readonly occurredAt?: number
  /** Asks the journal for the next number of the Shanghai day (1, 2, …). Only incidents are numbered. */
  readonly numbered?: true
}

/** A fact in the journal. */
export interface JournalEvent<T extends string = string, D = unknown> extends Omit<EventBody<T, D>, 'numbered'> {
  /** Dense position in the journal: 1, 2, 3 … without a gap. */
  readonly seq: number
  /** Epoch milliseconds by Redis' clock, never falling. Days and hours of the wall are counted by it. */
  readonly recordedAt: number
  /** Stable identity of who asked: account or client name, never a token. */
  readonly sender: string
  /** The sender's own id of the request that caused it. */
  readonly id: string
  /** Number within the Shanghai day, for events that asked to be `numbered`. */
  readonly no?: number
  /** `demo`: sample data, to be marked as such wherever it is shown. */
  readonly origin?: 'demo'
}

/** Begins each Shanghai day in the journal; written by the journal itself, one for every day, none left out. */
export type DayBegan = JournalEvent<'day-began', { /** `YYYY-MM-DD` */ readonly day: string }>
