/** `POST /api/sources/<name>/beat`: a sender says that it is alive. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Authenticator } from './authenticate.ts'
import type { SenderLimit } from './limit.ts'
import { HttpProblem } from './problem.ts'

/** Takes a beat; false when the name belongs to another sender. */
export type HearBeat = (name: string, sender: string) => Promise<boolean>

export function sources(app: FastifyInstance, { auth, limit, hear }: { auth: Authenticator; limit: SenderLimit; hear: HearBeat }): void {
  app.post<{ Params: { name: string } }>(
    '/api/sources/:name/beat',
    {
      schema: {
        tags: ['intake'],
        summary: 'Say that a source is alive (every 3 s; 8 s without and it is lost)',
        params: Type.Object({ name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' }) }),
      },
    },
    async (request, reply) => {
      const who = await auth.require(request, 'report')
      const wait = limit.take(who.name, 1)
      if (wait > 0) throw new HttpProblem(429, 'too-fast', 'This sender has used up its requests for now.', { retryAfter: wait })
      if (!(await hear(request.params.name, who.name)))
        throw new HttpProblem(403, 'foreign-source', 'This source belongs to another sender.')
      return reply.code(204).send()
    },
  )
}
