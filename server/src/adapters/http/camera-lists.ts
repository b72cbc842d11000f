/** `POST /api/cameras/import`, `POST /api/cameras/pull` and `GET /api/cameras/export`: the camera registry as lists, in the caller's area. */
import { PassThrough, Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import multipart from '@fastify/multipart'
import type { Identity } from '@orchid/shared/domain/access/roles'
import { CAMERA_BACKENDS, type CameraBackend, SITE_KINDS, type SiteKind } from '@orchid/shared/domain/cameras/events'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import { COLUMNS, titlesIn, writeCells } from '@orchid/shared/domain/cameras/sheet'
import type { Crs } from '@orchid/shared/kernel/geo'
import { Exact, Line } from '@orchid/shared/kernel/schema'
import type { CameraImportAnswer } from '@orchid/shared/protocol/api'
import { stringify } from 'csv-stringify/sync'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { findable } from './camera-access.ts'
import { problem, requireTables, sendProblem } from './problem.ts'
import { AreaCode, CameraImported, CrsName } from './schemas.ts'
import { scopeOf } from './tables.ts'
import { checkOf } from './validation.ts'

/** A "no" to the import as a whole, with what was found in its rows. */
interface Refused {
  readonly status: 400 | 413 | 422 | 429
  readonly code: string
  readonly message: string
  readonly tally?: Pick<CameraImportAnswer, 'created' | 'updated' | 'unchanged' | 'refused' | 'refusedCount'>
}
type Outcome = CameraImportAnswer | Refused
const isRefused = (outcome: unknown): outcome is Refused => typeof outcome === 'object' && outcome !== null && 'status' in outcome

interface ImportOptions {
  readonly who: Identity
  readonly defaults: { readonly crs?: Crs; readonly siteKind?: SiteKind; readonly backend?: CameraBackend }
  readonly whole: boolean
  readonly preview: boolean
  readonly reason?: string
  readonly encoding?: string
  readonly progress?: (step: 'check' | 'store', rows: number) => void
}
interface Pull {
  readonly server: 'wvp' | 'mediamtx' | 'zlmediakit'
  readonly address: string
  readonly playAddress?: string
  readonly credential?: string
}

/** What the intake room gives; named here because adapters do not import each other. */
export interface CameraLists {
  import<T>(
    parts: AsyncIterable<{ charset?: string; body: AsyncIterable<Buffer | string> }>,
    then: (run: (options: ImportOptions) => Promise<Outcome>) => Promise<T>,
  ): Promise<T | Refused>
  pull(pull: Pull, options: ImportOptions): Promise<Outcome>
}

/** The format is told by the bytes; these are the types a list may come under. */
const TYPES = [
  'text/csv',
  'application/csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/geo+json',
  'application/json',
  'application/xml',
  'text/xml',
  'application/manscdp+xml',
  'application/octet-stream',
]
/** Milliseconds between two lines of progress. */
const PROGRESS = 250

interface Query {
  readonly mode?: 'good-rows' | 'all-or-nothing'
  readonly preview?: '0' | '1'
  readonly crs?: Crs
  readonly siteKind?: SiteKind
  readonly backend?: CameraBackend
  readonly encoding?: string
  readonly reason?: string
}

export async function cameraLists(
  app: FastifyInstance,
  { auth, state, lists }: { auth: Authenticator; state: LiveState; lists: CameraLists },
): Promise<void> {
  // Bodies of other routes are JSON: what is taken here is taken here only.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(TYPES, (_request, payload, done) => done(null, payload))
    await scope.register(multipart, { limits: { files: 101, parts: 101, fields: 0, headerPairs: 20, fileSize: Number.POSITIVE_INFINITY } })
    importRoute(scope, { auth, state, lists })
  })
  pullRoute(app, { auth, state, lists })
  exportRoute(app, { auth, state })
}

