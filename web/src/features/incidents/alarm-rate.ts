/** How many alarms came in the last ten minutes, and whether that is more than a person can take (EEMUA 191: above 10 begins, below 5 ends). Pure. */

const MINUTE = 60_000
export const WINDOW = 10 * MINUTE
/** A flood begins when more than this many came within the window, and ends when fewer than `CALM` did. */
export const FLOOD = 10
export const CALM = 5

export interface AlarmRate {
  /** Alarms of the last ten minutes. */
  readonly rate: number
  /** Epoch ms from which alarms belong to the running flood; undefined when there is none. */
  readonly floodFrom: number | undefined
}

/**
 * `opened`: epoch ms at which each incident came, in any order; `now` by the same clock. The answer rests on these times alone,
 * so that a wall that was just switched on says the same as one that saw it all.
 */
export function alarmRate(opened: Iterable<number>, now: number): AlarmRate {
  const times = [...opened].sort((a, b) => a - b)
  let first = 0
  let floodFrom: number | undefined
  /** Lets what is older than the window leave, one by one: a flood ends at the moment the count falls below. */
  const leave = (at: number, held: number): void => {
    while (first < held && (times[first] as number) <= at - WINDOW) {
      first++
      if (held - first < CALM) floodFrom = undefined
    }
  }
  for (const [i, at] of times.entries()) {
    leave(at, i)
    if (floodFrom === undefined && i + 1 - first > FLOOD) floodFrom = times[first]
  }
  // The journal's clock may be a moment ahead of the one on the wall: what it dates has come.
  leave(Math.max(now, times.at(-1) ?? now), times.length)
  return { rate: times.length - first, floodFrom }
}
