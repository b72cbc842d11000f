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

export const grown = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
})

export const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y

const NOBODY: readonly Box[] = []
/** Edge of a square in pixels: about that of a symbol, so that one touches few. */
const SQUARE = 64

/** Numbers of the squares that a box touches. */
function squares({ x, y, width, height }: Box): number[] {
  const found: number[] = []
  for (let i = Math.floor(x / SQUARE); i * SQUARE < x + width; i++)
    for (let j = Math.floor(y / SQUARE); j * SQUARE < y + height; j++) found.push(i * 0x10000 + j)
  return found
}

/** Places boxes one after the other, each at the first of its candidates that is free, else where it covers least of what may be covered. */
export class Placement {
  /** Fixed boxes under each square of the field that they touch: hundreds of symbols each try dozens of places. */
  readonly #fixed = new Map<number, Box[]>()
  readonly #soft: Box[] = []
  readonly #bounds: Box

  constructor(bounds: Box) {
    this.#bounds = bounds
  }

  /** Nothing may ever cover this. */
  take(box: Box): void {
    for (const square of squares(box)) {
      const there = this.#fixed.get(square)
      if (there) there.push(box)
      else this.#fixed.set(square, [box])
    }
  }

  /** Something that stays legible when a corner of it is covered. */
  takeSoft(box: Box): void {
    this.#soft.push(box)
  }

  /** Pixels² that a box would cover of soft things; infinite when it covers a fixed one or leaves the field. */
  cost(box: Box): number {
    // Sums of pixels are never exact: less than a hundredth of a square pixel outside is inside.
    if (box.width * box.height - overlap(box, this.#bounds) > 0.01) return Number.POSITIVE_INFINITY
    for (const square of squares(box)) {
      for (const other of this.#fixed.get(square) ?? NOBODY) if (overlap(box, other) > 0) return Number.POSITIVE_INFINITY
    }
    return this.#soft.reduce((sum, other) => sum + overlap(box, other), 0)
  }

  /** The first free candidate, else the cheapest that costs at most `most` pixels²; undefined when there is none. The place is taken. */
  place<B extends Box>(candidates: Iterable<B>, most = 0): B | undefined {
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

/** Boxes of one size beside another, nearest first: right, left, above, below, then at the corners, each at growing distance. */
export function beside(other: Box, width: number, height: number, gaps: readonly number[]): Box[] {
  const [mx, my] = [other.x + other.width / 2, other.y + other.height / 2]
  return gaps.flatMap((gap) => {
    const [dx, dy] = [other.width / 2 + gap, other.height / 2 + gap]
    // At a corner a symbol is seldom filled: a box may come nearer there.
    const [cx, cy] = [dx * 0.7, dy * 0.7]
    return [
      { x: mx + dx, y: my - height / 2 },
      { x: mx - dx - width, y: my - height / 2 },
      { x: mx - width / 2, y: my - dy - height },
      { x: mx - width / 2, y: my + dy },
      { x: mx + cx, y: my - cy - height },
      { x: mx - cx - width, y: my - cy - height },
      { x: mx + cx, y: my + cy },
      { x: mx - cx - width, y: my + cy },
    ].map((corner) => ({ ...corner, width, height }))
  })
}

/** A box moved by as little as brings it inside another. */
export function clamped(box: Box, into: Box): Box {
  const within = (at: number, from: number, room: number): number => Math.max(from, Math.min(at, from + Math.max(0, room)))
  return { ...box, x: within(box.x, into.x, into.width - box.width), y: within(box.y, into.y, into.height - box.height) }
}

/** Steps of a lattice in order, for each number of rings and shape of its steps. */
const orders = new Map<string, readonly (readonly [across: number, down: number])[]>()

function orderOf(rings: number, dx: number, dy: number): readonly (readonly [across: number, down: number])[] {
  const shape = Math.round((20 * dx) / dy) / 20
  const name = `${rings} ${shape}`
  const known = orders.get(name)
  if (known) return known
  const far = ([i, j]: readonly [number, number]): number => (i * shape) ** 2 + 1.1 * j ** 2
  const steps = Array.from({ length: 4 * rings + 1 }, (_, i) => i - 2 * rings)
  const order = steps.flatMap((i) => steps.map((j) => [i, j] as const)).sort((a, b) => far(a) - far(b))
  orders.set(name, order)
  return order
}

/** The box, then boxes of its size around it by half steps, up to `rings` whole ones away: the nearest first, side by side before one above the other. One by one, for mostly an early one is free. */
export function* lattice(box: Box, gap: number, rings: number): Generator<Box> {
  const [dx, dy] = [(box.width + gap) / 2, (box.height + gap) / 2]
  for (const [i, j] of orderOf(rings, dx, dy)) yield { x: box.x + i * dx, y: box.y + j * dy, width: box.width, height: box.height }
}

/** Width of a text in em: Chinese characters and the shapes of the symbols are square, Latin letters about half as wide. */
export const ems = (text: string): number =>
  [...text].reduce((sum, letter) => {
    const code = letter.codePointAt(0) ?? 0
    return sum + (code > 0x2e7f || code === 0x2026 || (code >= 0x25a0 && code <= 0x25ff) ? 1 : 0.58)
  }, 0)
