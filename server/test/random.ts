/** Chance that can be repeated: the same seed gives the same history. `SEED=… vitest …` tries another one. */

export const SEED = Number(process.env.SEED ?? 20261124)

export interface Chance {
  /** At least 0, below 1. */
  next(): number
  /** A whole number from `least` to `most`, both possible. */
  int(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  /** Some of a list, in their order. */
  some<T>(from: readonly T[]): T[]
}

/** `stream` keeps several sources of one seed apart. */
export function chance(stream = 0, seed = SEED): Chance {
  let state = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0
  // mulberry32: 32 bits of state are enough for histories of some thousand steps.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return { next, int, pick: (from) => from[int(0, from.length - 1)] as never, some: (from) => from.filter(() => next() < 0.5) }
}
