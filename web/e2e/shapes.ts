/** Shapes of wall that scenes and states are looked at in: CSS pixels, width and height. */

/** Every shape at the size that stands in governance centres. */
export const SHAPES = [
  [1920, 1080],
  [3840, 2160],
  [7680, 2160],
  [2560, 1080],
  [1600, 1200],
] as const

/** Each shape once, with as few pixels as it is built with: height sets the type, so that more of them lay out the same. */
export const SMALL_SHAPES = [
  [1920, 1080],
  [3840, 1080],
  [2560, 1080],
  [1600, 1200],
] as const
