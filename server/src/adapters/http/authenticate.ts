/** Who is asking: a bearer token of a machine or the session cookie of a browser; and whether a browser's request is its own. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Identity, Right } from '@orchid/shared/domain/access/roles'
import { may } from '@orchid/shared/domain/access/roles'
import type { FastifyRequest } from 'fastify'
import type { AccessStore } from '../../commands/access-store.ts'
import { isLoopback } from '../../config.ts'
import { HttpProblem } from './problem.ts'

export const COOKIE = 'orchid_session'

/** Value of the session cookie, if the header holds one. */
export function sessionCookie(header: string | undefined): string | undefined {
  return (
    header
      ?.split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1) || undefined
  )
}

/** Which Origins are ours: the public address, or loopback names on our own port. Never taken from the Host header, which a rebound name can forge. */
export class Origins {
  readonly #publicUrl: string
  readonly #port: () => number
  readonly #more: readonly string[]
  constructor(publicUrl: string, port: () => number, more: readonly string[] = []) {
    this.#publicUrl = publicUrl
    this.#port = port
    this.#more = more
  }
  own(origin: string): boolean {
    if (this.#publicUrl && origin === this.#publicUrl) return true
    return ['127.0.0.1', 'localhost', '[::1]', ...this.#more].some((host) => origin === `http://${host}:${this.#port()}`)
  }
}

const STATE_CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export class Authenticator {
  readonly #access: AccessStore
  readonly #origins: Origins
  readonly #behindUnknownProxy: boolean
  constructor(access: AccessStore, origins: Origins, behindUnknownProxy = false) {
    this.#access = access
    this.#origins = origins
    this.#behindUnknownProxy = behindUnknownProxy
  }

  /** Whether the request comes from this very machine, as far as that can be known. */
  fromHere(request: FastifyRequest): boolean {
    return !this.#behindUnknownProxy && isLoopback(request.ip)
  }

  /** The caller, or undefined when nobody is signed in. Throws HttpProblem for a foreign Origin. */
  async identify(request: FastifyRequest): Promise<Identity | undefined> {
    const bearer = bearerToken(request.headers.authorization)
    if (bearer !== undefined) return this.#access.token(bearer)
    const sid = sessionCookie(request.headers.cookie)
    if (sid === undefined) return undefined
    if (STATE_CHANGING.has(request.method)) this.requireOwnOrigin(request.headers.origin)
    return this.#access.session(sid)
  }

  /** The caller, who must hold the right. Throws HttpProblem 401 or 403. */
  async require(request: FastifyRequest, right: Right): Promise<Identity> {
    const who = await this.identify(request)
    if (!who) throw new HttpProblem(401, 'unauthenticated', 'Sign in, or send a valid token.')
    if (!may(who.role, right)) throw new HttpProblem(403, 'forbidden', `The role ${who.role} may not do this.`)
    return who
  }

  /** A name for this very session or token, for addresses that only it may open. Not reversible. */
  viewer(request: { headers: IncomingMessage['headers'] }): string {
    const credential = bearerToken(request.headers.authorization) ?? sessionCookie(request.headers.cookie) ?? ''
    return createHash('sha256').update(`viewer ${credential}`).digest('base64url')
  }

  requireOwnOrigin(origin: string | undefined): void {
    if (origin === undefined || !this.#origins.own(origin))
      throw new HttpProblem(403, 'foreign-origin', 'The request does not come from a page of this server.')
  }

  /** For websockets, where a browser always names its Origin and a machine need not. */
  async identifySocket(request: IncomingMessage, token: unknown): Promise<Identity | undefined> {
    if (token !== undefined) return typeof token === 'string' ? this.#access.token(token) : undefined
    const bearer = bearerToken(request.headers.authorization)
    if (bearer !== undefined) return this.#access.token(bearer)
    const sid = sessionCookie(request.headers.cookie)
    return sid === undefined ? undefined : this.#access.session(sid)
  }

  /** Whether a websocket may open at all: no Origin (not a browser) or our own. */
  ownSocket(request: IncomingMessage): boolean {
    const { origin } = request.headers
    return origin === undefined || this.#origins.own(origin)
  }
}

/** The token of an Authorization header; an empty or malformed header is a token that nobody has. */
function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  return /^Bearer +(\S+)$/i.exec(header)?.[1] ?? ''
}
