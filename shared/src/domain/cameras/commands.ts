/** What may be asked of the camera registry. */
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'

const CameraId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' })

export const RegisterCamera = Exact({
  id: CameraId,
  gbCode: Type.String({ pattern: '^\\d{20}$' }),
  name: Line(60),
  /** WGS 84 degrees. */
  position: Type.Unsafe<readonly [number, number]>(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 })),
  bearing: Type.Number({ minimum: 0, exclusiveMaximum: 360 }),
  fov: Type.Number({ minimum: 1, maximum: 360 }),
  range: Type.Number({ minimum: 1, maximum: 20000 }),
  siteKind: Type.Enum(['road', 'place', 'shelter', 'river']),
  grid: Type.String({ pattern: '^\\d{15}$' }),
  people: Type.Array(
    Type.Enum(['grid-chief', 'grid-worker', 'village-cadre', 'firm-cadre', 'township-secretary', 'grid-police', 'mediation-director']),
    { maxItems: 10 },
  ),
  backend: Type.Enum(['demo', 'gateway']),
  codec: Type.Enum(['h264', 'h265']),
  subStream: Type.Boolean(),
  /** Address the gateway pulls, e.g. `rtsp://user:password@10.1.2.3/stream`. Sealed beside the journal, never shown again. */
  source: Type.Optional(Type.String({ minLength: 1, maxLength: 500, pattern: '^(rtsp|rtmp|https?)://[!-~]+$' })),
})
export type RegisterCamera = Static<typeof RegisterCamera>

/** Asked by the stream gateway only. */
export const ReportCameraState = Exact({
  id: CameraId,
  state: Type.Enum(['answering', 'live', 'stalled', 'frozen', 'black', 'offline', 'codec', 'denied']),
  lastFrameAt: Type.Optional(Type.Number()),
  reason: Type.Optional(Line(80)),
})
export type ReportCameraState = Static<typeof ReportCameraState>
