/** Which cameras can see a spot, and which of them first. */
import { bearing as bearingTo, distance, type LngLat } from '../../kernel/geo.ts'
import type { Camera, CameraState } from './events.ts'

/** Metres within which a camera of unknown range may be looked at all the same. */
export const PERHAPS = 200
/** Metres at which direction says nothing: the spot is where the camera stands. */
const HERE = 5

export interface Sight {
  /** Metres on the ground. */
  readonly distance: number
  /** Degrees from north in which the spot lies, seen from the camera. */
  readonly bearing: number
  /** 1 in the middle of its picture, 0 at the edge; absent where bearing or field of view is not known. */
  readonly fit?: number
  /** `perhaps`: range, bearing or field of view is not known, and what is known does not speak against it. */
  readonly sees: 'yes' | 'perhaps' | 'no'
}

/** How a camera sees a spot; both WGS 84. Walls and slopes are not known. */
export function sightOf({ position, bearing, fov, range }: Pick<Camera, 'position' | 'bearing' | 'fov' | 'range'>, spot: LngLat): Sight {
  const far = distance(position, spot)
  const to = bearingTo(position, spot)
  const all = far <= HERE || (fov !== undefined && fov >= 360)
  const off = bearing === undefined ? undefined : Math.abs(((to - bearing + 540) % 360) - 180)
  const fit = all ? 1 : off !== undefined && fov !== undefined ? 1 - off / (fov / 2) : undefined
  const reach = far <= (range ?? PERHAPS)
  const sees = !reach || (fit !== undefined && fit < 0) ? 'no' : range === undefined || fit === undefined ? 'perhaps' : 'yes'
  return { distance: far, bearing: to, ...(fit !== undefined && { fit: Math.max(0, fit) }), sees }
}

/** What is known to give no picture comes last, what gives one first. */
const RANK: Readonly<Record<CameraState, number>> = {
  ...{ live: 0, answering: 1, unchecked: 2 },
  ...{ stalled: 3, frozen: 3, black: 3, codec: 3, denied: 3, offline: 4 },
}
const ILL = 3

export interface Seeing<C> {
  readonly camera: C
  readonly state: CameraState
  readonly sight: Sight
}

/**
 * The `n` best of those that see the spot or may: none that is known to be ill before one that is not, then certain before perhaps,
 * then online before unchecked, then near and in the middle of the picture.
 */
export function bestSeeing<C extends Camera>(
  cameras: Iterable<C>,
  stateOf: (id: string) => CameraState,
  spot: LngLat,
  n: number,
): Seeing<C>[] {
  const found: (Seeing<C> & { readonly order: readonly number[] })[] = []
  for (const camera of cameras) {
    if (!isAround(camera, spot)) continue
    const sight = sightOf(camera, spot)
    if (sight.sees === 'no') continue
    const state = stateOf(camera.id)
    const rank = RANK[state]
    // Half a picture off the middle weighs as much as half as far again.
    const cost = sight.distance * (2 - (sight.fit ?? 0.5))
    found.push({ camera, state, sight, order: [rank >= ILL ? 1 : 0, sight.sees === 'yes' ? 0 : 1, rank, cost] })
  }
  found.sort((a, b) => {
    const at = a.order.findIndex((value, i) => value !== b.order[i])
    return at < 0 ? (a.camera.id < b.camera.id ? -1 : 1) : (a.order[at] as number) - (b.order[at] as number)
  })
  return found.slice(0, n).map(({ camera, state, sight }) => ({ camera, state, sight }))
}

/** A quick look before the exact one: a degree of longitude has at least 65 km in China, one of latitude 110 km. */
const isAround = ({ position, range = PERHAPS }: Pick<Camera, 'position' | 'range'>, [lng, lat]: LngLat): boolean =>
  Math.abs(position[1] - lat) * 110_000 <= range && Math.abs(position[0] - lng) * 65_000 <= range
