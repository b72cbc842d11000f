/** Alive, able to serve, and what to measure. */
import type { FastifyInstance } from 'fastify'
import type { Journal } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Authenticator } from './authenticate.ts'
import { HttpProblem, requireTables } from './problem.ts'

export function health(
  app: FastifyInstance,
  {
    auth,
    state,
    journal,
    metrics,
  }: { auth: Authenticator; state: LiveState; journal: Journal; metrics: () => Promise<{ type: string; text: string }> },
): void {
  app.get('/healthz', { schema: { tags: ['operation'], summary: 'The process is alive' } }, async () => ({ status: 'alive' }))

  app.get(
    '/readyz',
    { schema: { tags: ['operation'], summary: 'The journal is reachable and the tables have caught up' } },
    async (_request, reply) => {
      requireTables(state)
      const head = await journal.head()
      if (state.behindSince !== undefined || state.cursor < head.seq - 5_000)
        throw new HttpProblem(503, 'behind', 'The tables are behind the journal.', { retryAfter: 1 })
      return reply.send({ status: 'ready', cursor: state.cursor, head: head.seq })
    },
  )

  app.get(
    '/metrics',
    { schema: { tags: ['operation'], summary: 'Prometheus metrics, from loopback or with a token' } },
    async (request, reply) => {
      if (!auth.fromHere(request)) await auth.require(request, 'read')
      const { type, text } = await metrics()
      return reply.type(type).send(text)
    },
  )
}
