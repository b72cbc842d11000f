/** Rules of camera sets: cameras of the own area only, none that the asker may not find, one set an incident. */
import type { Ask, Decision, Refusal } from '../../kernel/command.ts'
import { within } from '../../kernel/geo.ts'
import type { IncidentRow } from '../incidents/projections.ts'
import { CLASSIFICATIONS, type Classification, reaches } from './events.ts'
import { type CameraRow, type ClassifiedCameraRow, classifiedKey } from './projections.ts'
import type { RemoveCameraSet, SaveCameraSet } from './set-commands.ts'
import { setOfIncident } from './set-events.ts'
import type { CameraSetRow } from './set-projections.ts'

const no = (refused: string, because: Refusal['because'], path: string, message: string): Refusal => ({ refused, because, path, message })

/** Why the asker may not touch the set of this id; undefined when there is none or it is theirs to change. */
function foreign(row: CameraSetRow | undefined, ask: Ask): Refusal | undefined {
  if (row && !within(ask.scope, row.area)) return no('id-taken', 'state', '/data/id', 'this id belongs to a set outside your area')
  return undefined
}

/** Whether the asker may not find this camera, registered or retired. */
const isHidden = (id: string, ask: Ask): boolean =>
  CLASSIFICATIONS.some(
    (classification) =>
      !reaches(ask.reach as Classification, classification) &&
      ask.row<ClassifiedCameraRow>('classifiedCameras', classifiedKey(classification, id)) !== undefined,
  )

/** The cameras of the set with those in it that the asker may not find, each where it was: who does not see them must not take them out. */
export function withHidden(cameras: readonly string[], before: readonly string[] = [], ask: Ask): readonly string[] {
  const all = [...cameras]
  for (const [i, id] of before.entries()) if (isHidden(id, ask)) all.splice(Math.min(i, all.length), 0, id)
  return all
}

/** Why one of the cameras may not be named; undefined when all may. Outside the asker's area, or hidden, one is as unknown as one that never was. */
export function unfound(cameras: readonly string[], ask: Ask): Refusal | undefined {
  const i = cameras.findIndex((id) => {
    const camera = ask.row<CameraRow>('cameras', id)
    return !camera || !within(ask.scope, camera.grid) || isHidden(id, ask)
  })
  return i < 0 ? undefined : no('unknown-camera', 'meaning', `/data/cameras/${i}`, 'no such camera is registered in your area')
}

export function decideSaveSet(set: SaveCameraSet, ask: Ask): Decision {
  const row = ask.row<CameraSetRow>('cameraSets', set.id)
  const refusal = foreign(row, ask)
  if (refusal) return refusal
  if ((set.incident === undefined) === set.id.startsWith('incident-') || (set.incident && set.id !== setOfIncident(set.incident)))
    return no('wrong-id', 'meaning', '/data/id', 'the set of an incident, and no other, is called incident-<id of the incident>')
  const area = row?.area ?? ask.scope
  const unknown = unfound(set.cameras, ask)
  if (unknown) return unknown
  const outside = set.cameras.findIndex((id) => !within(area, ask.row<CameraRow>('cameras', id)?.grid ?? ''))
  if (outside >= 0)
    return no('outside-set', 'meaning', `/data/cameras/${outside}`, 'this set belongs to a smaller area, and the camera stands outside it')
  if (set.incident !== undefined) {
    const incident = ask.row<IncidentRow>('incidents', set.incident)
    if (!incident || !within(ask.scope, incident.grid) || incident.state === 'closed')
      return no('unknown-incident', 'meaning', '/data/incident', 'no such incident is open in your area')
  }
  const cameras = withHidden(set.cameras, row?.cameras, ask)
  const binders = set.incident !== undefined && {
    // Saving it again makes nobody else's binding one's own, nor one's own somebody else's.
    binders: Object.fromEntries(cameras.map((id) => [id, row?.cameras.includes(id) ? (row.binders?.[id] ?? row.by) : ask.sender])),
  }
  return [
    {
      type: 'camera-set.saved',
      area,
      subject: `camera-set:${set.id}`,
      data: { ...set, cameras, area, by: ask.sender, ...binders },
    },
  ]
}

export function decideRemoveSet({ id }: RemoveCameraSet, ask: Ask): Decision {
  const row = ask.row<CameraSetRow>('cameraSets', id)
  // A set of which the asker may find no camera is as unknown as one that never was.
  if (!row || !within(ask.scope, row.area) || row.cameras.every((camera) => isHidden(camera, ask)))
    return no('unknown-set', 'state', '/data/id', 'there is no such set in your area')
  return (
    foreign(row, ask) ?? [
      {
        type: 'camera-set.removed',
        area: row.area,
        subject: `camera-set:${id}`,
        data: { id, name: row.name, cameras: row.cameras, by: ask.sender },
      },
    ]
  )
}
