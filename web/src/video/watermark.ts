/** Where the watermark of a picture stands: another place every ten seconds, so that nobody can crop it away for long. Pure. */

export const MOVES_EVERY = 10_000
const PLACES = [
  [4, 12],
  [92, 70],
  [50, 40],
  [96, 16],
  [8, 66],
  [60, 88],
  [28, 26],
  [76, 52],
] as const

/** Percent of the free room from the left and from the top. Tiles side by side do not move in step. */
export function watermarkPlace(camera: string, now: number): readonly [left: number, top: number] {
  let hash = 0
  for (const letter of camera) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return PLACES[(hash + Math.floor(now / MOVES_EVERY)) % PLACES.length] as readonly [number, number]
}
