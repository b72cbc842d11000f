/** Paints grids, borders, rivers, cameras and lesser incidents onto one canvas: strips after a pan, boxes of what changed after an update. */
import type { WaterRow } from '@orchid/shared/domain/areas/projections'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Priority } from '@orchid/shared/domain/incidents/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { Brush } from './brush.ts'
import { CameraPoints, type Look } from './camera-points.ts'
import { checksum } from './checksum.ts'
import { DirtyRects, type Rect } from './dirty-rects.ts'
import { FILLS, GridFills } from './grid-fills.ts'
import { metreAt, type UnitBox, unit, type View } from './mercator.ts'
import type { Palette } from './palette.ts'
import { type Lines, type Shapes, segmentsIn } from './shapes.ts'
import { thinned } from './thinning.ts'

/** Edges thinner than this many device pixels only dirty the picture. */
const THIN = 0.6

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
  #rivers: { points: Float64Array; width: number }[] = []
  #shown: Uint8Array = new Uint8Array(0)
  #marks: ReadonlyMap<string, SmallMark> = new Map()
  #selected = -1
  #stale = false
  #view: View | undefined
  #brush: Brush | undefined
  #whole = false
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
      const far = at === this.#selected ? this.#sightReach(at) : reach
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
      if (i >= 0) this.#dirtyPoint(this.#cameras.points[2 * i] as number, this.#cameras.points[2 * i + 1] as number, this.#sightReach(i))
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
    if (!view || !brush) return
    const rects = this.#dirty.take()
    const c = this.#context
    const { width, height } = this.#canvas
    const whole: readonly Rect[] = [[0, 0, width, height]]
    for (const rect of this.#whole || rects === 'all' ? whole : rects) {
      const [left, top, right, bottom] = rect
      c.save()
      c.setTransform(1, 0, 0, 1, 0, 0)
      c.clearRect(left, top, right - left, bottom - top)
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
    }
    this.#whole = false
  }

  #draw(view: View, brush: Brush, box: UnitBox): void {
    const shapes = this.#shapes
    if (shapes) {
      this.#drawGrids(shapes, view, brush, box)
      this.#drawLines(shapes.townshipLines, this.#palette.mid, brush.townshipLine, view, box)
      this.#drawLines(shapes.outline, this.#palette.border, brush.outline, view, box)
    }
    this.#drawRivers(view, brush)
    this.#drawCameras(view, brush, box)
    if (shapes && brush.figures) this.#drawOpen(shapes, view, brush.figures, box)
    this.#drawMarks(view, brush, box)
    if (this.#selected >= 0) this.#drawSight(this.#selected, view, 0.28)
  }

  #drawGrids({ points, starts, index }: Shapes, { scale, x, y }: View, brush: Brush, box: UnitBox): void {
    const c = this.#context
    const { fills } = this.#grids
    // Always in the same order: where edges of neighbours blend, a part painted anew must match what stands beside it.
    const found = index.search(box)
    brush.anchorTo(x, y)
    if (this.#stale) c.globalAlpha = 0.7
    for (const fill of FILLS) {
      c.fillStyle = brush.fills[fill] as string | CanvasPattern
      for (const i of found) {
        if (fills[i] !== fill) continue
        // A path of its own each: one path of all rings is several times slower to fill and to stroke.
        c.beginPath()
        const end = 2 * (starts[i + 1] as number)
        for (let p = 2 * (starts[i] as number); p < end; p += 2)
          c.lineTo((points[p] as number) * scale - x, (points[p + 1] as number) * scale - y)
        c.closePath()
        c.fill()
      }
    }
    c.globalAlpha = 1
    if (brush.gridEdge * brush.ratio < THIN) return
    c.strokeStyle = this.#stale ? this.#palette.calm : this.#palette['land-edge']
    c.lineWidth = brush.gridEdge
    c.lineJoin = 'bevel'
    if (this.#stale) c.setLineDash([brush.gridEdge, brush.gridEdge * 4])
    for (const i of found) {
      c.beginPath()
      const end = 2 * (starts[i + 1] as number)
      for (let p = 2 * (starts[i] as number); p < end; p += 2)
        c.lineTo((points[p] as number) * scale - x, (points[p + 1] as number) * scale - y)
      c.closePath()
      c.stroke()
    }
    c.setLineDash([])
  }

  #drawLines(lines: Lines, colour: string, width: number, { scale, x, y }: View, box: UnitBox): void {
    const c = this.#context
    const { segments } = lines
    c.strokeStyle = colour
    c.lineWidth = width
    c.lineCap = 'round'
    c.beginPath()
    for (const i of segmentsIn(lines, box)) {
      c.moveTo((segments[4 * i] as number) * scale - x, (segments[4 * i + 1] as number) * scale - y)
      c.lineTo((segments[4 * i + 2] as number) * scale - x, (segments[4 * i + 3] as number) * scale - y)
    }
    c.stroke()
    c.lineCap = 'butt'
  }

  #drawRivers({ scale, x, y }: View, brush: Brush): void {
    const c = this.#context
    c.lineJoin = 'round'
    c.lineCap = 'round'
    c.strokeStyle = this.#palette.water
    for (const { points, width } of this.#rivers) {
      c.beginPath()
      trace(c, points, scale, x, y)
      // Its true width, but never so thin that it is lost from six metres away.
      c.lineWidth = Math.max(brush.river, width * scale)
      c.stroke()
    }
    c.lineCap = 'butt'
  }

  #drawCameras(view: View, brush: Brush, box: UnitBox): void {
    const c = this.#context
    const { scale, x, y } = view
    const { points, looks } = this.#cameras
    const half = brush.cameraSize / 2
    if (brush.cones) {
      // A camera far outside the box may still look into it.
      const far = this.#cameras.farthest * metreAt(box[1])
      for (const i of this.#cameras.within([box[0] - far, box[1] - far, box[2] + far, box[3] + far])) this.#drawSight(i, view, 0.08)
    }
    const found = this.#cameras.within(box)
    if (brush.stamps) {
      const r = view.ratio
      for (const { look, colour, alpha, rects } of brush.stamps) {
        c.fillStyle = colour
        c.globalAlpha = alpha
        for (const i of found) {
          if (!this.#shown[i] || looks[i] !== look) continue
          // On whole pixels nothing needs smoothing.
          const left = Math.round(((points[2 * i] as number) * scale - x - half) * r)
          const top = Math.round(((points[2 * i + 1] as number) * scale - y - half) * r)
          for (const [dx, dy, w, h] of rects) c.fillRect((left + dx) / r, (top + dy) / r, w / r, h / r)
        }
      }
      c.globalAlpha = 1
      return
    }
    for (const i of found) {
      if (!this.#shown[i]) continue
      c.drawImage(
        brush.cameras[looks[i] as Look] as ImageBitmap,
        (points[2 * i] as number) * scale - x - half,
        (points[2 * i + 1] as number) * scale - y - half,
        brush.cameraSize,
        brush.cameraSize,
      )
    }
  }

  /** How many hazards are open in each grid that is large enough for the figure. */
  #drawOpen({ index, boxes, middles }: Shapes, { scale, x, y, rem }: View, font: string, box: UnitBox): void {
    const c = this.#context
    const { open } = this.#grids
    c.font = font
    c.textAlign = 'center'
    c.textBaseline = 'middle'
    c.lineJoin = 'round'
    c.lineWidth = rem * 0.15
    c.strokeStyle = this.#palette.bg
    c.fillStyle = this.#palette['text-1']
    for (const i of index.search(box)) {
      if (!open[i]) continue
      const [left, top, right, bottom] = boxes.subarray(4 * i, 4 * i + 4) as unknown as UnitBox
      // So it stays within the box that is repainted when the grid changes.
      if ((right - left) * scale < rem * 2 || (bottom - top) * scale < rem * 1.4) continue
      const at = [(middles[2 * i] as number) * scale - x, (middles[2 * i + 1] as number) * scale - y] as const
      c.strokeText(String(open[i]), ...at)
      c.fillText(String(open[i]), ...at)
    }
  }

  #drawMarks({ scale, x, y }: View, brush: Brush, [left, top, right, bottom]: UnitBox): void {
    const c = this.#context
    const half = brush.markSize / 2
    for (const mark of this.#marks.values()) {
      if (mark.x < left || mark.x > right || mark.y < top || mark.y > bottom) continue
      const image = brush.marks[mark.priority - 1] as ImageBitmap
      c.drawImage(image, mark.x * scale - x - half, mark.y * scale - y - half, brush.markSize, brush.markSize)
    }
  }

  #sightReach(i: number): number {
    const { scale, rem } = this.#view ?? { scale: 1, rem: 1 }
    return Math.max(rem * 1.6, (this.#cameras.range[i] as number) * metreAt(this.#cameras.points[2 * i + 1] as number) * scale)
  }

  /** What a camera can see: a sector of its field of view as far as its range. */
  #drawSight(i: number, { scale, x, y, rem }: View, alpha: number): void {
    const c = this.#context
    const { points, bearing, fov } = this.#cameras
    const px = (points[2 * i] as number) * scale - x
    const py = (points[2 * i + 1] as number) * scale - y
    const ahead = (((bearing[i] as number) - 90) * Math.PI) / 180
    const half = ((fov[i] as number) * Math.PI) / 360
    c.fillStyle = this.#palette.focus
    c.globalAlpha = alpha
    c.beginPath()
    c.moveTo(px, py)
    c.arc(px, py, this.#sightReach(i), ahead - half, ahead + half)
    c.fill()
    c.globalAlpha = 1
    if (i !== this.#selected) return
    c.beginPath()
    c.arc(px, py, rem * 0.18, 0, 2 * Math.PI)
    c.fill()
  }
}

/** A line through points, rounded at the corners: rivers have none. */
function trace(c: CanvasRenderingContext2D, points: Float64Array, scale: number, x: number, y: number): void {
  const at = (i: number): [number, number] => [(points[2 * i] as number) * scale - x, (points[2 * i + 1] as number) * scale - y]
  const last = points.length / 2 - 1
  c.moveTo(...at(0))
  for (let i = 1; i < last; i++) {
    const [ax, ay] = at(i)
    const [bx, by] = at(i + 1)
    c.quadraticCurveTo(ax, ay, (ax + bx) / 2, (ay + by) / 2)
  }
  c.lineTo(...at(last))
}
