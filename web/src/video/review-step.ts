/** Where a step through what was kept leads. Pure. */

/** Milliseconds; nearer to now than that nothing is kept yet, and the live picture is what is meant. */
export const LIVE_WITHIN = 10_000

/** The moment that a step of `ms` back from `from` leads to, epoch milliseconds; `live` where that is now. Not before the window that is kept. */
export function stepTo(from: number, ms: number, now: number, windowMs: number): number | 'live' {
  const to = Math.max(from - ms, now - windowMs)
  return to > now - LIVE_WITHIN ? 'live' : to
}
