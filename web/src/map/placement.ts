/** Where symbols, callouts and names stand so that they do not cover each other: pure geometry in pixels. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const overlap = (a: Box, b: Box): number => Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y))

/** Places boxes one after the other, each at the first of its candidates that is free, else where it covers least. */
export class Placement {
  readonly #taken: Box[] = []
  readonly #bounds: Box

  constructor(bounds: Box) {
    this.#bounds = bounds
  }

  take(box: Box): void {
    this.#taken.push(box)
  }

  /** Pixels² that a box would cover of others or lie outside. */
  cost(box: Box): number {
    const outside = box.width * box.height - overlap(box, this.#bounds)
    return this.#taken.reduce((sum, other) => sum + overlap(box, other), 0) + 2 * outside
  }

  /** The first free candidate, or with `must` the cheapest; undefined when none is free. The place is taken. */
  place<B extends Box>(candidates: readonly B[], must: boolean): B | undefined {
    let best: B | undefined
    let least = Number.POSITIVE_INFINITY
    for (const candidate of candidates) {
      const cost = this.cost(candidate)
      if (cost >= least) continue
      best = candidate
      least = cost
      if (cost === 0) break
    }
    if (!best || (least > 0 && !must)) return undefined
    this.take(best)
    return best
  }
}

/** Boxes of one size around a point: on it, then in rings outwards, eight ways each. */
export function around(x: number, y: number, width: number, height: number, steps: readonly number[]): Box[] {
  const at = (dx: number, dy: number): Box => ({ x: x + dx - width / 2, y: y + dy - height / 2, width, height })
  return [at(0, 0), ...steps.flatMap((s) => [at(0, -s), at(0, s), at(-1.6 * s, 0), at(1.6 * s, 0), at(-s, -s), at(s, -s), at(-s, s), at(s, s)])]
}
