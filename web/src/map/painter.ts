/** Paints grids, township lines, rivers and cameras onto one canvas: all of it after a move, only the boxes of changed grids after an update. */
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import type { WaterRow } from '@orchid/shared/domain/areas/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import Flatbush from 'flatbush'
import { type Palette, texture } from './palette.ts'
import { type Shapes, unit } from './shapes.ts'

/** Where the canvas looks: pixel = unit × scale − (x, y). CSS pixels; `ratio` device pixels each. */
export interface View {
  readonly scale: number
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly ratio: number
  /** CSS pixels of one rem. */
  readonly rem: number
}

const enum Fill {
  Unvisited,
  Visited,
  Yellow,
  Red,
  Unknown,
}

/** Cameras nearer than this many pixels to one already drawn are skipped. */
const SKIP = 1.5

const fillOf = (row: GridTallyRow | undefined): Fill => (!row ? Fill.Unknown : row.openRed > 0 ? Fill.Red : row.openYellow > 0 ? Fill.Yellow : row.patrolsToday > 0 ? Fill.Visited : Fill.Unvisited)

export class Painter {
  readonly #context: CanvasRenderingContext2D
  readonly #palette: Palette
  #shapes: Shapes | undefined
  #fills = new Uint8Array(0)
  #rivers: { points: Float64Array; width: number }[] = []
  #cameras: { ids: string[]; points: Float64Array; bearing: Float32Array; fov: Float32Array; range: Float32Array; index: Flatbush } | undefined
  #selected = -1
  #view: View | undefined
  #styles: (string | CanvasPattern)[] = []
  #stylesRatio = 0

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.#context = canvas.getContext('2d', { alpha: true }) as CanvasRenderingContext2D
    this.#palette = palette
  }

  setShapes(shapes: Shapes | undefined, tallies: ReadonlyMap<string, GridTallyRow>): void {
    this.#shapes = shapes
    this.#fills = Uint8Array.from(shapes?.codes ?? [], (code) => fillOf(tallies.get(code)))
    this.drawAll()
  }

  setRivers(waters: Iterable<WaterRow>): void {
    this.#rivers = [...waters].map(({ line, width }) => ({ points: Float64Array.from(line.flatMap((at) => unit(at))), width }))
    this.drawAll()
  }

  setCameras(cameras: Iterable<CameraRow>): void {
    const rows = [...cameras]
    if (rows.length === 0) this.#cameras = undefined
    else {
      const points = Float64Array.from(rows.flatMap((row) => unit(row.position)))
      const index = new Flatbush(rows.length)
      for (let i = 0; i < rows.length; i++) index.add(points[2 * i] as number, points[2 * i + 1] as number)
      index.finish()
      this.#cameras = { ids: rows.map((r) => r.id), points, bearing: Float32Array.from(rows, (r) => r.bearing), fov: Float32Array.from(rows, (r) => r.fov), range: Float32Array.from(rows, (r) => r.range), index }
    }
    this.#selected = -1
    this.drawAll()
  }

  /** Takes new tallies and repaints just the grids whose fill changed, each in its own box. Gives how many. */
  update(tallies: ReadonlyMap<string, GridTallyRow>): number {
    const shapes = this.#shapes
    if (!shapes) return 0
    const changed: number[] = []
    for (const [i, code] of shapes.codes.entries()) {
      const fill = fillOf(tallies.get(code))
      if (fill === this.#fills[i]) continue
      this.#fills[i] = fill
      changed.push(i)
    }
    if (changed.length > shapes.codes.length / 4) this.drawAll()
    else for (const i of changed) this.#repaint(shapes.boxes.subarray(4 * i, 4 * i + 4))
    return changed.length
  }

  setView(view: View): void {
    this.#view = view
    this.drawAll()
  }

  /** The camera nearest to a pixel, at most `within` CSS pixels away; selects it, so that its field of view is drawn. */
  selectCamera(px: number, py: number, within: number): string | undefined {
    const { scale, x, y } = this.#view ?? { scale: 1, x: 0, y: 0 }
    const [found = -1] = this.#cameras?.index.neighbors((px + x) / scale, (py + y) / scale, 1, within / scale) ?? []
    this.#selected = found
    this.drawAll()
    return found < 0 ? undefined : this.#cameras?.ids[found]
  }

  /** Fill of every grid in order: equal sums mean that no update was lost. */
  checksum(): number {
    return this.#fills.reduce((sum, fill, i) => (sum * 31 + fill + i) >>> 0, 7)
  }

  drawAll(): void {
    const view = this.#view
    if (!view) return
    this.#context.setTransform(view.ratio, 0, 0, view.ratio, 0, 0)
    this.#context.clearRect(0, 0, view.width, view.height)
    this.#draw(view, [view.x / view.scale, view.y / view.scale, (view.x + view.width) / view.scale, (view.y + view.height) / view.scale])
  }

  #repaint(box: Float64Array): void {
    const view = this.#view
    if (!view) return
    const edge = view.rem * 0.1 + 1
    const [x1, y1, x2, y2] = box as unknown as [number, number, number, number]
    const left = Math.floor(x1 * view.scale - view.x - edge)
    const top = Math.floor(y1 * view.scale - view.y - edge)
    const width = Math.ceil((x2 - x1) * view.scale + 2 * edge) + 1
    const height = Math.ceil((y2 - y1) * view.scale + 2 * edge) + 1
    if (left > view.width || top > view.height || left + width < 0 || top + height < 0) return
    const c = this.#context
    c.save()
    c.setTransform(view.ratio, 0, 0, view.ratio, 0, 0)
    c.beginPath()
    c.rect(left, top, width, height)
    c.clip()
    c.clearRect(left, top, width, height)
    this.#draw(view, [(left + view.x) / view.scale, (top + view.y) / view.scale, (left + width + view.x) / view.scale, (top + height + view.y) / view.scale])
    c.restore()
  }

  #draw(view: View, box: [number, number, number, number]): void {
    this.#drawGrids(view, box)
    this.#drawRivers(view)
    this.#drawCameras(view, box)
  }

  #drawGrids({ scale, x, y, ratio, rem }: View, box: [number, number, number, number]): void {
    const shapes = this.#shapes
    if (!shapes) return
    const c = this.#context
    const styles = this.#fillStyles(ratio)
    const { points, starts } = shapes
    const found = shapes.index.search(...box)
    for (const fill of [Fill.Unvisited, Fill.Visited, Fill.Yellow, Fill.Red, Fill.Unknown]) {
      const path = new Path2D()
      let any = false
      for (const i of found) {
        if (this.#fills[i] !== fill) continue
        any = true
        for (let p = starts[i] as number; p < (starts[i + 1] as number); p++) path[p === starts[i] ? 'moveTo' : 'lineTo']((points[2 * p] as number) * scale - x, (points[2 * p + 1] as number) * scale - y)
        path.closePath()
      }
      if (!any) continue
      c.fillStyle = styles[fill] as string | CanvasPattern
      c.fill(path)
      // Edges thinner than 0.6 pixel only dirty the picture.
      const edge = rem * 0.045 * Math.min(1.6, Math.max(1, scale / 2 ** 19.2))
      if (edge < 0.6) continue
      c.strokeStyle = this.#palette['land-edge'] as string
      c.lineWidth = edge
      c.stroke(path)
    }
    this.#segments(shapes.townshipLines, this.#palette.mid as string, Math.max(1, rem * 0.06), scale, x, y)
    this.#segments(shapes.outline, this.#palette.border as string, Math.max(1, rem * 0.08), scale, x, y)
  }

  #segments(lines: Float64Array, colour: string, width: number, scale: number, x: number, y: number): void {
    const c = this.#context
    c.beginPath()
    for (let i = 0; i < lines.length; i += 4) {
      c.moveTo((lines[i] as number) * scale - x, (lines[i + 1] as number) * scale - y)
      c.lineTo((lines[i + 2] as number) * scale - x, (lines[i + 3] as number) * scale - y)
    }
    c.strokeStyle = colour
    c.lineWidth = width
    c.lineCap = 'round'
    c.stroke()
  }

  #drawRivers({ scale, x, y, rem }: View): void {
    const c = this.#context
    c.lineJoin = 'round'
    c.lineCap = 'round'
    c.strokeStyle = this.#palette.water as string
    for (const { points, width } of this.#rivers) {
      c.beginPath()
      trace(c, points, scale, x, y)
      // Metres at 29° N as pixels, but never so thin that it is lost from six metres away.
      c.lineWidth = Math.max(rem * 0.16, (width / 40_075_017 / Math.cos((29.2 * Math.PI) / 180)) * scale)
      c.stroke()
    }
  }

  #drawCameras({ scale, x, y, rem }: View, box: [number, number, number, number]): void {
    const cameras = this.#cameras
    if (!cameras) return
    const c = this.#context
    const { points } = cameras
    // At city zoom thousands of points say nothing: fewer, fainter ones tell only that somebody can look.
    const near = scale > 2 ** 20.4
    const gap = near ? SKIP : rem * 0.42
    const size = near ? rem * 0.14 : Math.max(1, rem * 0.05)
    const taken = new Set<number>()
    c.fillStyle = (near ? this.#palette['text-1'] : this.#palette.border) as string
    c.globalAlpha = near ? 0.9 : 0.5
    for (const i of cameras.index.search(...box)) {
      const px = (points[2 * i] as number) * scale - x
      const py = (points[2 * i + 1] as number) * scale - y
      const cell = Math.floor((px + x) / gap) * 1e6 + (Math.floor((py + y) / gap) % 1e6)
      if (taken.has(cell)) continue
      taken.add(cell)
      c.fillRect(px - size / 2, py - size / 2, size, size)
    }
    c.globalAlpha = 1
    if (this.#selected >= 0) this.#drawSight(this.#selected, scale, x, y, rem)
  }

  /** The selected camera and what it can see: a sector of its field of view as far as its range. */
  #drawSight(i: number, scale: number, x: number, y: number, rem: number): void {
    const cameras = this.#cameras
    if (!cameras) return
    const c = this.#context
    const px = (cameras.points[2 * i] as number) * scale - x
    const py = (cameras.points[2 * i + 1] as number) * scale - y
    const reach = Math.max(rem * 1.6, ((cameras.range[i] as number) / 40_075_017 / Math.cos((29.2 * Math.PI) / 180)) * scale)
    const ahead = (((cameras.bearing[i] as number) - 90) * Math.PI) / 180
    const half = ((cameras.fov[i] as number) * Math.PI) / 360
    c.fillStyle = this.#palette.focus as string
    c.globalAlpha = 0.28
    c.beginPath()
    c.moveTo(px, py)
    c.arc(px, py, reach, ahead - half, ahead + half)
    c.fill()
    c.globalAlpha = 1
    c.beginPath()
    c.arc(px, py, rem * 0.16, 0, 7)
    c.fill()
  }

  #fillStyles(ratio: number): (string | CanvasPattern)[] {
    if (this.#stylesRatio === ratio) return this.#styles
    const p = this.#palette as Record<string, string>
    const c = this.#context
    this.#styles = [p['land-off'] as string, p['land-on'] as string, p['p3-fill'] as string, texture(c, p['p1-fill'] as string, p.p1 as string, false, ratio), texture(c, p['land-off'] as string, p.mid as string, true, ratio)]
    this.#stylesRatio = ratio
    return this.#styles
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
