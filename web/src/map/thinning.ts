/** Points that would stand closer than a gap are left out, always the same ones wherever the map is dragged. */

/**
 * One point per square of `gap` pixels, the first in order; squares are fixed to the ground, so panning changes nothing.
 * @param points x and y in turn in the unit plane
 * @param scale pixels per unit
 * @returns 1 for each point that is drawn, 0 for each left out
 */
export function thinned(points: Float64Array, scale: number, gap: number): Uint8Array {
  const count = points.length / 2
  const shown = new Uint8Array(count)
  const taken = new Set<number>()
  const perUnit = scale / gap
  for (let i = 0; i < count; i++) {
    const cell = Math.floor((points[2 * i] as number) * perUnit) * 2 ** 26 + Math.floor((points[2 * i + 1] as number) * perUnit)
    if (taken.has(cell)) continue
    taken.add(cell)
    shown[i] = 1
  }
  return shown
}
