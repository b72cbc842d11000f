/** `GET /api/tables/<table>`: rows in the caller's scope, by pages or whole. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { findsUpTo, type Identity, may, type Right } from '@orchid/shared/domain/access/roles'
import type { Classification } from '@orchid/shared/domain/cameras/events'
import { within } from '@orchid/shared/kernel/geo'
import { inPagingOrder, type Key, type Row } from '@orchid/shared/kernel/projection'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { CameraVeil, isVeiled, veiledAt } from '../../projections/camera-veil.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { HttpProblem, requireTables } from './problem.ts'
import { AreaCode, Page } from './schemas.ts'

const DEFAULT_LIMIT = 500
const MOST = 1_000
const WHOLE_KEPT = 64
const compress = promisify(gzip)

/** How far the caller sees: an area, and cameras up to a classification. */
interface View {
  readonly scope: string
  readonly reach: Classification
}

/** The area a request is about, or of own rows the account. Throws HttpProblem when it reaches beyond the caller's, or the table is only for the whole city. */
export function scopeOf(who: Identity, table: { scope: string; name: string; right?: string }, area: string | undefined): string {
  if (table.right !== undefined && !may(who.role, table.right as Right))
    throw new HttpProblem(403, 'forbidden', `The role ${who.role} may not read the table ${table.name}.`)
  if (area !== undefined && !within(who.area, area))
    throw new HttpProblem(403, 'area-forbidden', 'The area lies outside your own.', {
      errors: [{ path: '/area', message: 'area lies outside your own' }],
    })
  if (table.scope === 'city' && who.area.length > 6)
    throw new HttpProblem(403, 'city-only', `The table ${table.name} is only for the whole city.`)
  return table.scope === 'own' ? who.name : (area ?? who.area)
}

export function tables(app: FastifyInstance, { auth, state }: { auth: Authenticator; state: LiveState }): void {
  const wholes = new Map<string, { etag: string; plain: string; zipped: Promise<Buffer> }>()

  app.get<{ Params: { table: string }; Querystring: { area?: string; limit?: string; after?: Key; all?: '1' } }>(
    '/api/tables/:table',
    {
      schema: {
        tags: ['tables'],
        summary: 'Rows of a table in the own scope',
        params: Type.Object({ table: Type.String() }),
        querystring: Type.Object(
          {
            area: Type.Optional(AreaCode),
            limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$', description: '1 to 1000 rows, default 500.' })),
            after: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before.' })),
            all: Type.Optional(Type.Enum(['1'], { description: 'The whole table, compressed, with an ETag.' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Page },
      },
      serializerCompiler: () => (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
    },
    async (request, reply) => {
      const who = await auth.require(request, 'read')
      const { table } = request.params
      if (!state.tables.has(table)) throw new HttpProblem(404, 'unknown-table', 'There is no such table.')
      requireTables(state)
      const { area, limit, after, all } = request.query
      const scope = scopeOf(who, state.tables.projection(table), area)
      // Until a camera is classified, and in tables that know none, all clearances share one answer.
      const classified = isVeiled(table) ? veiledAt(state) : 0
      const reach = classified > 0 ? findsUpTo(who.role) : 'restricted'
      const etag = `W/"${state.epoch}.${Math.max(classified, state.tables.touchedSeq(table))}.${encodeURIComponent(scope)}.${reach}"`
      reply
        .header('orchid-epoch', state.epoch)
        .header('orchid-cursor', String(state.cursor))
        .header('cache-control', 'private, no-cache')
        .header('vary', 'accept-encoding, authorization, cookie')
      if (all) return sendWhole(request, reply, table, { scope, reach }, etag)
      return page(table, { scope, reach }, limit === undefined ? DEFAULT_LIMIT : Math.min(MOST, Number(limit)), after)
    },
  )

  function page(table: string, { scope, reach }: View, limit: number, after: Key | undefined) {
    const veil = CameraVeil.before(state, reach)
    const all = state.tables.keys(table, scope)
    const keys = veil ? all.filter((key) => veil.shown(table, key, state.tables.get<Row>(table, key) as Row)) : all
    const start = after === undefined ? 0 : keys.findIndex((key) => inPagingOrder(key, after) > 0)
    const cut = start < 0 ? [] : keys.slice(start, start + limit)
    const last = cut.at(-1)
    const rows = cut.map((key) => {
      const row = state.tables.get<Row>(table, key) as Row
      return [key, veil ? veil.shown(table, key, row) : row]
    })
    return { rows, total: keys.length, ...(last !== undefined && start + limit < keys.length && { next: last }) }
  }

  /** Walls fetch the same tables after a cut: one text and one compression serve them all while the table rests. */
  async function sendWhole(
    request: FastifyRequest,
    reply: FastifyReply,
    table: string,
    { scope, reach }: View,
    etag: string,
  ): Promise<FastifyReply> {
    reply.header('etag', etag)
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    const id = `${table} ${scope} ${reach}`
    let whole = wholes.get(id)
    if (whole?.etag !== etag) {
      const veil = CameraVeil.before(state, reach)
      const entries = state.tables.entries(table, scope)
      const rows = veil ? entries.map(([key, row]) => [key, veil.shown(table, key, row)]).filter(([, row]) => row) : entries
      const plain = JSON.stringify({ rows })
      whole = { etag, plain, zipped: compress(plain, { level: 5 }) }
      if (wholes.size >= WHOLE_KEPT) wholes.delete(wholes.keys().next().value as string)
      wholes.set(id, whole)
    }
    reply.type('application/json; charset=utf-8')
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(whole.plain)
    return reply
      .header('content-encoding', 'gzip')

      .send(await whole.zipped)
  }
}
