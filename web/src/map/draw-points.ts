/** Draws what stands on the ground: cameras and what they see, lesser incidents. */
import type { CameraPoints, Look } from './camera-points.ts'
import type { Pen } from './draw-ground.ts'
import { metreAt, type UnitBox, type View } from './mercator.ts'
import type { SmallMark } from './painter.ts'

/** Points filled as one path: filling each rectangle by itself costs a third more, and so do longer paths. */
const TOGETHER = 100

/** Cameras in a box, those left out by thinning excepted, and near by what they can see. */
export function drawCameras(pen: Pen, cameras: CameraPoints, shown: Uint8Array, box: UnitBox): void {
  const { c, view, brush } = pen
  const { scale, x, y } = view
  const { points, looks } = cameras
  const half = brush.cameraSize / 2
  if (brush.cones) {
    // A camera far outside the box may still look into it.
    const far = cameras.farthest * metreAt(box[1])
    for (const i of cameras.within([box[0] - far, box[1] - far, box[2] + far, box[3] + far])) drawSight(pen, cameras, i, 0.08)
  }
  const found = cameras.within(box)
  if (brush.stamps) {
    const r = view.ratio
    for (const { look, colour, alpha, rects } of brush.stamps) {
      c.fillStyle = colour
      c.globalAlpha = alpha
      c.beginPath()
      let together = 0
      for (const i of found) {
        if (!shown[i] || looks[i] !== look) continue
        // On whole pixels nothing needs smoothing.
        const left = Math.round(((points[2 * i] as number) * scale - x - half) * r)
        const top = Math.round(((points[2 * i + 1] as number) * scale - y - half) * r)
        for (const [dx, dy, w, h] of rects) c.rect((left + dx) / r, (top + dy) / r, w / r, h / r)
        if (++together < TOGETHER) continue
        c.fill()
        c.beginPath()
        together = 0
      }
      c.fill()
    }
    c.globalAlpha = 1
    return
  }
  for (const i of found) {
    if (!shown[i]) continue
    c.drawImage(
      brush.cameras[looks[i] as Look] as ImageBitmap,
      (points[2 * i] as number) * scale - x - half,
      (points[2 * i + 1] as number) * scale - y - half,
      brush.cameraSize,
      brush.cameraSize,
    )
  }
}

/** Incidents that have no numbered symbol. */
export function drawMarks({ c, view, brush }: Pen, marks: Iterable<SmallMark>, [left, top, right, bottom]: UnitBox): void {
  const { scale, x, y } = view
  const half = brush.markSize / 2
  for (const mark of marks) {
    if (mark.x < left || mark.x > right || mark.y < top || mark.y > bottom) continue
    const image = brush.marks[mark.priority - 1] as ImageBitmap
    c.drawImage(image, mark.x * scale - x - half, mark.y * scale - y - half, brush.markSize, brush.markSize)
  }
}

/** CSS pixels as far as a camera's sector reaches. */
export function sightReach({ scale, rem }: View, cameras: CameraPoints, i: number): number {
  return Math.max(rem * 1.6, (cameras.row(i).range ?? 0) * metreAt(cameras.points[2 * i + 1] as number) * scale)
}

/** What a camera can see: a sector of its field of view as far as its range. */
export function drawSight({ c, view, palette }: Pen, cameras: CameraPoints, i: number, alpha: number): void {
  const { scale, x, y } = view
  const { points } = cameras
  const { bearing, fov } = cameras.row(i)
  // Where it looks is not known: nothing is drawn rather than something that may be wrong.
  if (fov === undefined || (bearing === undefined && fov < 360)) return
  const px = (points[2 * i] as number) * scale - x
  const py = (points[2 * i + 1] as number) * scale - y
  const ahead = (((bearing ?? 0) - 90) * Math.PI) / 180
  const half = (fov * Math.PI) / 360
  c.fillStyle = palette.focus
  c.globalAlpha = alpha
  c.beginPath()
  c.moveTo(px, py)
  c.arc(px, py, sightReach(view, cameras, i), ahead - half, ahead + half)
  c.fill()
  c.globalAlpha = 1
}

/** The camera somebody chose: its sector, and a point that cannot be missed. */
export function drawChosen(pen: Pen, cameras: CameraPoints, i: number): void {
  const { c, view, palette } = pen
  drawSight(pen, cameras, i, 0.28)
  c.fillStyle = palette.focus
  c.beginPath()
  c.arc(
    (cameras.points[2 * i] as number) * view.scale - view.x,
    (cameras.points[2 * i + 1] as number) * view.scale - view.y,
    view.rem * 0.18,
    0,
    2 * Math.PI,
  )
  c.fill()
}
