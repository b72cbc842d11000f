/** Cameras by the cells of the map that they reach: so that a question about one spot does not go through thousands. */
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'

/** Side of a cell, degrees. */
const CELL = 0.02

/** Names of the cells that a rectangle touches; degrees, WGS 84. */
export function* cellsOf(west: number, south: number, east: number, north: number): Generator<string> {
  for (let x = Math.floor(west / CELL); x <= Math.floor(east / CELL); x++)
    for (let y = Math.floor(south / CELL); y <= Math.floor(north / CELL); y++) yield `${x} ${y}`
}

/** The cell of one spot. */
export const cellOf = ([lng, lat]: readonly [number, number]): string => cellsOf(lng, lat, lng, lat).next().value as string

/** Each camera in every cell that its circle of `metresOf` touches, in their order. */
export function camerasByCell(cameras: Iterable<CameraRow>, metresOf: (camera: CameraRow) => number): ReadonlyMap<string, CameraRow[]> {
  const cells = new Map<string, CameraRow[]>()
  for (const camera of cameras) {
    const metres = metresOf(camera)
    const [lng, lat] = camera.position
    // A degree of longitude has at least 65 km in China, one of latitude 110 km.
    for (const cell of cellsOf(lng - metres / 65_000, lat - metres / 110_000, lng + metres / 65_000, lat + metres / 110_000)) {
      const list = cells.get(cell)
      if (list) list.push(camera)
      else cells.set(cell, [camera])
    }
  }
  return cells
}
