/** Where symbols, callouts and names stand so that they do not cover each other: pure geometry in pixels. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y))

/** Places boxes one after the other, each at the first of its candidates that is free, else where it covers least of what may be covered. */
export class Placement {
  readonly #fixed: Box[] = []
  readonly #soft: Box[] = []
  readonly #bounds: Box

  constructor(bounds: Box) {
    this.#bounds = bounds
  }

  /** Nothing may ever cover this. */
  take(box: Box): void {
    this.#fixed.push(box)
  }

  /** Something that stays legible when a corner of it is covered. */
  takeSoft(box: Box): void {
    this.#soft.push(box)
  }

  /** Pixels² that a box would cover of soft things; infinite when it covers a fixed one or leaves the field. */
  cost(box: Box): number {
    // Sums of pixels are never exact: less than a hundredth of a square pixel outside is inside.
    if (box.width * box.height - overlap(box, this.#bounds) > 0.01) return Number.POSITIVE_INFINITY
    if (this.#fixed.some((other) => overlap(box, other) > 0)) return Number.POSITIVE_INFINITY
    return this.#soft.reduce((sum, other) => sum + overlap(box, other), 0)
  }

  /** The first free candidate, else the cheapest that costs at most `most` pixels²; undefined when there is none. The place is taken. */
  place<B extends Box>(candidates: readonly B[], most = 0): B | undefined {
    let best: B | undefined
    let least = Number.POSITIVE_INFINITY
    for (const candidate of candidates) {
      const cost = this.cost(candidate)
      if (cost >= least) continue
      best = candidate
      least = cost
      if (cost === 0) break
    }
    if (!best || least > most) return undefined
    this.take(best)
    return best
  }
}

/** Boxes of one size around a point: on it, then in rings outwards, eight ways each. */
export function around(x: number, y: number, width: number, height: number, steps: readonly number[]): Box[] {
  const at = (dx: number, dy: number): Box => ({ x: x + dx - width / 2, y: y + dy - height / 2, width, height })
  return [
    at(0, 0),
    ...steps.flatMap((s) => [at(0, -s), at(0, s), at(-1.6 * s, 0), at(1.6 * s, 0), at(-s, -s), at(s, -s), at(-s, s), at(s, s)]),
  ]
}

/** Boxes beside a symbol of `half` its size, nearest first: right, left, above, below, then at the corners, each at growing distance. */
export function beside(x: number, y: number, half: number, width: number, height: number, gaps: readonly number[]): Box[] {
  return gaps.flatMap((gap) => {
    const d = half + gap
    return [
      { x: x + d, y: y - height / 2 },
      { x: x - d - width, y: y - height / 2 },
      { x: x - width / 2, y: y - d - height },
      { x: x - width / 2, y: y + d },
      { x: x + d * 0.7, y: y - d * 0.7 - height },
      { x: x - d * 0.7 - width, y: y - d * 0.7 - height },
      { x: x + d * 0.7, y: y + d * 0.7 },
      { x: x - d * 0.7 - width, y: y + d * 0.7 },
    ].map((corner) => ({ ...corner, width, height }))
  })
}

/** Width of a text in em: Chinese characters are square, Latin ones about half as wide. */
export const ems = (text: string): number => [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.58), 0)