function importRoute(app: FastifyInstance, { auth, state, lists }: { auth: Authenticator; state: LiveState; lists: CameraLists }): void {
  const file = { schema: { type: 'string', format: 'binary' } } as const
  app.post<{ Querystring: Query }>(
    '/api/cameras/import',
    {
      schema: {
        tags: ['cameras'],
        summary: 'Register and edit cameras by a list (导入摄像头)',
        description:
          'CSV (UTF-8, GB18030), XLSX, GeoJSON points or GB/T 28181 catalog XML (one or many messages), as the body or as files of multipart/form-data; up to 128 MiB and 200,000 rows. The format is told by the bytes. Columns: id gbCode name lng lat crs bearing fov range siteKind grid department people backend codec subStream source classification dvrMinutes, or their Chinese titles. A known camera (by id, else by gbCode) is edited; blank leaves a field as it is; the same list twice changes nothing. With `Accept: application/x-ndjson` lines of progress come first, the answer last. On 503 or a time-out send the same list again.',
        querystring: Type.Object(
          {
            mode: Type.Optional(
              Type.Enum(['good-rows', 'all-or-nothing'], { description: 'Store the good rows (default), or nothing unless all are good.' }),
            ),
            preview: Type.Optional(Type.Enum(['0', '1'], { description: '1: tell what would happen, store nothing.' })),
            crs: Type.Optional(CrsName),
            siteKind: Type.Optional(Type.Enum([...SITE_KINDS], { description: 'Of new cameras whose row names none.' })),
            backend: Type.Optional(
              Type.Enum([...CAMERA_BACKENDS], { description: 'Of new cameras whose row names none; default gateway.' }),
            ),
            encoding: Type.Optional(
              Type.String({ pattern: '^[A-Za-z0-9-]{1,20}$', description: 'UTF-8, GB18030, GBK, GB2312 or UTF-16LE.' }),
            ),
            reason: Type.Optional(Line(200, 2)),
          },
          { additionalProperties: false },
        ),
        body: { content: Object.fromEntries([...TYPES, 'multipart/form-data'].map((type) => [type, file])) },
        response: { 200: CameraImported },
      },
      compress: false,
      // Strangers are told so before a large body of theirs is read.
      onRequest: async (request) => {
        await auth.require(request, 'camera.register')
        requireTables(state)
      },
      // The body is read as it comes, row by row.
      validatorCompiler: ({ schema, httpPart }) => (httpPart === 'body' ? () => true : checkOf(schema as object)),
    },
    async (request, reply) => {
      const who = await auth.require(request, 'camera.register')
      const { mode, preview, encoding, reason, ...defaults } = request.query
      const options = {
        ...{ who, defaults, whole: mode === 'all-or-nothing', preview: preview === '1' },
        ...(encoding !== undefined && { encoding }),
        ...(reason !== undefined && { reason }),
      }
      const told = /\bapplication\/x-ndjson\b/.test(request.headers.accept ?? '')
      const outcome = await lists.import<Outcome | undefined>(parts(request), (run) =>
        told ? inSteps(reply, (progress) => run({ ...options, progress })) : run(options),
      )
      // Told line by line already.
      if (outcome === undefined) return reply
      if (isRefused(outcome)) return refuse(reply, outcome)
      return outcome
    },
  )
}

const refuse = (reply: FastifyReply, { status, code, message, tally }: Refused): FastifyReply =>
  sendProblem(reply, { ...problem(status, code, message), ...tally }, status === 429 ? 5 : undefined)

/** The body, or the files of a form one after another. */
async function* parts(request: FastifyRequest): AsyncGenerator<{ charset?: string; body: AsyncIterable<Buffer | string> }> {
  // Ended half-way, a body must not take the connection with it: the refusal has yet to go out on it.
  const whole = (stream: Readable) => stream.iterator({ destroyOnReturn: false })
  if (!request.isMultipart()) {
    const charset = charsetOf(request.headers['content-type'])
    yield { ...(charset && { charset }), body: whole(request.body as Readable) }
    return
  }
  for await (const part of request.files()) {
    const charset = charsetOf(part.mimetype)
    yield { ...(charset && { charset }), body: whole(part.file) }
  }
}

