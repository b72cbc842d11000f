/** Every refusal as RFC 9457 problem details: what, why and where, never how it looks inside. */

import type { Socket } from 'node:net'
import type { Problem } from '@orchid/shared/protocol/api'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { JournalUnavailable } from '../../journal/journal.ts'

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  410: 'Expired',
  411: 'Length required',
  413: 'Too much',
  414: 'Address too long',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  422: 'Not possible',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
}

/** A refusal thrown by a route. */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: Problem['errors']
  readonly retryAfter: number | undefined
  /** More of it for programs, such as `reason`. */
  readonly facts: Readonly<Record<string, string>> | undefined
  constructor(
    status: number,
    code: string,
    detail: string,
    more: { errors?: Problem['errors']; retryAfter?: number; facts?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = more.errors
    this.retryAfter = more.retryAfter
    this.facts = more.facts
  }
}

/** Throws HttpProblem 503 until the tables are made from the journal. */
export function requireTables({ ready }: { readonly ready: boolean }): void {
  if (!ready) throw new HttpProblem(503, 'starting', 'The tables are being made from the journal.', { retryAfter: 1 })
}

export const problem = (status: number, code: string, detail: string, errors?: Problem['errors']): Problem => ({
  type: 'about:blank',
  title: TITLES[status] ?? 'Error',
  status,
  detail,
  code,
  ...(errors && { errors }),
})

/** Sends a problem. Retry-After in whole seconds goes with 429 and 503. */
export function sendProblem(reply: FastifyReply, body: Problem, retryAfter?: number): FastifyReply {
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  return reply.code(body.status).type('application/problem+json').send(body)
}

interface AjvError {
  readonly instancePath: string
  readonly keyword: string
  readonly params: Record<string, unknown>
  readonly message?: string
}

/** Ajv's findings as paths and sentences; a missing or unknown field is part of the path. */
export const findings = (errors: readonly AjvError[]): { path: string; message: string }[] =>
  errors.map(({ instancePath, keyword, params, message = 'is not valid' }) => {
    const field = (params.missingProperty ?? params.additionalProperty) as string | undefined
    const path = field === undefined ? instancePath : `${instancePath}/${field.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 80)}`
    const name = path.split('/').at(-1) || 'body'
    if (keyword === 'required') return { path, message: `${name} is missing` }
    if (keyword === 'additionalProperties') return { path, message: `${name} is not a known field` }
    if (keyword === 'enum') return { path, message: `${name} must be one of ${(params.allowedValues as string[]).join(', ')}` }
    if (keyword === 'pattern') return { path, message: `${name} holds characters or a form that are not allowed` }
    if (keyword === 'format') return { path, message: `${name} must be a possible time such as 2026-11-24T10:00:00+08:00` }
    return { path, message: `${name} ${message}` }
  })

/** Puts every error of the app into the one form. Defects are logged whole and told as 500 without a word about the inside. */
export function problems(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problem(404, 'not-found', 'There is nothing at this address.')))
  app.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof HttpProblem)
      return sendProblem(reply, { ...error.facts, ...problem(error.status, error.code, error.message, error.errors) }, error.retryAfter)
    if (error instanceof JournalUnavailable) {
      return sendProblem(
        reply,
        problem(
          503,
          'journal-unavailable',
          'The journal does not answer safely at present; whether this request was stored is not known. Repeat it with the same ids.',
        ),
        error.retryAfter,
      )
    }
    if (error.validation)
      return sendProblem(
        reply,
        problem(
          400,
          'invalid',
          `The ${error.validationContext ?? 'request'} is not as described.`,
          findings(error.validation as AjvError[]),
        ),
      )
    const status = error.statusCode ?? 500
    if (error.code === 'gateway-full')
      return sendProblem(reply, problem(503, error.code, 'Too many cameras are open; try again in a moment.'), 2)
    if (status === 503)
      return sendProblem(reply, problem(503, 'overloaded', 'The server is busy. Repeat the request with the same ids.'), 3)
    if (status < 500)
      return sendProblem(reply, problem(status, CODES[error.code] ?? 'bad-request', DETAILS[error.code] ?? TITLES[status] ?? 'Bad request'))
    request.log.error({ err: error }, 'a defect')
    return sendProblem(reply, problem(500, 'internal', 'An error on our side. It was written into the log.'))
  })
}

/** An address that no route can read. */
export function unreadableAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const status = error.statusCode ?? 400
  void sendProblem(reply, problem(status, 'bad-address', 'The address is too long or not well formed.'))
}

/** Bytes that are no request at all, or one that takes too long: answered in the same form before the connection ends. */
export function brokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code, detail] = BROKEN[error.code ?? ''] ?? [400, 'bad-request', 'That is not an HTTP request.']
  const body = JSON.stringify(problem(status, code, detail))
  const head = ['Content-Type: application/problem+json', `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close']
  socket.end(`HTTP/1.1 ${status} ${TITLES[status]}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}

const BROKEN: Readonly<Record<string, [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers-too-large', 'The headers are larger than allowed.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'too-slow', 'The request took too long to arrive.'],
}

const CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'empty-body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'not-json',
}
const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than allowed.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content type is not one that this address takes.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON.',
}
