/** `POST /api/patrol/events`: one entry, an array or NDJSON; each is judged by itself and the good are stored beside the bad. */
import { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import type { Refusal } from '@orchid/shared/kernel/command'
import type { ItemResult } from '@orchid/shared/protocol/api'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Dispatcher, Outcome } from '../../commands/dispatch.ts'
import type { Authenticator } from './authenticate.ts'
import { MOST_ITEMS, NdjsonLines } from './bodies.ts'
import type { SenderLimit } from './limit.ts'
import { findings, HttpProblem, problem, sendProblem } from './problem.ts'
import { Results } from './schemas.ts'
import { ajv } from './validation.ts'

const MOST_BYTES = 4 * 1024 * 1024
const isPatrolEvent = ajv.compile<PatrolEvent>(PatrolEvent)

/** Told after each request: how many entries of a sender were stored, known already, and refused with which code last. */
export type IntakeMeter = (
  sender: string,
  counts: { stored: number; duplicate: number; refused: number; lastCode: string | undefined },
) => void

/** HTTP status of an entry's refusal. */
const STATUS: Readonly<Record<Refusal['because'] | 'schema', number>> = { schema: 400, area: 403, state: 409, meaning: 422 }

interface Judged {
  readonly result: ItemResult
  readonly status: number
}

const refused = (index: number, id: string | undefined, status: number, code: string, path: string, message: string): Judged => ({
  status,
  result: { index, ...(id !== undefined && { id }), status: 'refused', error: { code, path, message } },
})

const idOf = (item: unknown): string | undefined => {
  const id = typeof item === 'object' && item !== null ? (item as { id?: unknown }).id : undefined
  return typeof id === 'string' ? id.slice(0, 64) : undefined
}

export function intake(
  app: FastifyInstance,
  { auth, dispatcher, limit, meter }: { auth: Authenticator; dispatcher: Dispatcher; limit: SenderLimit; meter: IntakeMeter },
): void {
  app.post(
    '/api/patrol/events',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        tags: ['intake'],
        summary: 'Report entries of the patrol log',
        description:
          'One entry, an array of up to 1,000, or NDJSON. Durable before the answer. On 503 or a time-out it is unknown whether it was stored: repeat with the same ids.',
        body: {
          content: {
            'application/json': { schema: Type.Union([PatrolEvent, Type.Array(PatrolEvent, { maxItems: MOST_ITEMS })]) },
            'application/x-ndjson': { schema: Type.String() },
          },
        },
        response: { 200: Results, 201: Results, 207: Results },
      },
      // Strangers are told so before a large body of theirs is read.
      onRequest: async (request) => void (await auth.require(request, 'report')),
      // Each entry is validated by itself below, with a result of its own.
      validatorCompiler: () => () => true,
      // The rows of an answer are our own: written as they are.
      serializerCompiler: () => (data) => JSON.stringify(data),
    },
    async (request, reply) => {
      const who = await auth.require(request, 'report')
      const items = itemsOf(request.body)
      if (items.length > MOST_ITEMS) throw new HttpProblem(413, 'too-many', `At most ${MOST_ITEMS} entries fit into one request.`)
      const wait = limit.take(who.name, items.length)
      if (wait > 0) throw new HttpProblem(429, 'too-fast', 'This sender has used up its entries or requests for now.', { retryAfter: wait })

      const judged: (Judged | undefined)[] = new Array(items.length)
      const good: PatrolEvent[] = []
      const places: number[] = []
      for (const [index, item] of items.entries()) {
        if (item === undefined) judged[index] = refused(index, undefined, STATUS.schema, 'not-json', '', 'the line is not JSON')
        else if (isPatrolEvent(item)) {
          good.push(item)
          places.push(index)
        } else {
          const [{ path, message }] = findings(isPatrolEvent.errors as never) as [{ path: string; message: string }]
          judged[index] = refused(index, idOf(item), STATUS.schema, 'invalid', path, message)
        }
      }
      const outcomes = good.length ? await dispatcher.report(good, who) : []
      for (const [n, outcome] of outcomes.entries())
        judged[places[n] as number] = judge(places[n] as number, (good[n] as PatrolEvent).id, outcome)
      return answer(reply, judged as Judged[], (counts) => meter(who.name, counts))
    },
  )
}

function itemsOf(body: unknown): unknown[] {
  if (body instanceof NdjsonLines) return body.lines.map((line) => ('value' in line ? line.value : undefined))
  if (Array.isArray(body)) {
    if (body.length === 0) throw new HttpProblem(400, 'empty-body', 'The array is empty.')
    return body
  }
  if (typeof body !== 'object' || body === null)
    throw new HttpProblem(400, 'invalid', 'The body must be an entry, an array of entries, or NDJSON.', {
      errors: [{ path: '', message: 'body must be an object or an array' }],
    })
  return [body]
}

function judge(index: number, id: string, outcome: Outcome): Judged {
  if (outcome.status === 'refused') {
    const { refused: code, because, path = '', message } = outcome.refusal
    return refused(index, id, STATUS[because], code, path, message)
  }
  return { status: outcome.status === 'stored' ? 201 : 200, result: { index, id, status: outcome.status, seq: outcome.seq } }
}

function answer(reply: FastifyReply, judged: readonly Judged[], meter: (counts: Parameters<IntakeMeter>[1]) => void): FastifyReply {
  const results = judged.map((j) => j.result)
  const counts = { stored: 0, duplicate: 0, refused: 0 }
  for (const { status } of results) counts[status]++
  meter({ ...counts, lastCode: results.findLast((r) => r.error)?.error?.code })
  if (counts.refused === results.length) {
    const statuses = new Set(judged.map((j) => j.status))
    const status = statuses.size === 1 ? (judged[0] as Judged).status : 422
    const { error } = results[0] as ItemResult
    const errors = results.slice(0, 100).map((r) => ({
      path: results.length > 1 ? `/${r.index}${r.error?.path ?? ''}` : (r.error?.path ?? ''),
      message: r.error?.message ?? '',
    }))
    return sendProblem(reply, {
      ...problem(
        status,
        error?.code ?? 'refused',
        results.length > 1 ? 'No entry was stored.' : `The entry was not stored: ${error?.message}.`,
        errors,
      ),
      results,
    })
  }
  return reply.code(counts.stored === results.length ? 201 : counts.duplicate === results.length ? 200 : 207).send({ results })
}
