/** Bodies as they come in: strict UTF-8, JSON without prototype keys, NDJSON line by line. */
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parse } from 'secure-json-parse'
import { HttpProblem } from './problem.ts'

/** Lines of an NDJSON body; a line that is no JSON is told apart, so that it alone is refused. */
export class NdjsonLines {
  readonly lines: readonly ({ readonly value: unknown } | { readonly fault: string })[]
  constructor(lines: NdjsonLines['lines']) {
    this.lines = lines
  }
}

const json = (text: string): unknown => {
  // `reviver` null: nothing is renamed or dropped, a prototype key is an error.
  return parse(text, null, { protoAction: 'error', constructorAction: 'error' })
}

function text(body: Buffer): string {
  if (!isUtf8(body)) throw new HttpProblem(400, 'not-utf8', 'The body is not UTF-8 text.')
  return body.toString('utf8')
}

const line = (source: string): NdjsonLines['lines'][number] => {
  try {
    return { value: json(source) }
  } catch {
    return { fault: 'the line is not JSON' }
  }
}

export function bodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding']
    if (encoding && encoding !== 'identity') throw new HttpProblem(415, 'content-encoding', 'Send the body without compression.')
  })
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
    if (body.length === 0) throw new HttpProblem(400, 'empty-body', 'The body is empty.')
    const source = text(body)
    try {
      return json(source)
    } catch {
      throw new HttpProblem(400, 'not-json', 'The body is not JSON, or holds a key that is not allowed (__proto__, constructor).')
    }
  })
  app.addContentTypeParser('application/x-ndjson', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => {
    const source = text(body).replace(/\r?\n$/, '')
    if (source.trim() === '') throw new HttpProblem(400, 'empty-body', 'The body is empty.')
    return new NdjsonLines(source.split('\n').map((l) => line(l.trim())))
  })
}
