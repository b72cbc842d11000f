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
import { SenderLimit } from './limit.ts'
import { HttpProblem, requireTables } from './problem.ts'

interface Span {
  readonly from: number
  readonly to: number
}
/** A span that may be open at its end. */
interface Wanted {
  readonly from: number
  readonly to?: number
}

/** What the video room gives; named here because adapters do not import each other. */
export interface CameraPlayer {
  play(
    camera: string,
    viewer: string,
    options?: { viewId?: string; quality?: 'main' | 'sub'; recorded?: Wanted },
  ): Promise<
    | {
        url: string
        type: 'hls'
        viewId: string
        expiresAt: number
        state: string
        steps: readonly object[]
        recorded?: Span
      }
    | undefined
  >
  ahead(camera: string, by: string): Promise<boolean>
  keepsRecordings(camera: string): boolean
  recordings(camera: string, span: Span): Promise<{ recordings: readonly { from: number; to?: number }[] } | { reason: string }>
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
  readonly recorded?: { readonly from: string; readonly to?: string }
}

/** Tells the views of one viewer apart: the same for the address of a picture and for what is asked of it. */
const keyOf = (url: string, viewId: string): string => `${url.split('/')[3]} ${viewId}`

/** A hand that wanders over a list rests less often. */
const AHEAD_PER_SECOND = 10

/** Hours that may be asked for, or played, at once. */
const MOST_HOURS = 24

/** Epoch milliseconds of an RFC 3339 time. Throws HttpProblem that names the field. */
function timeOf(text: string, field: 'from' | 'to', at: string): number {
  const time = parseRfc3339(text)
  if (time === undefined)
    throw new HttpProblem(400, 'invalid', `${field} is no time with an offset, such as 2026-06-01T08:00:00+08:00.`, {
      errors: [{ path: `${at}/${field}`, message: 'no RFC 3339 time' }],
    })
  return time
}

/** The same of both ends of a span. */
function spanOf({ from, to }: { from: string; to: string }, at: string): Span {
  const span = { from: timeOf(from, 'from', at), to: timeOf(to, 'to', at) }
  if (span.to <= span.from || span.to - span.from > MOST_HOURS * 3_600_000)
    throw new HttpProblem(422, 'span', `to must be after from, by ${MOST_HOURS} hours at most.`, {
      errors: [{ path: `${at}/to`, message: 'before from, or too late' }],
    })
  return span
}

const wantedOf = ({ from, to }: { from: string; to?: string }): Wanted =>
  to === undefined ? { from: timeOf(from, 'from', '/recorded') } : spanOf({ from, to }, '/recorded')

const Time = Type.String({ maxLength: 40, description: 'RFC 3339 with offset.' })

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
          quality: Type.Optional(
            Type.Enum(['main', 'sub'], { description: 'sub: the smaller stream, where the camera has one; default main.' }),
          ),
          recorded: Type.Optional(
            Type.Object(
              { from: Time, to: Type.Optional(Time) },
              {
                additionalProperties: false,
                description:
                  'What was kept instead of what is to be seen now. Without `to`: what lies on disk (`dvrMinutes`) from then on, ten minutes at most. With it: that span, from the disk where it has all of it, else from its media server.',
              },
            ),
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
      const { viewId, quality, recorded, ...why } = request.body ?? {}
      const { camera, ...admitted } = admit(state, who, request.params.id, why)
      const viewer = auth.viewer(request)
      const wanted = recorded && wantedOf(recorded)
      // The camera opens while the entry is written; its address is given out when it is.
      const play = await video.play(camera.id, viewer, {
        ...(viewId && { viewId }),
        ...(quality && { quality }),
        ...(wanted && { recorded: wanted }),
      })
      if (!play) throw new HttpProblem(404, 'not-recorded', 'Nothing is kept of this camera from that time on.')
      await views.began({ who, viewer, key: keyOf(play.url, play.viewId), camera, kind: wanted ? 'recorded' : 'live', ...admitted })
      return play
    },
  )

  const hands = new SenderLimit({ requests: AHEAD_PER_SECOND, events: AHEAD_PER_SECOND })
  app.post<{ Params: { id: string } }>(
    '/api/cameras/:id/ahead',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Open a camera ahead of need: whoever plays it within 20 s sees its picture at once',
        description:
          'For who is about to play it, as when a pointer rests on it. Opens what play opens without a purpose, and gives no picture and no address: it is no view. What is watched goes first, and takes its place where places are short.',
        params: Type.Object({ id: CameraId }),
        body: Exact({}),
        response: {
          200: Type.Object({
            open: Type.Boolean({
              description:
                'False: it is not opened, for want of a place, because many were just now, or because it stands behind a media server. It can be played all the same.',
            }),
          }),
        },
      },
      preValidation: async (request) => {
        request.body ??= {}
      },
    },
    async (request) => {
      const who = await auth.require(request, 'play')
      const viewer = auth.viewer(request)
      const wait = hands.take(viewer, 1)
      if (wait > 0) throw new HttpProblem(429, 'too-fast', 'This session has used up its requests for now.', { retryAfter: wait })
      requireTables(state)
      const { camera } = admit(state, who, request.params.id)
      return { open: await video.ahead(camera.id, viewer) }
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
      if (!video.keepsRecordings(camera.id)) throw new HttpProblem(422, 'no-recordings', 'The backend of this camera keeps no recordings.')
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
