/** Where frames come from: the live socket today, the time machine later. Screens cannot tell which. */
import type { Beat } from '@orchid/shared/protocol/live'
import type { Held } from './cursor-rule.ts'

/** `no-session`: the server answers, but knows no session of ours (or has revoked it); somebody must sign in or pair again. */
export type SourceStatus = 'connecting' | 'open' | 'down' | 'no-session'

export interface SourceHandlers {
  /** Rows of these tables changed; `held` is already at its new cursor. */
  changed(tables: Iterable<string>): void
  beat(beat: Beat): void
  status(status: SourceStatus): void
}

export interface LiveSource {
  readonly held: Held
  start(handlers: SourceHandlers): void
  stop(): void
}
