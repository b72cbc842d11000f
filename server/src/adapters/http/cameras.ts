/** Playing a camera: a signed address for this viewer alone, and the HLS files behind it. */
import { may } from '@orchid/shared/domain/access/roles'
import { controlRoomSubject, maskedPhone } from '@orchid/shared/domain/cameras/control-rooms'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import { within } from '@orchid/shared/kernel/geo'
import { Exact, Line, Type } from '@orchid/shared/kernel/schema'
import type { FastifyInstance } from 'fastify'
import type { CameraViews } from '../../commands/camera-views.ts'
import type { Journal } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { admit } from './camera-access.ts'
import { HttpProblem, requireTables } from './problem.ts'

/** What the video room gives; named here because adapters do not import each other. */
export interface CameraPlayer {
  play(
    camera: string,
    viewer: string,
    options?: { viewId?: string; quality?: 'main' | 'sub' },
  ): { url: string; type: 'hls'; viewId: string; expiresAt: number; state: string; steps: readonly object[] }
  serveHls(request: {
    path: string
    viewer: string
    signal?: AbortSignal
  }): Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Buffer }>
}

interface Rooms {
  readonly auth: Authenticator
  readonly state: LiveState
  readonly video: CameraPlayer
  readonly views: Pick<CameraViews, 'began'>
  readonly journal: Pick<Journal, 'openPrivate'>
}
interface PlayBody {
  readonly viewId?: string
  readonly quality?: 'main' | 'sub'
  readonly purpose?: string
  readonly incident?: string
}

/** Tells the views of one viewer apart: the same for the address of a picture and for what is asked of it. */
const keyOf = (url: string, viewId: string): string => `${url.split('/')[3]} ${viewId}`

const CameraId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' })

export function cameras(app: FastifyInstance, { auth, state, video, views, journal }: Rooms): void {
  app.post<{ Params: { id: string }; Body: PlayBody | undefined }>(
    '/api/cameras/:id/play',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Open a camera and get an address that plays it for 5 minutes; renew with the same viewId',
        params: Type.Object({ id: CameraId }),
        body: Exact({
          purpose: Type.Optional(Line(80, 2)),
          incident: Type.Optional(
            Type.String({
              pattern: '^[0-9a-z]{1,40}$',
              description:
                'The incident it is looked at for. With a purpose it opens the cameras of a 特急 to duty roles beyond their clearance; reviewed afterwards.',
            }),
          ),
          viewId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{8,40}$' })),
          quality: Type.Optional(
            Type.Enum(['main', 'sub'], { description: 'sub: the smaller stream, where the camera has one; default main.' }),
          ),
        }),
        response: {
          200: Type.Object({
            url: Type.String(),
            type: Type.Literal('hls'),
            viewId: Type.String(),
            expiresAt: Type.Integer({ description: 'Epoch milliseconds.' }),
            state: Type.String(),
            steps: Type.Array(Type.Any()),
          }),
        },
      },
      preValidation: async (request) => {
        // A body is not needed: a plain POST plays.
        request.body ??= {}
      },
    },
    async (request) => {
      const who = await auth.require(request, 'play')
      requireTables(state)
      const { viewId, quality, ...why } = request.body ?? {}
      const { camera, ...admitted } = admit(state, who, request.params.id, why)
      const viewer = auth.viewer(request)
      // The camera opens while the entry is written; its address is given out when it is.
      const play = video.play(camera.id, viewer, { ...(viewId && { viewId }), ...(quality && { quality }) })
      await views.began({ who, viewer, key: keyOf(play.url, play.viewId), camera, kind: 'live', ...admitted })
      return play
    },
  )

  app.get<{ Params: { id: string } }>(
    '/api/cameras/:id/control-room',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Whom to call about a camera: the control room of the department that owns it (值班室电话)',
        params: Type.Object({ id: CameraId }),
        response: {
          200: Type.Object({
            department: Type.Optional(Type.String({ description: 'Absent: the registry names none.' })),
            phone: Type.Optional(Type.String({ description: 'Absent: nobody has registered one. Whole for officers, masked for others.' })),
            masked: Type.Optional(Type.Boolean()),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      const camera = state.tables.get<CameraRow>('cameras', request.params.id)
      if (!camera || !within(who.area, camera.grid)) throw new HttpProblem(404, 'unknown-camera', 'There is no such camera in your area.')
      const { department } = camera
      if (department === undefined) return {}
      const phone = (await journal.openPrivate(controlRoomSubject(department)))?.phone
      if (typeof phone !== 'string') return { department }
      const whole = may(who.role, 'private')
      return { department, phone: whole ? phone : maskedPhone(phone), masked: !whole }
    },
  )

  app.get(
    '/media/hls/*',
    {
      schema: { tags: ['cameras'], summary: 'Playlist and segments behind a play address; needs the session or token it was made for' },
      compress: false,
    },
    async (request, reply) => {
      await auth.require(request, 'play')
      const gone = new AbortController()
      request.raw.once('close', () => gone.abort())
      const { status, headers, body } = await video.serveHls({ path: request.url, viewer: auth.viewer(request), signal: gone.signal })
      return reply.code(status).headers(headers).send(body)
    },
  )
}
