/** What may be asked of camera sets. */
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'
import { SCENES } from '../walls/events.ts'
import { CameraId } from './commands.ts'

export const SetId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,60}$', description: 'Yours; `incident-<id>` for the set of an incident.' })

export const SetName = Line(30)
export const SetCameras = Type.Array(CameraId, { minItems: 1, maxItems: 200, uniqueItems: true })

/** Makes a set or replaces it whole. */
export const SaveCameraSet = Exact({
  id: SetId,
  name: SetName,
  cameras: SetCameras,
  dwell: Type.Optional(Type.Integer({ minimum: 15, maximum: 600, description: 'A tour (轮巡): seconds each tileful is shown.' })),
  scene: Type.Optional(Type.Enum([...SCENES])),
  incident: Type.Optional(Type.String({ pattern: '^[0-9a-z]{1,40}$' })),
})
export type SaveCameraSet = Static<typeof SaveCameraSet>

export const RemoveCameraSet = Exact({ id: SetId })
export type RemoveCameraSet = Static<typeof RemoveCameraSet>
