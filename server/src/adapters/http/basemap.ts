/** `GET /api/base`: the pictures under the map, for whoever may read; a tile that cannot be had is an empty answer, not an error on the wall. */
import { createHash } from 'node:crypto'
import type { BaseAnswer, BaseMap } from '@orchid/shared/protocol/api'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Authenticator } from './authenticate.ts'

/** What the base map gives; named here because adapters do not import each other. */
export interface TileGiver {
  readonly info: BaseMap
  tile(z: number, x: number, y: number): Promise<{ readonly type: string; readonly bytes: Uint8Array } | 'absent' | 'away'>
}

/** Seconds. */
const A_DAY = 86_400
const ABSENT = 600
const COME_AGAIN = 60

const Place = Type.String({ pattern: '^\\d{1,8}$' })

export function basemap(app: FastifyInstance, { auth, base }: { auth: Authenticator; base: TileGiver | undefined }): void {
  app.get(
    '/api/base',
    {
      schema: {
        tags: ['map'],
        summary: 'Which base map is configured; without one the map is our own drawing',
        response: {
          200: Type.Object({
            base: Type.Optional(
              Type.Object({
                version: Type.String({ description: 'Ask for tiles with ?v=<version>.' }),
                kind: Type.Enum(['folder', 'pmtiles', 'tianditu']),
                crs: Type.Enum(['WGS84', 'GCJ02', 'BD09', 'BD09MC', 'CGCS2000'], { description: 'System in which the tiles lie.' }),
                minZoom: Type.Integer(),
                maxZoom: Type.Integer(),
                look: Type.Enum(['light', 'dark']),
                attribution: Type.Optional(Type.String()),
              }),
            ),
          }),
        },
      },
    },
    async (request, reply): Promise<BaseAnswer> => {
      await auth.require(request, 'read')
      reply.header('cache-control', 'private, no-cache')
      return { ...(base && { base: base.info }) }
    },
  )

  app.get<{ Params: { z: string; x: string; y: string }; Querystring: { v?: string } }>(
    '/api/base/:z/:x/:y',
    {
      schema: {
        tags: ['map'],
        summary: 'A tile of the base map (PNG, JPEG or WebP); 204 where there is none, with Retry-After when there is none now',
        querystring: Type.Object({ v: Type.Optional(Type.String({ maxLength: 40 })) }, { additionalProperties: false }),
        params: Type.Object({ z: Type.String({ pattern: '^\\d{1,2}$' }), x: Place, y: Place }),
      },
      compress: false,
    },
    async (request, reply) => {
      await auth.require(request, 'read')
      const [z, x, y] = [Number(request.params.z), Number(request.params.x), Number(request.params.y)]
      // A page that was opened under other settings would lay the tile in the wrong place.
      if (base && request.query.v !== undefined && request.query.v !== base.info.version)
        return reply.code(204).header('cache-control', 'no-store').send()
      const tile = base && inside(base.info, z, x, y) ? await base.tile(z, x, y) : 'absent'
      if (tile === 'away') return reply.code(204).header('cache-control', 'no-store').header('retry-after', String(COME_AGAIN)).send()
      if (tile === 'absent') return reply.code(204).header('cache-control', `private, max-age=${ABSENT}`).send()
      const etag = `"${createHash('sha256').update(tile.bytes).digest('base64url').slice(0, 22)}"`
      reply.header('cache-control', `private, max-age=${A_DAY}`).header('etag', etag)
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(tile.type).send(tile.bytes)
    },
  )
}

const inside = ({ minZoom, maxZoom, crs }: BaseMap, z: number, x: number, y: number): boolean =>
  z >= minZoom && z <= maxZoom && (crs === 'BD09MC' || (x < 2 ** z && y < 2 ** z))
