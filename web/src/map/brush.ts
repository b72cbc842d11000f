/** What the painter paints with: widths, textures and sprites, made anew only when scale or type size change. */
import type { Priority } from '@orchid/shared/domain/incidents/projections'
import type { Look } from './camera-points.ts'
import { Fill } from './grid-fills.ts'
import { levelOf, type View } from './mercator.ts'
import { hatching, type Palette, sprite } from './palette.ts'

/** Cameras nearer than this many pixels to one already drawn are skipped. */
const SKIP = 1.5

/** Up to this many device pixels a point is put together from rectangles: a picture, even of so few pixels, costs twenty times as much to draw. */
const LARGEST_STAMP = 10

/** One colour of all points of a look: rectangles (x, y, width, height) in device pixels from the point's corner. In the order they are painted. */
export interface Stamp {
  readonly look: Look
  readonly colour: string
  readonly alpha: number
  readonly rects: readonly (readonly [number, number, number, number])[]
}

interface CameraLook {
  readonly colour: string
  readonly alpha: number
  readonly hollow: boolean
}

/** Widths, textures and sprites for one scale and one size of type. Lengths in CSS pixels. */
export class Brush {
  readonly ratio: number
  readonly gridEdge: number
  readonly townshipLine: number
  readonly outline: number
  readonly river: number
  readonly cameraSize: number
  readonly cameraGap: number
  readonly markSize: number
  readonly cones: boolean
  /** How far a drawn thing may reach beyond the point or line it stands for. */
  readonly reach: number
  /** By fill. */
  readonly fills: readonly (string | CanvasPattern)[]
  /** Cameras that are small and many are stamped. */
  readonly stamps: readonly Stamp[] | undefined
  /** Else pictures by look. */
  readonly cameras: readonly ImageBitmap[]
  /** By priority, from 1. */
  readonly marks: readonly ImageBitmap[]
  readonly #tile: number

  constructor(context: CanvasRenderingContext2D, palette: Palette, view: View) {
    const { rem, ratio } = view
    const level = levelOf(view)
    const hairline = 1 / ratio
    this.ratio = ratio
    this.gridEdge = rem * (level === 'city' ? 0.04 : 0.06)
    this.townshipLine = Math.max(hairline, rem * (level === 'city' ? 0.06 : 0.09))
    this.outline = Math.max(hairline, rem * 0.08)
    this.river = rem * 0.24
    // Over the whole city thousands of points say nothing: few faint ones tell that somebody can look.
    this.cameraSize = { city: Math.max(hairline, rem * 0.055), township: rem * 0.2, grid: rem * 0.42 }[level]
    this.cameraGap = { city: rem * 0.45, township: Math.max(SKIP, rem * 0.16), grid: SKIP }[level]
    this.markSize = rem * 0.62
    this.cones = level === 'grid'
    this.reach = rem * 0.5
    this.#tile = Math.max(6, Math.round(rem * 0.26 * ratio))
    const pattern = (ground: string, line: string, crossed: boolean): CanvasPattern =>
      context.createPattern(hatching(ground, line, crossed, this.#tile), 'repeat') as CanvasPattern
    const fills: (string | CanvasPattern)[] = []
    fills[Fill.Unvisited] = palette['land-off']
    fills[Fill.Visited] = palette['land-on']
    fills[Fill.Yellow] = palette['p3-fill']
    fills[Fill.Red] = pattern(palette['p1-fill'], palette.p1, false)
    fills[Fill.Unknown] = pattern(palette['land-off'], palette.mid, true)
    this.fills = fills
    const size = Math.max(1, Math.round(this.cameraSize * ratio))
    const faint = level === 'city'
    const looks: readonly CameraLook[] = [
      { colour: palette.calm, alpha: faint ? 0.55 : 1, hollow: false },
      { colour: palette['text-1'], alpha: faint ? 0.7 : 1, hollow: false },
      { colour: palette['text-3'], alpha: faint ? 0.5 : 1, hollow: !faint },
    ]
    this.stamps = size > LARGEST_STAMP ? undefined : stampsOf(looks, size, palette.bg)
    this.cameras = this.stamps ? [] : looks.map((look) => sprite(size, (c) => cameraDot(c, size, look, palette.bg)))
    const markPixels = Math.max(4, Math.round(this.markSize * ratio))
    this.marks = ([palette.p1, palette.p2, palette.p3, palette.p4] as const).map((colour, i) =>
      sprite(markPixels, (c) => smallShape(c, markPixels, (i + 1) as Priority, colour, palette.bg)),
    )
  }

  /** Textures stay fixed to the ground, so that a strip painted after a pan continues its neighbour. */
  anchorTo(x: number, y: number): void {
    const { ratio } = this
    const tile = this.#tile
    const matrix = new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, -((x * ratio) % tile) / ratio, -((y * ratio) % tile) / ratio])
    for (const fill of this.fills) if (fill instanceof CanvasPattern) fill.setTransform(matrix)
  }
}

/** A point as near to round as a few rectangles are, with a halo where it is large enough to have one. */
function stampsOf(looks: readonly CameraLook[], size: number, halo: string): Stamp[] {
  if (size < 4) return looks.map(({ colour, alpha }, look) => ({ look, colour, alpha, rects: [[0, 0, size, size]] }))
  const inner = size - 2
  const outside = looks.map(({ colour, hollow }, look) => ({ look, colour: hollow ? colour : halo, alpha: 1, rects: cross(0, size) }))
  const inside = looks.map(({ colour, hollow }, look) => ({ look, colour: hollow ? halo : colour, alpha: 1, rects: cross(1, inner) }))
  return [...outside, ...inside]
}

/** A square without its corners. */
const cross = (at: number, size: number): Stamp['rects'] =>
  size < 4
    ? [[at, at, size, size]]
    : [
        [at + 1, at, size - 2, size],
        [at, at + 1, size, size - 2],
      ]

function cameraDot(c: OffscreenCanvasRenderingContext2D, size: number, { colour, alpha, hollow }: CameraLook, halo: string): void {
  c.globalAlpha = alpha
  c.beginPath()
  c.arc(size / 2, size / 2, size * 0.42, 0, 2 * Math.PI)
  c.fillStyle = hollow ? halo : colour
  c.fill()
  c.strokeStyle = hollow ? colour : halo
  c.lineWidth = Math.max(1, size * 0.12)
  c.stroke()
}

/** ◆ ▲ ■ ● without a number. */
function smallShape(c: OffscreenCanvasRenderingContext2D, size: number, priority: Priority, colour: string, halo: string): void {
  const [m, e] = [size / 2, size * 0.06]
  c.beginPath()
  if (priority === 4) c.arc(m, m, m - e, 0, 2 * Math.PI)
  else {
    const corners: readonly (readonly [number, number])[] =
      priority === 1
        ? [
            [m, e],
            [size - e, m],
            [m, size - e],
            [e, m],
          ]
        : priority === 2
          ? [
              [m, e],
              [size - e, size - 2 * e],
              [e, size - 2 * e],
            ]
          : [
              [2 * e, 2 * e],
              [size - 2 * e, 2 * e],
              [size - 2 * e, size - 2 * e],
              [2 * e, size - 2 * e],
            ]
    for (const [x, y] of corners) c.lineTo(x, y)
    c.closePath()
  }
  c.fillStyle = colour
  c.fill()
  c.strokeStyle = halo
  c.lineWidth = Math.max(1, size * 0.08)
  c.stroke()
}
