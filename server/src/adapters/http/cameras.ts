/** Playing a camera: a signed address for this viewer alone, and the HLS files behind it. */
import { may } from '@orchid/shared/domain/access/roles'
import { controlRoomSubject, maskedPhone } from '@orchid/shared/domain/cameras/control-rooms'
import { Exact, Type } from '@orchid/shared/kernel/schema'
import { parseRfc3339 } from '@orchid/shared/kernel/time'
import type { FastifyInstance } from 'fastify'
import type { CameraViews } from '../../commands/camera-views.ts'
import type { Journal } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { admit, found, reasons } from './camera-access.ts'
import { HttpProblem, requireTables } from './problem.ts'

interface Span {
  readonly from: number
  readonly to: number
}

/** What the video room gives; named here because adapters do not import each other. */
export interface CameraPlayer {
  play(
    camera: string,
    viewer: string,
    options?: { viewId?: string; quality?: 'main' | 'sub'; recorded?: Span },
  ): Promise<{ url: string; type: 'hls'; viewId: string; expiresAt: number; state: string; steps: readonly object[] }>
  keepsRecordings(camera: string): boolean
  recordings(camera: string, span: Span): Promise<{ recordings: readonly { from: number; to?: number }[] } | { reason: string }>
  playKept(
    camera: string,
    viewer: string,
    from: number,
    options: { viewId?: string },
  ): Promise<
    | {
        url: string
        type: 'hls'
        viewId: string
        expiresAt: number
        state: string
        steps: readonly object[]
        recorded?: { from: number; to: number }
      }
    | undefined
  >
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
  readonly from?: string
  readonly purpose?: string
  readonly incident?: string
  readonly recorded?: { readonly from: string; readonly to: string }
}

/** Tells the views of one viewer apart: the same for the address of a picture and for what is asked of it. */
const keyOf = (url: string, viewId: string): string => `${url.split('/')[3]} ${viewId}`

/** Hours that may be asked for, or played, at once. */
const MOST_HOURS = 24

/** Epoch milliseconds of two RFC 3339 times. Throws HttpProblem that names the wrong one. */
function spanOf({ from, to }: { from: string; to: string }, at: string): Span {
  const span = { from: parseRfc3339(from) ?? Number.NaN, to: parseRfc3339(to) ?? Number.NaN }
  const wrong = Number.isNaN(span.from) ? 'from' : Number.isNaN(span.to) ? 'to' : undefined
  if (wrong)
    throw new HttpProblem(400, 'invalid', `${wrong} is no time with an offset, such as 2026-06-01T08:00:00+08:00.`, {
      errors: [{ path: `${at}/${wrong}`, message: 'no RFC 3339 time' }],
    })
  if (span.to <= span.from || span.to - span.from > MOST_HOURS * 3_600_000)
    throw new HttpProblem(422, 'span', `to must be after from, by ${MOST_HOURS} hours at most.`, {
      errors: [{ path: `${at}/to`, message: 'before from, or too late' }],
    })
  return span
}

const Time = Type.String({ maxLength: 40, description: 'RFC 3339 with offset.' })

const keepsNone = (): HttpProblem => new HttpProblem(422, 'no-recordings', 'The backend of this camera keeps no recordings.')

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
          ...reasons,
          viewId: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{8,40}$' })),
          from: Type.Optional(
            Type.String({
              format: 'rfc3339',
              description: 'RFC 3339 with offset: play what was kept on disk from then on, ten minutes at most, instead of live.',
            }),
          ),
          quality: Type.Optional(
            Type.Enum(['main', 'sub'], { description: 'sub: the smaller stream, where the camera has one; default main.' }),
          ),
          // What the media server kept of this span instead of what is to be seen now.
          recorded: Type.Optional(Exact({ from: Time, to: Time })),
        }),
        response: {
          200: Type.Object({
            url: Type.String(),
            type: Type.Literal('hls'),
            viewId: Type.String(),
            expiresAt: Type.Integer({ description: 'Epoch milliseconds.' }),
            state: Type.String(),
            steps: Type.Array(Type.Any()),
            recorded: Type.Optional(
              Type.Object(
                { from: Type.Integer(), to: Type.Integer() },
                { description: 'It is no live picture: what plays was recorded between these epoch milliseconds.' },
              ),
            ),
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
      const { viewId, quality, recorded, from, ...why } = request.body ?? {}
      const { camera, ...admitted } = admit(state, who, request.params.id, why)
      const viewer = auth.viewer(request)
      if (recorded && !video.keepsRecordings(camera.id)) throw keepsNone()
      const span = recorded && spanOf(recorded, '/recorded')
      if (from !== undefined) {
        const kept = await video.playKept(camera.id, viewer, parseRfc3339(from) ?? Number.NaN, { ...(viewId && { viewId }) })
        if (!kept) throw new HttpProblem(404, 'not-recorded', 'Nothing is kept of this camera from that time on.')
        await views.began({ who, viewer, key: keyOf(kept.url, kept.viewId), camera, kind: 'recorded', ...admitted })
        return kept
      }
      // The camera opens while the entry is written; its address is given out when it is.
      const play = await video.play(camera.id, viewer, {
        ...(viewId && { viewId }),
        ...(quality && { quality }),
        ...(span && { recorded: span }),
      })
      await views.began({ who, viewer, key: keyOf(play.url, play.viewId), camera, kind: span ? 'recorded' : 'live', ...admitted })
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
      const { department } = found(state, who, request.params.id)
      if (department === undefined) return {}
      const phone = (await journal.openPrivate(controlRoomSubject(department)))?.phone
      if (typeof phone !== 'string') return { department }
      const whole = may(who.role, 'private')
      return { department, phone: whole ? phone : maskedPhone(phone), masked: !whole }
    },
  )

  app.get<{ Params: { id: string }; Querystring: { from: string; to: string } }>(
    '/api/cameras/:id/recordings',
    {
      schema: {
        tags: ['cameras'],
        summary: 'What the media server of a camera kept between two times, oldest first',
        params: Type.Object({ id: CameraId }),
        querystring: Type.Object({ from: Time, to: Time }),
        response: {
          200: Type.Object({
            recordings: Type.Array(
              Type.Object({
                from: Time,
                to: Type.Optional(Type.String({ description: 'Absent: the server does not say.' })),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'play')
      requireTables(state)
      const { camera } = admit(state, who, request.params.id)
      if (!video.keepsRecordings(camera.id)) throw keepsNone()
      const listed = await video.recordings(camera.id, spanOf(request.query, ''))
      if ('reason' in listed) throw new HttpProblem(503, listed.reason, 'The media server did not tell its recordings.')
      const iso = (ms: number): string => new Date(ms).toISOString()
      return { recordings: listed.recordings.map(({ from, to }) => ({ from: iso(from), ...(to !== undefined && { to: iso(to) }) })) }
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
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) gone.abort()
      })
      const { status, headers, body } = await video.serveHls({ path: request.url, viewer: auth.viewer(request), signal: gone.signal })
      return reply.code(status).headers(headers).send(body)
    },
  )
}
