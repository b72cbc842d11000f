/** `POST /api/commands/<command>`: made from the registry, one route each. */
import type { Right } from '@orchid/shared/domain/access/roles'
import { COMMANDS } from '@orchid/shared/domain/index'
import type { Command } from '@orchid/shared/kernel/command'
import { SenderId } from '@orchid/shared/kernel/schema'
import { parseRfc3339 } from '@orchid/shared/kernel/time'
import type { CommandAnswer } from '@orchid/shared/protocol/api'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Dispatcher } from '../../commands/dispatch.ts'
import type { Authenticator } from './authenticate.ts'
import type { SenderLimit } from './limit.ts'
import { HttpProblem } from './problem.ts'
import { Answered } from './schemas.ts'

const STATUS = { area: 403, state: 409, meaning: 422 } as const

export function commands(
  app: FastifyInstance,
  { auth, dispatcher, limit }: { auth: Authenticator; dispatcher: Dispatcher; limit: SenderLimit },
): void {
  for (const command of Object.values(COMMANDS) as unknown as Command<Record<string, unknown>>[]) {
    app.post<{ Body: { id: string; expiresAt?: string; data: Record<string, unknown> } }>(
      `/api/commands/${command.name}`,
      {
        schema: {
          tags: ['commands'],
          summary: `${command.title.en} (${command.title.zh})`,
          body: Type.Object(
            { id: SenderId, expiresAt: Type.Optional(Type.String({ format: 'rfc3339' })), data: command.schema },
            { additionalProperties: false },
          ),
          response: { 200: Answered, 201: Answered },
        },
        preValidation: async (request) => void (await auth.require(request, command.name as Right)),
      },
      async (request, reply): Promise<CommandAnswer> => {
        const who = await auth.require(request, command.name as Right)
        const wait = limit.take(who.name, 1)
        if (wait > 0) throw new HttpProblem(429, 'too-fast', 'This sender has used up its requests for now.', { retryAfter: wait })
        const { id, expiresAt, data } = request.body
        if (expiresAt !== undefined && (parseRfc3339(expiresAt) as number) < Date.now())
          throw new HttpProblem(410, 'expired', 'The command has expired and was not carried out.')
        const outcome = await dispatcher.command(command, id, data, who)
        if (outcome.status === 'refused') {
          const { refused, because, message, path } = outcome.refusal
          throw new HttpProblem(STATUS[because], refused, message, { errors: [{ path: path ?? '', message }] })
        }
        reply.code(outcome.status === 'stored' ? 201 : 200)
        return { seq: outcome.seq, id, duplicate: outcome.status === 'duplicate' }
      },
    )
  }
}
