/** Damping of cameras that come and go: what is believed at once, and what only when it has lasted. */
import type { CameraState } from './events.ts'

/** Milliseconds in which outages are counted together. */
const WINDOW = 3_600_000
/** This many outages in the window make a camera unsteady: that is told once, and then nothing more. */
export const UNSTEADY = 3
/** Milliseconds a change must last before the journal hears of it. */
const HOLD = 3_000
/** The same for a return, by how many outages the last hour had. */
const RETURN = [HOLD, HOLD, 60_000, 600_000] as const

/** Of the starts of outages (epoch milliseconds) those within the last hour. */
export const recentOutages = (outages: readonly number[] | undefined, at: number): readonly number[] =>
  outages?.filter((start) => at - start < WINDOW) ?? []

/** Milliseconds for which a camera must be in a state before it is reported. Bad news waits as short as ever. */
export function holdBefore(to: CameraState, known: { readonly outages?: readonly number[] } | undefined, at: number): number {
  if (to !== 'live' && to !== 'answering') return HOLD
  return RETURN[Math.min(recentOutages(known?.outages, at).length, RETURN.length - 1)] as number
}
