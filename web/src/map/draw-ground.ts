/** Draws the ground: grids with their fills and edges, lines between townships, rivers. */
import type { Brush } from './brush.ts'
import { FILLS, Fill } from './grid-fills.ts'
import type { UnitBox, View } from './mercator.ts'
import type { Palette } from './palette.ts'
import { type Lines, type Shapes, segmentsIn } from './shapes.ts'

/** What every part is drawn with. Coordinates of the context are CSS pixels of the canvas. */
export interface Pen {
  readonly c: CanvasRenderingContext2D
  readonly view: View
  readonly brush: Brush
  readonly palette: Palette
}

/** Unit plane. */
export interface River {
  readonly points: Float64Array
  readonly width: number
}

/** Edges thinner than this many device pixels only dirty the picture. */
const THIN = 0.6

/** Fills and edges of the grids in a box; stale ones are dimmed and their edges dotted, those over pictures let them through. */
export function drawGrids(
  { c, view, brush, palette }: Pen,
  { points, starts, index }: Shapes,
  fills: Uint8Array,
  { stale, overBase }: { stale: boolean; overBase: boolean },
  box: UnitBox,
): void {
  const { scale, x, y } = view
  // Always in the same order: where edges of neighbours blend, a part painted anew must match what stands beside it.
  const found = index.search(box)
  /** A path of its own each: one path of all rings is several times slower to fill and to stroke. */
  const trace = (i: number): void => {
    c.beginPath()
    const end = 2 * (starts[i + 1] as number)
    for (let p = 2 * (starts[i] as number); p < end; p += 2)
      c.lineTo((points[p] as number) * scale - x, (points[p + 1] as number) * scale - y)
    c.closePath()
  }
  brush.anchorTo(x, y)
  const [land, alarm] = overBase ? [Number(palette['base-cover']), Number(palette['base-cover-alarm'])] : [1, 1]
  for (const fill of FILLS) {
    c.globalAlpha = (fill === Fill.Red || fill === Fill.Yellow ? alarm : land) * (stale ? 0.7 : 1)
    c.fillStyle = brush.fills[fill] as string | CanvasPattern
    for (const i of found) {
      if (fills[i] !== fill) continue
      trace(i)
      c.fill()
    }
  }
  c.globalAlpha = 1
  if (brush.gridEdge * brush.ratio < THIN) return
  c.strokeStyle = stale ? palette.calm : palette['land-edge']
  c.lineWidth = brush.gridEdge
  c.lineJoin = 'bevel'
  if (stale) c.setLineDash([brush.gridEdge, brush.gridEdge * 4])
  for (const i of found) {
    trace(i)
    c.stroke()
  }
  c.setLineDash([])
}

/** Those lines that touch a box. */
export function drawLines({ c, view }: Pen, lines: Lines, colour: string, width: number, box: UnitBox): void {
  const { scale, x, y } = view
  const { segments } = lines
  c.strokeStyle = colour
  c.lineWidth = width
  c.lineCap = 'round'
  // As with rings, a path of its own each is drawn in half the time.
  for (const i of segmentsIn(lines, box)) {
    c.beginPath()
    c.moveTo((segments[4 * i] as number) * scale - x, (segments[4 * i + 1] as number) * scale - y)
    c.lineTo((segments[4 * i + 2] as number) * scale - x, (segments[4 * i + 3] as number) * scale - y)
    c.stroke()
  }
  c.lineCap = 'butt'
}

export function drawRivers({ c, view, brush, palette }: Pen, rivers: readonly River[]): void {
  const { scale, x, y } = view
  c.lineJoin = 'round'
  c.lineCap = 'round'
  c.strokeStyle = palette.water
  for (const { points, width } of rivers) {
    c.beginPath()
    trace(c, points, scale, x, y)
    // Its true width, but never so thin that it is lost from six metres away.
    c.lineWidth = Math.max(brush.river, width * scale)
    c.stroke()
  }
  c.lineCap = 'butt'
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
