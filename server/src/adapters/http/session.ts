/** Sign in and out, who am I, and the wall that trades its pairing code for a session. */
import type { SessionAnswer } from '@orchid/shared/protocol/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccessStore } from '../../commands/access-store.ts'
import { type Authenticator, COOKIE, sessionCookie } from './authenticate.ts'
import { SenderLimit } from './limit.ts'
import { HttpProblem } from './problem.ts'
import { Session } from './schemas.ts'

/** Guesses of a password or code, per address: 20 at once, then one in 3 s. */
const GUESSES = { requests: 20, events: 20 }
const GUESS_EVERY = 3_000 * GUESSES.requests

export function session(
  app: FastifyInstance,
  { auth, access, secure }: { auth: Authenticator; access: AccessStore; secure: boolean },
): void {
  const guesses = new SenderLimit(GUESSES)
  const guard = (request: FastifyRequest): void => {
    const wait = guesses.take(request.ip, 1, (Date.now() * 1000) / GUESS_EVERY)
    if (wait > 0) throw new HttpProblem(429, 'too-many-guesses', 'Too many tries from this address.', { retryAfter: wait * 60 })
    if (request.headers.origin !== undefined) auth.requireOwnOrigin(request.headers.origin)
  }
  const begin = (reply: FastifyReply, sid: string, maxAgeMs: number): void => {
    reply.header(
      'set-cookie',
      `${COOKIE}=${sid}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeMs / 1000)}${secure ? '; Secure' : ''}`,
    )
  }
  const tell = ({ name, role, area }: { name: string; role: SessionAnswer['role']; area: string }): SessionAnswer => ({
    account: name,
    role,
    area,
  })

  app.post<{ Body: { account: string; password: string } }>(
    '/api/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Sign in',
        body: Type.Object(
          { account: Type.String({ minLength: 1, maxLength: 64 }), password: Type.String({ minLength: 1, maxLength: 200 }) },
          { additionalProperties: false },
        ),
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      guard(request)
      const begun = await access.signIn(request.body.account, request.body.password)
      if (!begun) throw new HttpProblem(401, 'wrong-credentials', 'Account or password is wrong.')
      // A new id at every sign-in; one left from before is ended.
      const old = sessionCookie(request.headers.cookie)
      if (old) await access.signOut(old)
      begin(reply, begun.sid, begun.maxAgeMs)
      return tell(begun.identity)
    },
  )

  app.post<{ Body: { code: string } }>(
    '/api/session/wall',
    {
      schema: {
        tags: ['session'],
        summary: 'Trade a pairing code for the session of a wall',
        body: Type.Object({ code: Type.String({ minLength: 8, maxLength: 100 }) }, { additionalProperties: false }),
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      guard(request)
      const begun = await access.pairWall(request.body.code, auth.fromHere(request))
      if (!begun) throw new HttpProblem(401, 'wrong-code', 'The code is wrong, used or expired. Make a new one.')
      begin(reply, begun.sid, begun.maxAgeMs)
      return tell(begun.identity)
    },
  )

  app.get('/api/session', { schema: { tags: ['session'], summary: 'Who am I', response: { 200: Session } } }, async (request) => {
    const who = await auth.identify(request)
    if (!who) throw new HttpProblem(401, 'unauthenticated', 'Nobody is signed in.')
    return tell(who)
  })

  app.delete('/api/session', { schema: { tags: ['session'], summary: 'Sign out' } }, async (request, reply) => {
    await auth.identify(request)
    const sid = sessionCookie(request.headers.cookie)
    if (sid) await access.signOut(sid)
    reply.header('set-cookie', `${COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0${secure ? '; Secure' : ''}`)
    return reply.code(204).send()
  })
}
