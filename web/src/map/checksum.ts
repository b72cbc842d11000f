/** One number for what a map finally shows: equal sums mean that no update was lost on the way. */

/** FNV-1a over fills and over positions to a ten-millionth of the plane's width (4 m). Order matters; both maps must number alike. */
export function checksum(fills: Uint8Array, points: Float64Array): number {
  let hash = 0x811c9dc5
  const take = (n: number): void => {
    hash = Math.imul(hash ^ n, 0x01000193) >>> 0
  }
  for (const fill of fills) take(fill)
  for (const value of points) take(Math.round(value * 1e7))
  return hash
}
