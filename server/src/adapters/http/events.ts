/** `GET /api/events`: the journal in the caller's scope, for timelines and audit. */

import { findsUpTo, type Identity, may } from '@orchid/shared/domain/access/roles'
import type { CamerasUnwatched } from '@orchid/shared/domain/cameras/events'
import type { FavouritesSaved } from '@orchid/shared/domain/cameras/favourites'
import type { CameraSetRemoved, CameraSetSaved } from '@orchid/shared/domain/cameras/set-events'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { within } from '@orchid/shared/kernel/geo'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Journal } from '../../journal/journal.ts'
import { CameraVeil } from '../../projections/camera-veil.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { requireTables } from './problem.ts'
import { Digits } from './schemas.ts'

/** Who looked at what, and why: not for everybody who may read the rest. */
const AUDIT: ReadonlySet<string> = new Set(['private.read', 'camera.view-began', 'camera.viewed', 'camera.view-reviewed'])
const DEFAULT_LIMIT = 100
const MOST = 1_000
const CHUNK = 2_000
/** Entries looked through in one request at the most; a search that is not at its end gives `next`. */
const LOOKED_THROUGH = 20_000

/** Id of the camera an event is about. */
const CAMERA_OF = /^camera(?:-state)?:(.+)$/

/** The event without cameras that the caller may not find; undefined where it is about one. */
function unveiled(event: JournalEvent, veil: CameraVeil | undefined): JournalEvent | undefined {
  if (!veil || !/^(camera|favourites)/.test(event.type)) return event
  const camera = CAMERA_OF.exec(event.subject)?.[1]
  if (camera !== undefined) return veil.hides(camera) ? undefined : event
  if (event.type === 'camera-set.saved' || event.type === 'favourites.saved') {
    const data = veil.shownSet((event as CameraSetSaved | FavouritesSaved).data)
    return data && { ...event, data }
  }
  if (event.type === 'camera-set.removed') {
    const { data } = event as CameraSetRemoved
    const { cameras } = data
    // Where nobody knows any more what it held, it may have been what the caller may not know.
    const shown = cameras && veil.shownSet({ ...data, cameras })
    return shown && { ...event, data: shown }
  }
  if (event.type !== 'cameras.unwatched') return event
  const { data } = event as CamerasUnwatched
  const ids = data.ids.filter((id) => !veil.hides(id))
  return ids.length ? { ...event, data: { ...data, ids } } : undefined
}

/** What belongs to one account is told to nobody else. */
function isOthers({ data }: JournalEvent, { name }: Identity): boolean {
  const { owner = name } = data as { owner?: unknown }
  return owner !== name
}

export function events(app: FastifyInstance, { auth, journal, state }: { auth: Authenticator; journal: Journal; state: LiveState }): void {
  app.get<{ Querystring: { subject?: string; from?: string; to?: string; limit?: string } }>(
    '/api/events',
    {
      schema: {
        tags: ['journal'],
        summary: 'Events of the journal in the own scope, oldest first',
        querystring: Type.Object(
          {
            subject: Type.Optional(Type.String({ maxLength: 200, description: 'For example incident:<id>.' })),
            from: Type.Optional(Digits('First seq, default 1.')),
            to: Type.Optional(Digits('Last seq, default the newest.')),
            limit: Type.Optional(Type.String({ pattern: '^([1-9]\\d{0,2}|1000)$' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ events: Type.Array(Type.Any()), next: Type.Optional(Type.Integer()) }) },
      },
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request) => {
      const who = await auth.require(request, 'read')
      const { subject, from, to, limit } = request.query
      const wanted = Math.min(MOST, Number(limit ?? DEFAULT_LIMIT))
      const last = to === undefined ? Number.POSITIVE_INFINITY : Number(to)
      // Before the tables are there nobody knows what is kept from whom.
      requireTables(state)
      const veil = CameraVeil.before(state, findsUpTo(who.role))
      const audits = may(who.role, 'audit')
      const found: JournalEvent[] = []
      let cursor = Math.max(0, Number(from ?? 1) - 1)
      for (let looked = 0; looked < LOOKED_THROUGH; ) {
        const batch = await journal.read(cursor, CHUNK)
        for (const { event } of batch) {
          if (event.seq > last) return { events: found }
          cursor = event.seq
          const shown = within(who.area, event.area) && (audits || !AUDIT.has(event.type)) && !isOthers(event, who)
          const seen = shown && (subject === undefined || event.subject === subject) ? unveiled(event, veil) : undefined
          if (seen) found.push(seen)
          if (found.length === wanted) return { events: found, next: cursor + 1 }
        }
        looked += batch.length
        if (batch.length < CHUNK) return { events: found }
      }
      return { events: found, next: cursor + 1 }
    },
  )
}
