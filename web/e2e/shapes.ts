/** The five shapes of wall that every scene and state is looked at in: CSS pixels, width and height. */
export const SHAPES = [
  [1920, 1080],
  [3840, 2160],
  [7680, 2160],
  [2560, 1080],
  [1600, 1200],
] as const
