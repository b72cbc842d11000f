/** What is known of cameras over time and place: a picture now, how long they were there, and what nobody sees. */
import { findsUpTo } from '@orchid/shared/domain/access/roles'
import { type CameraUptimeRow, uptimeByDepartment, uptimeOf } from '@orchid/shared/domain/cameras/uptime'
import { Exact } from '@orchid/shared/kernel/schema'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { CameraViews } from '../../commands/camera-views.ts'
import type { CameraCoverage } from '../../projections/camera-coverage.ts'
import { CameraVeil } from '../../projections/camera-veil.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { admit, reasons } from './camera-access.ts'
import { HttpProblem, requireTables } from './problem.ts'
import { AreaCode } from './schemas.ts'
import { scopeOf } from './tables.ts'

/** What the video room gives; named here because adapters do not import each other. */
export interface CameraStills {
  snapshot(camera: string, viewer: string, signal: AbortSignal): Promise<{ jpeg?: Buffer; at?: number; state: string; reason?: string }>
}

interface Rooms {
  readonly auth: Authenticator
  readonly state: LiveState
  readonly video: CameraStills
  readonly coverage: CameraCoverage
  readonly views: Pick<CameraViews, 'began'>
}

/** The tables these figures are made from are scoped by area. */
const CAMERAS = { scope: 'area', name: 'cameras' }

const Share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }))
const shares = {
  known: Type.Integer({ description: 'Milliseconds in which anything was known.' }),
  online: Share('Share of the known time in which it was there; absent where nothing was known.'),
  well: Share('Share of the known time in which its picture, or at least its answer, was good.'),
}

export function cameraHealth(app: FastifyInstance, { auth, state, video, coverage, views }: Rooms): void {
  app.get<{ Params: { id: string }; Querystring: { incident?: string; purpose?: string } }>(
    '/api/cameras/:id/snapshot.jpg',
    {
      schema: {
        tags: ['cameras'],
        summary: 'The last key frame as a JPEG; its time stands in Orchid-Frame-At and Last-Modified, its age in seconds in Age',
        params: Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' }) }),
        querystring: Type.Object(reasons),
      },
      compress: false,
    },
    async (request, reply) => {
      const who = await auth.require(request, 'play')
      requireTables(state)
      const { camera, ...admitted } = admit(state, who, request.params.id, request.query)
      const viewer = auth.viewer(request)
      // Two incidents that open it by turns are two views, not one that changes with each picture.
      const key = `${camera.id} still${admitted.breakGlass ? ` ${admitted.incident}` : ''}`
      await views.began({ who, viewer, key, camera, kind: 'still', ...admitted })
      const gone = new AbortController()
      request.raw.once('close', () => gone.abort())
      const { jpeg, at, state: now, reason } = await video.snapshot(camera.id, viewer, gone.signal)
      reply.header('orchid-camera-state', now)
      if (!jpeg || at === undefined)
        throw new HttpProblem(503, 'not-playing', `There is no picture of this camera: it is ${now}${reason ? ` (${reason})` : ''}.`, {
          facts: { state: now, ...(reason && { reason }) },
        })
      return reply
        .header('orchid-frame-at', new Date(at).toISOString())
        .header('last-modified', new Date(at).toUTCString())
        .header('age', String(Math.max(0, Math.round((Date.now() - at) / 1000))))
        .header('cache-control', 'no-store')
        .type('image/jpeg')
        .send(jpeg)
    },
  )

  app.get<{ Querystring: { area?: string; days?: string; by?: 'camera' | 'department' } }>(
    '/api/cameras/uptime',
    {
      schema: {
        tags: ['cameras'],
        summary: 'For how long cameras were there and well, in the caller’s area, over the last Shanghai days up to now',
        querystring: Exact({
          area: Type.Optional(AreaCode),
          days: Type.Optional(
            Type.String({ pattern: '^([1-9]|[12]\\d|3[01])$', description: '1 to 31, default 7; today is one of them.' }),
          ),
          by: Type.Optional(Type.Enum(['camera', 'department'], { description: 'Default: department.' })),
        }),
        response: {
          200: Type.Object({
            at: Type.Integer({ description: 'Epoch milliseconds.' }),
            days: Type.Integer(),
            rows: Type.Array(
              Type.Object({
                id: Type.Optional(Type.String({ description: 'by=camera' })),
                department: Type.Optional(Type.String({ description: 'Absent: the registry names none.' })),
                cameras: Type.Optional(Type.Integer({ description: 'by=department' })),
                checked: Type.Optional(Type.Integer({ description: 'Of these something was known in the time.' })),
                ...shares,
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      const { by = 'department' } = request.query
      const days = Number(request.query.days ?? 7)
      const veil = CameraVeil.before(state, findsUpTo(who.role))
      const rows = state.tables
        .entries('cameraUptime', scopeOf(who, CAMERAS, request.query.area))
        .map(([, row]) => row as CameraUptimeRow)
        .filter((row) => !veil?.hides(row.id))
      const at = Date.now()
      if (by === 'department') return { at, days, rows: uptimeByDepartment(rows, at, days) }
      return {
        at,
        days,
        rows: rows.map((row) => ({ id: row.id, ...(row.department && { department: row.department }), ...uptimeOf(row, at, days) })),
      }
    },
  )

  const CoverageOf = {
    seen: Type.Number({
      description: 'Share 0–1 of the area that an online camera sees, by its known direction, field of view and range.',
    }),
    perhaps: Type.Number({ description: 'Share that only cameras may see of which one of these is not known (taken as full circles).' }),
    blind: Type.Number({ description: 'Share that no online camera sees (闭眼).' }),
    cameras: Type.Integer({ description: 'Online cameras that reach into the area.' }),
  }
  app.get<{ Querystring: { area?: string } }>(
    '/api/cameras/coverage',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Which share of each grid some online camera can see now, over flat land',
        querystring: Exact({ area: Type.Optional(AreaCode) }),
        response: {
          200: Type.Object({
            at: Type.Integer({ description: 'Epoch milliseconds as of which the states of the cameras are.' }),
            rows: Type.Array(Type.Object({ grid: Type.String(), ...CoverageOf })),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      return coverage.of(scopeOf(who, CAMERAS, request.query.area), findsUpTo(who.role))
    },
  )
}