const charsetOf = (type: string | undefined): string | undefined => /;\s*charset=["']?([\w-]{1,20})/i.exec(type ?? '')?.[1]

/** Lines of NDJSON while it goes on; the last one is the answer (`done`), or a problem (`failed`). */
async function inSteps(
  reply: FastifyReply,
  run: (progress: (step: 'check' | 'store', rows: number) => void) => Promise<Outcome>,
): Promise<undefined> {
  const lines = new PassThrough()
  const line = (value: object): void => void lines.write(`${JSON.stringify(value)}\n`)
  reply.type('application/x-ndjson; charset=utf-8').send(lines)
  let last = 0
  try {
    const outcome = await run((step, rows) => {
      if (performance.now() - last < PROGRESS) return
      last = performance.now()
      line({ step, rows })
    })
    if (isRefused(outcome)) {
      const { status, code, message, tally } = outcome
      line({ step: 'failed', ...problem(status, code, message), ...tally })
    } else line({ step: 'done', ...outcome })
  } catch (error) {
    const unknown = error instanceof Error && error.name === 'JournalUnavailable'
    if (!unknown) reply.log.error({ err: error }, 'an import broke')
    line({
      step: 'failed',
      ...(unknown
        ? problem(
            503,
            'journal-unavailable',
            'The journal does not answer safely at present. Send the same list again: what was stored is found unchanged.',
          )
        : problem(500, 'internal', 'An error on our side. It was written into the log.')),
    })
  } finally {
    lines.end()
  }
  return undefined
}

const ServerAddress = Type.String({ maxLength: 200, pattern: '^https?://[^/?#@\\s\\\\]+(/[A-Za-z0-9._~/-]*)?$' })

function pullRoute(app: FastifyInstance, { auth, state, lists }: { auth: Authenticator; state: LiveState; lists: CameraLists }): void {
  app.post<{ Body: Pull & { crs?: Crs; siteKind?: SiteKind; mode?: Query['mode']; preview?: boolean; reason?: string } }>(
    '/api/cameras/pull',
    {
      schema: {
        tags: ['cameras'],
        summary: "Register and edit cameras by a media server's list (从流媒体平台取目录)",
        description:
          'WVP-GB28181-pro gives codes, names and places; MediaMTX and ZLMediaKit give streams, which belong to the cameras registered under their name as id or code. The address must lie in CAMERA_NETWORKS; the credential is used for this list and kept nowhere.',
        body: Exact({
          server: Type.Enum(['wvp', 'mediamtx', 'zlmediakit']),
          address: ServerAddress,
          playAddress: Type.Optional(ServerAddress),
          credential: Type.Optional(
            Type.String({
              minLength: 1,
              maxLength: 2_000,
              pattern: '^[!-~]+$',
              description: 'WVP: access token or API key; MediaMTX: user:password; ZLMediaKit: secret.',
            }),
          ),
          crs: Type.Optional(CrsName),
          siteKind: Type.Optional(Type.Enum([...SITE_KINDS])),
          mode: Type.Optional(Type.Enum(['good-rows', 'all-or-nothing'])),
          preview: Type.Optional(Type.Boolean()),
          reason: Type.Optional(Line(200, 2)),
        }),
        response: { 200: CameraImported },
      },
      preValidation: async (request) => void (await auth.require(request, 'camera.register')),
    },
    async (request, reply) => {
      const who = await auth.require(request, 'camera.register')
      requireTables(state)
      const { crs, siteKind, mode, preview = false, reason, ...pull } = request.body
      const outcome = await lists.pull(pull, {
        ...{ who, defaults: { ...(crs && { crs }), ...(siteKind && { siteKind }) }, whole: mode === 'all-or-nothing', preview },
        ...(reason !== undefined && { reason }),
      })
      return isRefused(outcome) ? refuse(reply, outcome) : outcome
    },
  )
}

/** Rows written between two turns of others. */
const PIECE = 500

function exportRoute(app: FastifyInstance, { auth, state }: { auth: Authenticator; state: LiveState }): void {
  app.get<{ Querystring: { format?: 'csv' | 'geojson'; language?: 'zh' | 'en'; area?: string } }>(
    '/api/cameras/export',
    {
      schema: {
        tags: ['cameras'],
        summary: 'The camera registry of the own area as a list (导出摄像头)',
        description:
          'The columns of the import, WGS 84; addresses are sealed and stay blank, so that the list may be imported again as it is. Cells of a CSV that a spreadsheet would compute begin with an apostrophe, which the import takes off.',
        querystring: Type.Object(
          {
            format: Type.Optional(
              Type.Enum(['csv', 'geojson'], { description: 'Default csv: UTF-8 with a mark by which spreadsheets know it.' }),
            ),
            language: Type.Optional(Type.Enum(['zh', 'en'], { description: 'Of the titles; default zh.' })),
            area: Type.Optional(AreaCode),
          },
          { additionalProperties: false },
        ),
        response: { 200: { content: { 'text/csv': { schema: Type.String() }, 'application/geo+json': { schema: Type.Any() } } } },
      },
    },
    async (request, reply) => {
      const who = await auth.require(request, 'read')
      requireTables(state)
      const { format = 'csv', language = 'zh', area } = request.query
      const rows = state.tables
        .entries('cameras', scopeOf(who, state.tables.projection('cameras'), area))
        .map(([, row]) => row as CameraRow)
        .filter((row) => findable(who, row))
      const pieces = format === 'csv' ? csvPieces(rows, language) : geoJsonPieces(rows)
      return reply
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/geo+json; charset=utf-8')
        .header('content-disposition', `attachment; filename="cameras.${format}"`)
        .header('cache-control', 'private, no-store')
        .send(Readable.from(pieces))
    },
  )
}

async function* csvPieces(rows: readonly CameraRow[], language: 'zh' | 'en'): AsyncGenerator<string> {
  const options = { escape_formulas: true, record_delimiter: 'windows' } as const
  yield `\ufeff${stringify([titlesIn(language)], options)}`
  for (let i = 0; i < rows.length; i += PIECE) {
    yield stringify(rows.slice(i, i + PIECE).map(writeCells), options)
    await nextTurn()
  }
}

async function* geoJsonPieces(rows: readonly CameraRow[]): AsyncGenerator<string> {
  yield '{"type":"FeatureCollection","features":['
  for (let i = 0; i < rows.length; i += PIECE) {
    const features = rows.slice(i, i + PIECE).map((row) => JSON.stringify(featureOf(row)))
    yield `${i > 0 ? ',' : ''}\n${features.join(',\n')}`
    await nextTurn()
  }
  yield '\n]}\n'
}

function featureOf(row: CameraRow): object {
  const texts = writeCells(row)
  const properties = COLUMNS.flatMap((column, i) => (texts[i] && column !== 'lng' && column !== 'lat' ? [[column, texts[i]]] : []))
  return { type: 'Feature', id: row.id, geometry: { type: 'Point', coordinates: row.position }, properties: Object.fromEntries(properties) }
}
