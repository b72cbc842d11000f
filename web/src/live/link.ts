/** What the link is worth right now, in one word, from what was last heard. Pure. */
import type { SourceStatus } from './source.ts'

export type LinkState = 'connecting' | 'live' | 'late' | 'lost' | 'journal-away'

export interface Heard {
  readonly status: SourceStatus
  /** Monotonic milliseconds; all times of this record are of one clock. */
  readonly startedAt: number
  /** When the last beat or frame came; undefined before the first. */
  readonly heardAt: number | undefined
  /** Rows of a whole snapshot are held. */
  readonly hasRows: boolean
  /** Epoch ms of the server since which its journal does not answer. */
  readonly journalAwaySince: number | undefined
}

/** Under ten seconds, so that with the second's step of the clock nobody trusts an old picture for longer than ten. */
const LATE = 6_500
const LOST = 8_500

/** `now` is of the same monotonic clock as `heard`. Beats come every 5 s: one missed is late, two are lost. */
export function linkState(heard: Heard, now: number): LinkState {
  const silent = now - (heard.heardAt ?? heard.startedAt)
  if (silent >= LOST) return 'lost'
  if (!heard.hasRows) return 'connecting'
  if (heard.status !== 'open' || silent >= LATE) return 'late'
  return heard.journalAwaySince === undefined ? 'live' : 'journal-away'
}
