/** Playing a camera: a signed address for this viewer alone, and the HLS files behind it. */
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import { within } from '@orchid/shared/kernel/geo'
import { Exact, Line, Type } from '@orchid/shared/kernel/schema'
import type { FastifyInstance } from 'fastify'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
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

const CameraId = Type.String({ pattern: '^[A-Za-z0-9._-]{1,40}$' })

export function cameras(
  app: FastifyInstance,
  { auth, state, video }: { auth: Authenticator; state: LiveState; video: CameraPlayer },
): void {
  app.post<{ Params: { id: string }; Body: { viewId?: string; quality?: 'main' | 'sub' } | undefined }>(
    '/api/cameras/:id/play',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Open a camera and get an address that plays it for 5 minutes; renew with the same viewId',
        params: Type.Object({ id: CameraId }),
        body: Exact({
          purpose: Type.Optional(Line(80)),
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
      const camera = state.tables.get<CameraRow>('cameras', request.params.id)
      if (!camera || !within(who.area, camera.grid)) throw new HttpProblem(404, 'unknown-camera', 'There is no such camera in your area.')
      const { viewId, quality } = request.body ?? {}
      return video.play(camera.id, auth.viewer(request), { ...(viewId && { viewId }), ...(quality && { quality }) })
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
