/** `GET /api/cameras/near` and `GET /api/cameras/search`: finding cameras in the caller's area. */

import { bestSeeing } from '@orchid/shared/domain/cameras/near'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import { type Crs, toWgs84 } from '@orchid/shared/kernel/geo'
import { Line, Type } from '@orchid/shared/kernel/schema'
import type { FastifyInstance } from 'fastify'
import type { CameraSearch } from '../../projections/camera-search.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { findable } from './camera-access.ts'
import { requireTables } from './problem.ts'
import { AreaCode, CrsName, Digits } from './schemas.ts'
import { scopeOf } from './tables.ts'

const NEAR = 4
const FOUND = 20
const Degrees = Type.String({ pattern: '^-?\\d{1,3}(\\.\\d{1,15})?$', description: 'Degrees.' })

export function cameraFinding(
  app: FastifyInstance,
  { auth, state, search }: { auth: Authenticator; state: LiveState; search: CameraSearch },
): void {
  app.get<{ Querystring: { lng: string; lat: string; crs: Crs; n?: string } }>(
    '/api/cameras/near',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Cameras that can see a spot, the best first (能看到某处的摄像头)',
        description:
          'None that is known to be ill before one that is not; then those that see it for certain, those online, the near ones with the spot in the middle of the picture. `sees: perhaps`: range, bearing or field of view is not known. Walls and slopes are not known.',
        querystring: Type.Object(
          {
            lng: Degrees,
            lat: Degrees,
            crs: CrsName,
            n: Type.Optional(Type.String({ pattern: '^([1-9]|1\\d|20)$', description: '1 to 20, default 4.' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            cameras: Type.Array(
              Type.Object({
                id: Type.String(),
                distance: Type.Number({ description: 'Metres.' }),
                bearing: Type.Number({ description: 'Degrees from north in which the spot lies, seen from the camera.' }),
                fit: Type.Optional(
                  Type.Number({ description: '1 in the middle of its picture, 0 at the edge; absent where that is not known.' }),
                ),
                sees: Type.Enum(['yes', 'perhaps']),
                state: Type.String({ description: '`unchecked`: nobody has looked.' }),
                since: Type.Optional(Type.Integer({ description: 'Epoch milliseconds since which it is in this state.' })),
                camera: Type.Any({ description: 'Row of the table `cameras`.' }),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      const { lng, lat, crs, n } = request.query
      const spot = toWgs84(Number(lng), Number(lat), crs)
      const { tables } = state
      const stateRow = (id: string): CameraStateRow | undefined => tables.get<CameraStateRow>('cameraStates', id)
      const own = tables
        .entries('cameras', who.area)
        .map(([, row]) => row as CameraRow)
        .filter((row) => findable(who, row))
      const best = bestSeeing(own, (id) => stateRow(id)?.state ?? 'unchecked', spot, Number(n ?? NEAR))
      return {
        cameras: best.map(({ camera, state: now, sight }) => {
          const { distance, bearing, fit, sees } = sight
          const since = stateRow(camera.id)?.since
          return {
            ...{ id: camera.id, distance: Math.round(distance), bearing: Math.round(bearing) % 360 },
            ...(fit !== undefined && { fit: Math.round(fit * 100) / 100 }),
            ...{ sees, state: now, ...(since !== undefined && { since }), camera },
          }
        }),
      }
    },
  )

  app.get<{ Querystring: { q: string; area?: string; limit?: string; after?: string } }>(
    '/api/cameras/search',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Cameras by name, reading, code, place, department or people (查找摄像头)',
        description:
          'Words apart by blanks must all fit: parts of the name, first letters or whole readings of it (mjqt, majian), id or GB/T 28181 code or a part, township, village, grid, department, kind of site, role of who answers for it. Words are texts, never patterns.',
        querystring: Type.Object(
          {
            q: Line(80),
            area: Type.Optional(AreaCode),
            limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|100)$', description: '1 to 100, default 20.' })),
            after: Type.Optional(Digits('`next` of the page before.')),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            total: Type.Integer(),
            rows: Type.Array(Type.Any({ description: '[id, row] of the table `cameras`.' })),
            next: Type.Optional(Type.String()),
          }),
        },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      const { q, area, limit, after } = request.query
      const scope = scopeOf(who, state.tables.projection('cameras'), area)
      const skip = Number(after ?? 0)
      const { total, rows } = await search.search(q, { scope, skip, limit: Number(limit ?? FOUND), shows: (row) => findable(who, row) })
      const next = skip + rows.length
      return { total, rows: rows.map((row) => [row.id, row]), ...(rows.length > 0 && next < total && { next: String(next) }) }
    },
  )
}
