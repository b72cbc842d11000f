/** Who may see a camera: by area, by clearance, and beyond it at a 特急 by whoever has the duty, with a reason that is looked through afterwards. */
import { clearanceOf, clears, findsUpTo, type Identity, may } from '@orchid/shared/domain/access/roles'
import { reaches } from '@orchid/shared/domain/cameras/events'
import { bestSeeing } from '@orchid/shared/domain/cameras/near'
import { OFFERED } from '@orchid/shared/domain/cameras/offer'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import { setOfIncident } from '@orchid/shared/domain/cameras/set-events'
import type { CameraSetRow } from '@orchid/shared/domain/cameras/set-projections'
import type { ViewReason } from '@orchid/shared/domain/cameras/view-events'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { within } from '@orchid/shared/kernel/geo'
import { Line, Type } from '@orchid/shared/kernel/schema'
import type { LiveState } from '../../projections/live-state.ts'
import { HttpProblem } from './problem.ts'

/** What a camera is looked at for, in a body or a query. */
export const reasons = {
  purpose: Type.Optional(Line(80, 2)),
  incident: Type.Optional(
    Type.String({
      pattern: '^[0-9a-z]{1,40}$',
      description:
        'The incident it is looked at for. With a purpose it opens the cameras of a 特急 to duty roles beyond their clearance; reviewed afterwards.',
    }),
  ),
}

export interface Admitted extends ViewReason {
  readonly camera: CameraRow
}

/** A camera that the asker may find. Throws HttpProblem 404 outside the own area, or beyond what the role finds, as if there were no such camera. */
export function found(state: LiveState, who: Identity, id: string): CameraRow {
  const camera = state.tables.get<CameraRow>('cameras', id)
  if (!camera || !within(who.area, camera.grid) || !findable(who, camera))
    throw new HttpProblem(404, 'unknown-camera', 'There is no such camera in your area.')
  return camera
}

/** As `found`; throws HttpProblem 403 with the reason where the role finds the camera and the clearance is too low to see it. */
export function admit(
  state: LiveState,
  who: Identity,
  id: string,
  { incident, purpose }: { incident?: string | undefined; purpose?: string | undefined } = {},
): Admitted {
  const camera = found(state, who, id)
  const why = { ...(incident !== undefined && { incident }), ...(purpose !== undefined && { purpose }) }
  if (clears(who.role, camera.classification)) return { camera, ...why }
  const refuse = (more: string): never => {
    throw new HttpProblem(
      403,
      'clearance-too-low',
      `This camera is ${camera.classification}; the role ${who.role} sees up to ${clearanceOf(who.role)}. ${more}`,
      { errors: [{ path: '/classification', message: camera.classification as string }] },
    )
  }
  if (!may(who.role, 'break-glass')) return refuse('Ask a duty leader.')
  if (incident === undefined || purpose === undefined)
    return refuse('At a 特急 name the incident and the purpose: it opens and is reviewed.')
  if (!isBound(state, who, camera, incident)) return refuse('It is not a camera of an open 特急 in your area.')
  return { camera, incident, purpose, breakGlass: true, ...(isSelfRaised(state, who, incident) && { selfRaised: true }) }
}

/**
 * Whether only the asker's own word stands behind the 特急: they reported it, and nobody else has accepted it. The camera opens all the same,
 * since whoever is alone on duty at 3 a.m. reports the flood themselves and must see the dam at once; but it never opens unseen.
 */
function isSelfRaised({ tables }: LiveState, who: Identity, id: string): boolean {
  const incident = tables.get<IncidentRow>('incidents', id)
  return incident?.source.sender === who.name && (incident.acceptedBy ?? who.name) === who.name
}

/** Whether the incident is an open 特急 in the asker's area and the camera one of its own: bound by hand, or among the four that see it best. */
function isBound(state: LiveState, who: Identity, camera: CameraRow, id: string): boolean {
  const { tables } = state
  const incident = tables.get<IncidentRow>('incidents', id)
  if (!incident || incident.priority !== 1 || incident.state === 'closed' || !within(who.area, incident.grid)) return false
  const set = tables.get<CameraSetRow>('cameraSets', setOfIncident(id))
  // Nobody opens a camera to themselves by binding it: somebody else must have, or the asker would not need to break glass.
  if (set?.cameras.includes(camera.id) && (set.binders?.[camera.id] ?? set.by) !== who.name) return true
  if (!incident.position) return camera.grid === incident.grid
  const own = tables.entries('cameras', who.area).map(([, row]) => row as CameraRow)
  const stateOf = (one: string) => tables.get<CameraStateRow>('cameraStates', one)?.state ?? 'unchecked'
  // Besides those bound by hand: as many as the wall offers.
  return bestSeeing(own, stateOf, incident.position, OFFERED).some((seeing) => seeing.camera.id === camera.id)
}

/** Whether a camera may be found at all. */
export const findable = (who: Identity, { classification }: CameraRow): boolean => reaches(findsUpTo(who.role), classification)
