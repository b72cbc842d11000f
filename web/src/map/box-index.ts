/** Finds boxes or points of the unit plane by place. Built when it is first asked for a part: whoever draws everything needs no index. */
import Flatbush from 'flatbush'
import type { UnitBox } from './mercator.ts'

/** Kept as 32-bit numbers relative to their corner, exact to millimetres in a county; searches reach out by a few centimetres. */
const BLUR = 1e-9

export class BoxIndex {
  readonly #count: number
  readonly #box: (i: number) => UnitBox
  readonly #bounds: UnitBox
  #tree: Flatbush | undefined

  /** `box` gives each box by its number, now and until the first search of a part. */
  constructor(count: number, box: (i: number) => UnitBox) {
    this.#count = count
    this.#box = box
    let [left, top, right, bottom] = [1, 1, 0, 0]
    for (let i = 0; i < count; i++) {
      const [l, t, r, b] = box(i)
      left = Math.min(left, l)
      top = Math.min(top, t)
      right = Math.max(right, r)
      bottom = Math.max(bottom, b)
    }
    this.#bounds = [left, top, right, bottom]
  }

  /** Numbers of all boxes that touch a box, in rising order. */
  search(box: UnitBox): Uint32Array {
    const [left, top, right, bottom] = this.#bounds
    if (this.#count === 0 || box[0] > right || box[2] < left || box[1] > bottom || box[3] < top) return NONE
    if (box[0] <= left && box[1] <= top && box[2] >= right && box[3] >= bottom) return new Uint32Array(this.#count).map((_, i) => i)
    return Uint32Array.from(
      this.#built().search(box[0] - left - BLUR, box[1] - top - BLUR, box[2] - left + BLUR, box[3] - top + BLUR),
    ).sort()
  }

  /** Number of the box nearest to a point, at most `reach` away, of those that `may`; −1 when there is none. */
  nearest(x: number, y: number, reach: number, may: (i: number) => boolean): number {
    if (this.#count === 0) return -1
    const [left, top] = this.#bounds
    return this.#built().neighbors(x - left, y - top, 1, reach, may)[0] ?? -1
  }

  #built(): Flatbush {
    if (this.#tree) return this.#tree
    const tree = new Flatbush(this.#count, 16, Float32Array)
    const [x, y] = this.#bounds
    for (let i = 0; i < this.#count; i++) {
      const [left, top, right, bottom] = this.#box(i)
      tree.add(left - x, top - y, right - x, bottom - y)
    }
    tree.finish()
    this.#tree = tree
    return tree
  }
}

const NONE = new Uint32Array(0)
