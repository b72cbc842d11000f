/** Limit of single POSTs: Fastify with nothing but the schema of an entry, answering at once. Nothing is stored. */
import { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import Fastify from 'fastify'
import { onJob } from './processes.ts'

const RESULTS = {
  type: 'object',
  properties: {
    results: {
      type: 'array',
      items: {
        type: 'object',
        properties: { index: { type: 'integer' }, id: { type: 'string' }, status: { type: 'string' }, seq: { type: 'integer' } },
      },
    },
  },
}

onJob(async () => {
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false, formats: { rfc3339: true } } } })
  let seq = 0
  app.post('/api/patrol/events', { schema: { body: PatrolEvent, response: { 201: RESULTS } } }, (request, reply) => {
    reply.code(201).send({ results: [{ index: 0, id: (request.body as PatrolEvent).id, status: 'stored', seq: ++seq }] })
  })
  return { base: await app.listen({ host: '127.0.0.1', port: 0 }) }
})
