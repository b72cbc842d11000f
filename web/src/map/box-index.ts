/** Finds boxes or points of the unit plane by place. Built when it is first asked for a part: whoever draws everything needs no index. */
import Flatbush from 'flatbush'
import type { UnitBox } from './mercator.ts'

/** Kept as 32-bit numbers relative to their corner, exact to millimetres in a county; searches reach out by a few centimetres. */
const BLUR = 1e-9

export class BoxIndex {
  readonly #corners: Float64Array
  readonly #per: 2 | 4
  readonly #bounds: UnitBox
  #tree: Flatbush | undefined

  /** Boxes by two opposite corners (`per` 4: x1, y1, x2, y2) or points (`per` 2: x, y), all in turn, as they are now and until the first search of a part. */
  constructor(corners: Float64Array, per: 2 | 4) {
    this.#corners = corners
    this.#per = per
    let left = 1
    let top = 1
    let right = 0
    let bottom = 0
    for (let k = 0; k < corners.length; k += 2) {
      const x = corners[k] as number
      const y = corners[k + 1] as number
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
    this.#bounds = [left, top, right, bottom]
  }

  get #count(): number {
    return this.#corners.length / this.#per
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
    const corners = this.#corners
    const last = this.#per - 2
    for (let k = 0; k < corners.length; k += this.#per) {
      const [x1, y1, x2, y2] = [corners[k], corners[k + 1], corners[k + last], corners[k + last + 1]] as [number, number, number, number]
      tree.add(Math.min(x1, x2) - x, Math.min(y1, y2) - y, Math.max(x1, x2) - x, Math.max(y1, y2) - y)
    }
    tree.finish()
    this.#tree = tree
    return tree
  }
}

const NONE = new Uint32Array(0)
