/** Divides the map's box among the city, its legend and the enlarged core, so that nothing lies on the city and little stays empty. */
import { apart, type Box, grown } from './placement.ts'
import type { Silhouette } from './silhouette.ts'

export interface Arrangement {
  /** Where the city's outline fits exactly. */
  readonly city: Box
  readonly legend: Box
  /** Undefined where nothing that could be read would fit. */
  readonly inset: Box | undefined
}

/** Between the city, the legend, the inset and the edge: rem. */
const GAP = 0.5
/** Width of the inset for a height of 1. */
export const INSET_ASPECT = 1.14
/** Narrower insets (rem) cannot be read; wider ones than this share of the city's width would be a second city. */
const INSET_LEAST = 7
const INSET_MOST = 0.44
/** Steps by which the city is drawn smaller, down to the last. */
const SCALES = Array.from({ length: 16 }, (_, i) => 1 - i * 0.02)
const ALIGNMENTS = [0.5, 0.25, 0.75, 0, 1] as const
/** How much of the city's width an inset of the same width is worth. */
const INSET_WORTH = 0.42

type Corner = readonly [x: 0 | 1, y: 0 | 1]
const LEGEND_CORNERS: readonly Corner[] = [
  [0, 0],
  [0, 1],
  [1, 0],
]
const INSET_CORNERS: readonly Corner[] = [
  [1, 1],
  [0, 1],
  [1, 0],
]

const inCorner = (field: Box, [right, bottom]: Corner, width: number, height: number): Box => ({
  x: field.x + right * (field.width - width),
  y: field.y + bottom * (field.height - height),
  width,
  height,
})

/** Pixels; `legend` is the size it needs; on `barred` neither legend nor inset may lie. */
export function arrange(
  field: Box,
  silhouette: Silhouette,
  legend: { width: number; height: number },
  rem: number,
  barred: readonly Box[] = [],
): Arrangement {
  const gap = GAP * rem
  const room = grown(field, -gap)
  const widest = Math.max(1, Math.min(room.width, room.height * silhouette.aspect))
  let best: Arrangement | undefined
  let most = Number.NEGATIVE_INFINITY
  const consider = (arrangement: Arrangement, worth: number): void => {
    if (worth <= most) return
    most = worth
    best = arrangement
  }
  for (const scale of SCALES) {
    // Nothing can be gained any more by drawing the city this small.
    if (scale + INSET_WORTH * INSET_MOST <= most) break
    for (const [ix, across] of ALIGNMENTS.entries()) {
      for (const [iy, down] of ALIGNMENTS.entries()) {
        const [width, height] = [widest * scale, (widest * scale) / silhouette.aspect]
        const city = { x: room.x + across * (room.width - width), y: room.y + down * (room.height - height), width, height }
        // A city that stands in the middle looks settled.
        const worth = scale - 0.008 * (ix + iy)
        const free = (box: Box): boolean => barred.every((bar) => apart(box, bar)) && !silhouette.touches(city, grown(box, gap))
        for (const [il, corner] of LEGEND_CORNERS.entries()) {
          const key = inCorner(field, corner, legend.width, legend.height)
          if (!free(key)) continue
          consider({ city, legend: key, inset: undefined }, worth - 0.03 * il)
          const inset = largest(field, width * INSET_MOST, rem * INSET_LEAST, (box) => free(box) && apart(box, grown(key, gap)))
          if (inset) consider({ city, legend: key, inset }, worth - 0.03 * il + (INSET_WORTH * inset.width) / width)
        }
      }
    }
  }
  if (best) return best
  const height = widest / silhouette.aspect
  const city = { x: room.x + (room.width - widest) / 2, y: room.y + (room.height - height) / 2, width: widest, height }
  return { city, legend: inCorner(field, [0, 0], legend.width, legend.height), inset: undefined }
}

/** The widest inset in any corner that is free; found by halving, since a smaller one in the same corner is free where a larger one is. */
function largest(field: Box, most: number, least: number, free: (box: Box) => boolean): Box | undefined {
  let found: Box | undefined
  for (const corner of INSET_CORNERS) {
    const at = (width: number): Box => inCorner(field, corner, Math.round(width), Math.round(width / INSET_ASPECT))
    let [low, high] = [Math.max(least, (found?.width ?? 0) + 1), Math.min(most, field.width, field.height * INSET_ASPECT)]
    if (low > high || !free(at(low))) continue
    for (let i = 0; i < 6; i++) {
      const middle = (low + high) / 2
      if (free(at(middle))) low = middle
      else high = middle
    }
    found = at(low)
  }
  return found
}
