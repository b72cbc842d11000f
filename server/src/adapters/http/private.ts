/** `POST /api/private`: sealed fields of one subject, for those who may, with a reason that stays in the journal. */
import { randomUUID } from 'node:crypto'
import { within } from '@orchid/shared/kernel/geo'
import { Exact, Line, Type } from '@orchid/shared/kernel/schema'
import type { FastifyInstance } from 'fastify'
import type { Dispatcher } from '../../commands/dispatch.ts'
import type { Journal } from '../../journal/journal.ts'
import type { Authenticator } from './authenticate.ts'
import { HttpProblem } from './problem.ts'

export function privateFields(
  app: FastifyInstance,
  { auth, journal, dispatcher }: { auth: Authenticator; journal: Journal; dispatcher: Dispatcher },
): void {
  app.post<{ Body: { subject: string; reason: string } }>(
    '/api/private',
    {
      schema: {
        tags: ['journal'],
        summary: 'Read the sealed fields of a patrol entry, audited',
        body: Exact({ subject: Type.String({ pattern: '^patrol:.{1,200}$' }), reason: Line(200, 2) }),
        response: { 200: Type.Object({ subject: Type.String(), fields: Type.Record(Type.String(), Type.Any()) }) },
      },
    },
    async (request) => {
      const who = await auth.require(request, 'private')
      const { subject, reason } = request.body
      const sealed = await journal.openPrivate(subject)
      // Outside the own area it does not exist, so that nobody learns what is there.
      if (!sealed || typeof sealed.area !== 'string' || !within(who.area, sealed.area))
        throw new HttpProblem(404, 'nothing-sealed', 'Nothing is sealed under this subject in your area.')
      const { area, ...fields } = sealed
      await dispatcher.audit('private.read', `private-${randomUUID()}`, who, area as string, { subject, reason })
      return { subject, fields }
    },
  )
}
