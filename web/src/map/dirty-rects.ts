/** Which parts of a canvas are out of date: rectangles in device pixels, joined only where joining costs little. */

/** left, top, right, bottom in whole device pixels. */
export type Rect = readonly [number, number, number, number]

const areaOf = ([left, top, right, bottom]: Rect): number => (right - left) * (bottom - top)
const union = (a: Rect, b: Rect): Rect => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
const touches = (a: Rect, b: Rect): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]

/** Beyond this share of the canvas one whole redraw is cheaper than many parts. */
const WHOLE = 0.4

export class DirtyRects {
  #rects: Rect[] = []
  #bounds: Rect = [0, 0, 0, 0]

  /** Size of the canvas in device pixels; what was collected before is forgotten. */
  resize(width: number, height: number): void {
    this.#bounds = [0, 0, width, height]
    this.#rects = []
  }

  /** Edges may be fractional; they are moved outwards to whole pixels and cut to the canvas. */
  add(left: number, top: number, right: number, bottom: number): void {
    const [l, t, r, b] = this.#bounds
    const rect: Rect = [
      Math.max(l, Math.floor(left)),
      Math.max(t, Math.floor(top)),
      Math.min(r, Math.ceil(right)),
      Math.min(b, Math.ceil(bottom)),
    ]
    if (rect[0] < rect[2] && rect[1] < rect[3]) this.#rects.push(rect)
  }

  /** What must be redrawn, or `'all'`; empty afterwards. No two rectangles overlap, so nothing translucent is drawn twice. */
  take(): readonly Rect[] | 'all' {
    const rects = this.#rects
    this.#rects = []
    const apart: Rect[] = []
    for (const rect of rects) {
      let grown = rect
      for (let i = 0; i < apart.length; ) {
        if (!touches(grown, apart[i] as Rect)) i++
        else {
          // The union may touch others that stood apart before: begin again.
          grown = union(grown, apart[i] as Rect)
          apart.splice(i, 1)
          i = 0
        }
      }
      apart.push(grown)
    }
    const total = apart.reduce((sum, rect) => sum + areaOf(rect), 0)
    return total > WHOLE * areaOf(this.#bounds) ? 'all' : apart
  }
}
