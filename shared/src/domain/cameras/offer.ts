/** Which cameras an incident is offered, the best first: what the wall shows of it, and what is opened before the wall asks. */
import { distance, type LngLat } from '../../kernel/geo.ts'
import type { IncidentRow } from '../incidents/projections.ts'
import type { Camera, CameraState } from './events.ts'
import { bestSeeing } from './near.ts'

/** An incident is offered this many cameras. */
export const OFFERED = 4
/** Metres beyond which a camera cannot be said to stand near an incident. */
export const REACH = 1_500

/** How well a camera looks at an incident. `near`: it stands close by, but cannot be said to see the spot. */
export interface View {
  readonly sees: 'yes' | 'perhaps' | 'near'
  readonly metres: number
}

export interface Spot {
  readonly incident: IncidentRow
  readonly position: LngLat
}

export interface Offer {
  readonly incident: IncidentRow
  readonly cameras: readonly { readonly id: string; readonly view: View }[]
}

/** The cameras of a spot, the best first: those bound to it by hand, whatever is known of them, those that see it or may, and where these are too few the nearest ones. */
export function offerFor<C extends Camera>(
  { incident, position }: Spot,
  candidates: readonly C[],
  stateOf: (id: string) => CameraState,
  bound: readonly C[] = [],
): Offer {
  const cameras: { id: string; view: View }[] = []
  const add = (camera: C, sees: View['sees'], metres: number): void => {
    if (cameras.length < OFFERED && !cameras.some(({ id }) => id === camera.id))
      cameras.push({ id: camera.id, view: { sees, metres: Math.round(metres) } })
  }
  for (const camera of bound) add(camera, 'yes', distance(camera.position, position))
  for (const { camera, sight } of bestSeeing(candidates, stateOf, position, OFFERED))
    add(camera, sight.sees === 'yes' ? 'yes' : 'perhaps', sight.distance)
  if (cameras.length < OFFERED) for (const { camera, metres } of nearest(position, candidates, 2 * OFFERED)) add(camera, 'near', metres)
  return { incident, cameras }
}

function nearest<C extends Camera>(position: LngLat, candidates: readonly C[], n: number): { camera: C; metres: number }[] {
  const [lng, lat] = position
  const found: { camera: C; metres: number }[] = []
  for (const camera of candidates) {
    // A quick look first: a degree of latitude has 111 km, one of longitude at least 65 km in China.
    if (Math.abs(camera.position[1] - lat) * 110_000 > REACH || Math.abs(camera.position[0] - lng) * 65_000 > REACH) continue
    const metres = distance(position, camera.position)
    if (metres < REACH) found.push({ camera, metres })
  }
  return found.sort((a, b) => a.metres - b.metres).slice(0, n)
}
