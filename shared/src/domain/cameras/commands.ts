/** What may be asked of the camera registry. */
import { Exact, Line, type Static, type TSchema, Type } from '../../kernel/schema.ts'
import { PERSON_ROLES } from '../people/events.ts'
import { CAMERA_BACKENDS, CLASSIFICATIONS, MOST_DVR_MINUTES, SITE_KINDS } from './events.ts'

export const CameraId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' })

const FIELDS = {
  gbCode: Type.String({ pattern: '^\\d{20}$', description: 'GB/T 28181 code.' }),
  name: Line(60),
  position: Type.Unsafe<readonly [number, number]>(
    Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: 'WGS 84 longitude and latitude in degrees.' }),
  ),
  bearing: Type.Number({ minimum: 0, exclusiveMaximum: 360, description: 'Degrees clockwise from north.' }),
  fov: Type.Number({ minimum: 1, maximum: 360, description: 'Horizontal field of view in degrees.' }),
  range: Type.Number({ minimum: 1, maximum: 20000, description: 'Metres it can usefully see.' }),
  siteKind: Type.Enum([...SITE_KINDS]),
  grid: Type.String({ pattern: '^\\d{15}$' }),
  department: Line(40),
  people: Type.Array(Type.Enum([...PERSON_ROLES]), { maxItems: 10, uniqueItems: true }),
  backend: Type.Enum([...CAMERA_BACKENDS]),
  codec: Type.Enum(['h264', 'h265']),
  subStream: Type.Boolean(),
  classification: Type.Enum([...CLASSIFICATIONS], { description: 'Who may see it: open (default), internal, restricted.' }),
  dvrMinutes: Type.Integer({ minimum: 1, maximum: MOST_DVR_MINUTES, description: 'Minutes kept on disk; the camera is then always open.' }),
}

/** Address the pictures are pulled from, e.g. `rtsp://user:password@10.1.2.3/stream`. Sealed beside the journal, never shown again. */
const Source = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '^(rtsps?|rtmp|https?)://[!-~]+$',
  description: 'Sealed; never shown again.',
})
const optional = Type.Optional
/** `null`: not known any more. */
const nullable = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))

export const RegisterCamera = Exact({
  id: CameraId,
  name: FIELDS.name,
  position: FIELDS.position,
  siteKind: FIELDS.siteKind,
  grid: FIELDS.grid,
  people: FIELDS.people,
  backend: FIELDS.backend,
  subStream: FIELDS.subStream,
  gbCode: optional(FIELDS.gbCode),
  bearing: optional(FIELDS.bearing),
  fov: optional(FIELDS.fov),
  range: optional(FIELDS.range),
  department: optional(FIELDS.department),
  codec: optional(FIELDS.codec),
  classification: optional(FIELDS.classification),
  dvrMinutes: optional(FIELDS.dvrMinutes),
  source: optional(Source),
})
export type RegisterCamera = Static<typeof RegisterCamera>

/** Only the fields that change; `null` makes one unknown again. */
export const EditCamera = Exact({
  id: CameraId,
  reason: Line(200, 2),
  name: optional(FIELDS.name),
  position: optional(FIELDS.position),
  siteKind: optional(FIELDS.siteKind),
  grid: optional(FIELDS.grid),
  people: optional(FIELDS.people),
  backend: optional(FIELDS.backend),
  subStream: optional(FIELDS.subStream),
  gbCode: nullable(FIELDS.gbCode),
  bearing: nullable(FIELDS.bearing),
  fov: nullable(FIELDS.fov),
  range: nullable(FIELDS.range),
  department: nullable(FIELDS.department),
  codec: nullable(FIELDS.codec),
  classification: nullable(FIELDS.classification),
  dvrMinutes: nullable(FIELDS.dvrMinutes),
  source: optional(Source),
})
export type EditCamera = Static<typeof EditCamera>

export const RetireCamera = Exact({ id: CameraId, reason: Line(200, 2) })
export type RetireCamera = Static<typeof RetireCamera>

/** Asked by the stream gateway only. */
export const ReportCameraState = Exact({
  id: CameraId,
  state: Type.Enum(['answering', 'live', 'stalled', 'frozen', 'black', 'offline', 'codec', 'denied']),
  lastFrameAt: Type.Optional(Type.Number()),
  reason: Type.Optional(Line(80)),
})
export type ReportCameraState = Static<typeof ReportCameraState>

/** Asked by the server that finds that none watched since then, once for each grid. */
export const ReportUnwatched = Exact({
  grid: Type.String({ pattern: '^\\d{15}$' }),
  ids: Type.Array(CameraId, { minItems: 1, maxItems: 10_000 }),
  since: Type.Number(),
})
export type ReportUnwatched = Static<typeof ReportUnwatched>
