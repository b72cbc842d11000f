/** When a wall that runs for weeks takes over a new version of its pages: at a moment at which nobody would miss it. Pure. */
import type { LinkState } from '../../live/link.ts'

export interface Moment {
  /** Monotonic milliseconds. */
  readonly now: number
  /** When the server was first heard to have another build than ours; undefined while it has none. */
  readonly newSince: number | undefined
  /** Since when nothing on the wall has needed to be seen without a break; undefined while something does. */
  readonly quietSince: number | undefined
  readonly link: LinkState
}

/** So long nothing may have happened, and so long after the first try the next one waits. */
export const QUIET_FOR = 10_000
export const LATEST = 24 * 3_600_000

/** No 特急 or 紧急 that nobody has taken, and no banner: the link is well and no loss of history is being told. */
export const isQuiet = (unaccepted: Iterable<{ readonly priority: number }>, link: LinkState, banner: boolean): boolean => {
  if (banner || link !== 'live') return false
  for (const { priority } of unaccepted) if (priority <= 2) return false
  return true
}

/** After a day it is time even without quiet, but never while the server is away: the page could not be had. */
export function isTime({ now, newSince, quietSince, link }: Moment): boolean {
  if (newSince === undefined || (link !== 'live' && link !== 'journal-away')) return false
  return now - newSince >= LATEST || (quietSince !== undefined && now - quietSince >= QUIET_FOR)
}
