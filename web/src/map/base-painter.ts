/** Paints the base map onto a canvas of its own, under our drawing: only when the view changes or a tile comes, never for an update of rows. */
import type { BaseTiles, ShownTile } from './base-tiles.ts'
import { seenBy, type View } from './mercator.ts'
import { keyOf, parentOf, type Tile } from './tile-grid.ts'

/** A base that begins this many zooms above the wanted one is still shown, smaller. */
const FINER = 1

export class BasePainter {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #tiles: BaseTiles
  readonly #showing: (any: boolean) => void
  readonly #unsubscribe: () => void
  #view: View | undefined
  #waiting = 0

  /** `showing` hears after each painting whether any part of the base is seen. */
  constructor(canvas: HTMLCanvasElement, tiles: BaseTiles, showing: (any: boolean) => void) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D
    this.#tiles = tiles
    this.#showing = showing
    this.#unsubscribe = tiles.subscribe(() => {
      this.#waiting ||= requestAnimationFrame(() => {
        this.#waiting = 0
        this.#paint()
      })
    })
  }

  setView(view: View): void {
    this.#view = view
    this.#paint()
  }

  close(): void {
    cancelAnimationFrame(this.#waiting)
    this.#unsubscribe()
    this.#tiles.want(this, [], new Set())
  }

  #paint(): void {
    const view = this.#view
    if (!view) return
    const { width, height } = sizeOf(view)
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height })
    else this.#context.clearRect(0, 0, width, height)
    const { here, lacking } = this.#choose(view)
    const shown = [...here.values()].sort((a, b) => a.tile.z - b.tile.z)
    for (const one of shown) this.#draw(view, one.shown)
    this.#tiles.want(this, lacking, new Set(here.keys()))
    this.#showing(shown.length > 0)
  }

  /** Tiles to draw, and those to ask for. Where a tile is absent or on its way, the nearest larger one stands in. */
  #choose(view: View): { here: Map<string, { tile: Tile; shown: ShownTile }>; lacking: Tile[] } {
    const { info, grid } = this.#tiles
    const { minZoom, maxZoom } = info
    const here = new Map<string, { tile: Tile; shown: ShownTile }>()
    const lacking: Tile[] = []
    const ideal = grid.zoomFor(view.scale * view.ratio)
    if (minZoom > ideal + FINER) return { here, lacking }
    for (const wanted of fromTheMiddle(grid.tilesIn(Math.max(minZoom, Math.min(maxZoom, ideal)), seenBy(view)))) {
      let coming = false
      for (let tile = wanted; tile.z >= minZoom; tile = parentOf(tile)) {
        const state = this.#tiles.stateOf(tile)
        if (typeof state === 'object') {
          here.set(keyOf(tile), { tile, shown: state })
          break
        }
        if (state === undefined && !coming) lacking.push(tile)
        // What is on its way is waited for; only what is known to be absent lets a larger one be asked for.
        coming ||= state !== 'absent'
      }
    }
    return { here, lacking }
  }

  #draw({ scale, x, y, ratio }: View, { picture, boxes }: ShownTile): void {
    const n = this.#tiles.grid.cuts
    const [w, h] = [picture.width / n, picture.height / n]
    for (const [k, [left, top, right, bottom]] of boxes.entries()) {
      // On whole pixels: neighbours then meet without a seam.
      const [x1, x2] = [left, right].map((u) => Math.round((u * scale - x) * ratio)) as [number, number]
      const [y1, y2] = [top, bottom].map((v) => Math.round((v * scale - y) * ratio)) as [number, number]
      if (x2 <= 0 || y2 <= 0 || x1 >= this.#canvas.width || y1 >= this.#canvas.height) continue
      this.#context.drawImage(picture, (k % n) * w, Math.floor(k / n) * h, w, h, x1, y1, x2 - x1, y2 - y1)
    }
  }
}

const sizeOf = ({ width, height, ratio }: View): { width: number; height: number } => ({
  width: Math.round(width * ratio),
  height: Math.round(height * ratio),
})

/** What lies in the middle is looked at first. */
function fromTheMiddle(tiles: readonly Tile[]): Tile[] {
  const mean = (of: (tile: Tile) => number): number => tiles.reduce((sum, tile) => sum + of(tile), 0) / tiles.length
  const [cx, cy] = [mean(({ x }) => x), mean(({ y }) => y)]
  return [...tiles].sort((a, b) => Math.hypot(a.x - cx, a.y - cy) - Math.hypot(b.x - cx, b.y - cy))
}
