/** Paints grids, borders, rivers, cameras and lesser incidents onto one canvas: strips after a pan, boxes of what changed after an update. */
import type { WaterRow } from '@orchid/shared/domain/areas/projections'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Priority } from '@orchid/shared/domain/incidents/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { Brush } from './brush.ts'
import { CameraPoints } from './camera-points.ts'
import { checksum } from './checksum.ts'
import { DirtyRects, type Rect } from './dirty-rects.ts'
import { drawGrids, drawLines, drawRivers, type Pen, type River } from './draw-ground.ts'
import { drawCameras, drawChosen, drawMarks, sightReach } from './draw-points.ts'
import { GridFills } from './grid-fills.ts'
import { metreAt, type UnitBox, unit, type View } from './mercator.ts'
import type { Palette } from './palette.ts'
import type { Shapes } from './shapes.ts'
import { thinned } from './thinning.ts'

const NOWHERE: View = { scale: 1, x: 0, y: 0, width: 0, height: 0, ratio: 1, rem: 1 }

/** An incident drawn as a bare small shape: unit plane. */
export interface SmallMark {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly priority: Priority
}

export class Painter {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #palette: Palette
  readonly #dirty = new DirtyRects()
  readonly #grids = new GridFills()
  readonly #cameras = new CameraPoints()
  #shapes: Shapes | undefined
  #rivers: readonly River[] = []
  #shown: Uint8Array = new Uint8Array(0)
  #marks: ReadonlyMap<string, SmallMark> = new Map()
  #selected = -1
  #stale = false
  #overBase = false
  #view: View | undefined
  #brush: Brush | undefined
  #whole = false
  /** Nothing has been painted since the canvas got its size. */
  #blank = true
  #waiting = false

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D
    this.#palette = palette
  }

  setShapes(shapes: Shapes | undefined, tallies: ReadonlyMap<string, GridTallyRow>): void {
    this.#shapes = shapes
    this.#grids.reset(shapes?.codes ?? [], tallies)
    this.#later('all')
  }

  setRivers(waters: Iterable<WaterRow>): void {
    this.#rivers = [...waters]
      .filter(({ line }) => line.length > 1)
      .map(({ line, width }) => ({
        points: Float64Array.from(line.flatMap((at) => unit(at))),
        width: width * metreAt(unit(line[0] ?? [0, 0])[1]),
      }))
    this.#later('all')
  }

  /** Old values stay, but their edges are dotted, so that nobody takes them for new. */
  setStale(stale: boolean): void {
    if (stale === this.#stale) return
    this.#stale = stale
    this.#later('all')
  }

  /** Pictures are seen under the canvas: land lets them through. */
  setOverBase(over: boolean): void {
    if (over === this.#overBase) return
    this.#overBase = over
    this.#later('all')
  }

  /** Takes new tallies; only grids that look otherwise now are repainted, each in its own box. */
  setTallies(tallies: ReadonlyMap<string, GridTallyRow>): void {
    const boxes = this.#shapes?.boxes
    if (!boxes) return
    for (const i of this.#grids.update(tallies)) this.#dirtyBox(boxes.subarray(4 * i, 4 * i + 4) as unknown as UnitBox)
    this.#later()
  }

  setCameras(rows: ReadonlyMap<string, CameraRow>, states: ReadonlyMap<string, CameraStateRow>): void {
    const selected = this.#cameras.ids[this.#selected]
    const changes = this.#cameras.sync(rows, states)
    if (changes === 'all') {
      this.#selected = selected === undefined ? -1 : this.#cameras.ids.indexOf(selected)
      this.#thin()
      this.#later('all')
      return
    }
    const { points } = this.#cameras
    const reach = this.#brush?.cameraSize ?? 0
    for (const { at, x, y } of changes) {
      // One that moved is drawn where it is now, whoever stands beside it; the next whole redraw sorts them out.
      this.#shown[at] = 1
      const far = at === this.#selected ? sightReach(this.#view ?? NOWHERE, this.#cameras, at) : reach
      this.#dirtyPoint(x, y, far)
      this.#dirtyPoint(points[2 * at] as number, points[2 * at + 1] as number, far)
    }
    this.#later()
  }

  /** Incidents that are drawn here because they are not among those with a numbered symbol. */
  setMarks(marks: readonly SmallMark[]): void {
    const next = new Map(marks.map((mark) => [mark.id, mark]))
    const reach = this.#brush?.markSize ?? 0
    const same = (a: SmallMark | undefined, b: SmallMark): boolean => a?.x === b.x && a.y === b.y && a.priority === b.priority
    for (const old of this.#marks.values()) if (!same(next.get(old.id), old)) this.#dirtyPoint(old.x, old.y, reach)
    for (const mark of marks) if (!same(this.#marks.get(mark.id), mark)) this.#dirtyPoint(mark.x, mark.y, reach)
    this.#marks = next
    this.#later()
  }

  /** Takes where the canvas looks and repaints at once: only the uncovered strips if it was just moved. */
  setView(view: View): void {
    const before = this.#view
    this.#view = view
    const [width, height] = [Math.round(view.width * view.ratio), Math.round(view.height * view.ratio)]
    const sameSize = this.#canvas.width === width && this.#canvas.height === height
    const sameScale = before?.scale === view.scale && before.rem === view.rem && before.ratio === view.ratio
    if (!sameSize) {
      this.#canvas.width = width
      this.#canvas.height = height
      this.#blank = true
    }
    if (!sameScale) {
      this.#brush = new Brush(this.#context, this.#palette, view)
      this.#thin()
    }
    if (!before || !sameSize || !sameScale || this.#whole || !this.#shift(before, view)) {
      this.#dirty.resize(width, height)
      this.#whole = true
    }
    this.#paint()
  }

  /** Number of CSS pixels from a point of the canvas within which a camera is meant; its id, or undefined. */
  cameraAt(px: number, py: number, within: number): string | undefined {
    if (!this.#view) return undefined
    const { scale, x, y } = this.#view
    return this.#cameras.ids[this.#cameras.nearest((px + x) / scale, (py + y) / scale, within / scale)]
  }

  /** The same for the lesser incidents. */
  markAt(px: number, py: number, within: number): string | undefined {
    if (!this.#view) return undefined
    const { scale, x, y } = this.#view
    let best: string | undefined
    let least = within
    for (const mark of this.#marks.values()) {
      const distance = Math.hypot(mark.x * scale - x - px, mark.y * scale - y - py)
      if (distance > least) continue
      best = mark.id
      least = distance
    }
    return best
  }

  /** Shows what a camera can see; undefined shows none. */
  select(camera: string | undefined): void {
    const before = this.#selected
    this.#selected = camera === undefined ? -1 : this.#cameras.ids.indexOf(camera)
    for (const i of [before, this.#selected]) {
      if (i >= 0)
        this.#dirtyPoint(
          this.#cameras.points[2 * i] as number,
          this.#cameras.points[2 * i + 1] as number,
          sightReach(this.#view ?? NOWHERE, this.#cameras, i),
        )
    }
    this.#later()
  }

  /** Everything anew, as it must look after all partial painting. */
  repaint(): void {
    this.#later('all')
  }

  checksum(): number {
    return checksum(this.#grids.fills, this.#cameras.points)
  }

  /** Everything that came in one frame is painted together before that frame is shown. */
  #later(all?: 'all'): void {
    if (all) this.#whole = true
    if (this.#waiting) return
    this.#waiting = true
    queueMicrotask(() => {
      this.#waiting = false
      this.#paint()
    })
  }

  #thin(): void {
    if (!this.#view || !this.#brush) return
    this.#shown = thinned(this.#cameras.points, this.#view.scale, this.#brush.cameraGap)
  }

  #dirtyBox([left, top, right, bottom]: UnitBox): void {
    const view = this.#view
    if (!view) return
    const { scale, x, y, ratio, rem } = view
    const edge = rem * 0.1 + 1
    this.#dirty.add(
      (left * scale - x - edge) * ratio,
      (top * scale - y - edge) * ratio,
      (right * scale - x + edge) * ratio,
      (bottom * scale - y + edge) * ratio,
    )
  }

  /** `reach` in CSS pixels. */
  #dirtyPoint(x: number, y: number, reach: number): void {
    const view = this.#view
    if (!view) return
    const [px, py] = [x * view.scale - view.x, y * view.scale - view.y]
    const r = view.ratio
    this.#dirty.add((px - reach - 1) * r, (py - reach - 1) * r, (px + reach + 1) * r, (py + reach + 1) * r)
  }

  /** Moves the painted pixels along and marks what came into sight. False when they cannot be moved by whole pixels. */
  #shift(before: View, view: View): boolean {
    const dx = (before.x - view.x) * view.ratio
    const dy = (before.y - view.y) * view.ratio
    if (!Number.isInteger(dx) || !Number.isInteger(dy)) return false
    const { width, height } = this.#canvas
    if (Math.abs(dx) >= width || Math.abs(dy) >= height) return false
    if (dx === 0 && dy === 0) return true
    // What still waits was marked where it stood; it has moved with the rest.
    const waiting = this.#dirty.take()
    if (waiting === 'all') return false
    this.#dirty.resize(width, height)
    for (const [left, top, right, bottom] of waiting) this.#dirty.add(left + dx, top + dy, right + dx, bottom + dy)
    const c = this.#context
    c.setTransform(1, 0, 0, 1, 0, 0)
    c.globalCompositeOperation = 'copy'
    c.drawImage(this.#canvas, dx, dy)
    c.globalCompositeOperation = 'source-over'
    if (dx > 0) this.#dirty.add(0, 0, dx, height)
    if (dx < 0) this.#dirty.add(width + dx, 0, width, height)
    if (dy > 0) this.#dirty.add(0, 0, width, dy)
    if (dy < 0) this.#dirty.add(0, height + dy, width, height)
    return true
  }

  #paint(): void {
    const view = this.#view
    const brush = this.#brush
    if (!view || !brush || (this.#blank && this.#nothing)) return
    const rects = this.#dirty.take()
    const c = this.#context
    const { width, height } = this.#canvas
    const whole: readonly Rect[] = [[0, 0, width, height]]
    for (const rect of this.#whole || rects === 'all' ? whole : rects) {
      const [left, top, right, bottom] = rect
      c.save()
      c.setTransform(1, 0, 0, 1, 0, 0)
      if (!this.#blank) c.clearRect(left, top, right - left, bottom - top)
      if (rect !== whole[0]) {
        c.beginPath()
        c.rect(left, top, right - left, bottom - top)
        c.clip()
      }
      c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0)
      // What stands just outside the box still reaches into it.
      const margin = brush.reach * view.ratio
      const r = view.ratio * view.scale
      const [ox, oy] = [view.x / view.scale, view.y / view.scale]
      this.#draw(view, brush, [ox + (left - margin) / r, oy + (top - margin) / r, ox + (right + margin) / r, oy + (bottom + margin) / r])
      c.restore()
      this.#blank = false
    }
    this.#whole = false
  }

  /** A map whose rows have not come yet: its first painting would cost a tenth of the one with them. */
  get #nothing(): boolean {
    return !this.#shapes && this.#rivers.length === 0 && this.#cameras.ids.length === 0 && this.#marks.size === 0
  }

  #draw(view: View, brush: Brush, box: UnitBox): void {
    const palette = this.#palette
    const pen: Pen = { c: this.#context, view, brush, palette }
    const shapes = this.#shapes
    if (shapes) {
      drawGrids(pen, shapes, this.#grids.fills, { stale: this.#stale, overBase: this.#overBase }, box)
      drawLines(pen, shapes.townshipLines, palette.mid, brush.townshipLine, box)
      drawLines(pen, shapes.outline, palette.border, brush.outline, box)
    }
    drawRivers(pen, this.#rivers)
    drawCameras(pen, this.#cameras, this.#shown, box)
    drawMarks(pen, this.#marks.values(), box)
    if (this.#selected >= 0) drawChosen(pen, this.#cameras, this.#selected)
  }
}
