/** Requests as senders and browsers make them. */
import { Agent, type IncomingMessage, request } from 'node:http'

export interface Call {
  readonly method?: string
  readonly token?: string | undefined
  readonly cookie?: string
  readonly origin?: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into freely
  readonly json: any
  readonly ms: number
}

/** Node's own client: an answer by `fetch` costs twice the CPU of what it asks for. */
const agent = new Agent({ keepAlive: true })

/** A redirect is not followed, a compressed answer is not asked for. Rejects when no answer comes within 20 s. */
export async function call(
  base: string,
  path: string,
  { method = 'GET', token, cookie, origin, body, raw, headers }: Call = {},
): Promise<Answer> {
  const began = performance.now()
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const [response, text] = await new Promise<[IncomingMessage, string]>((resolve, reject) => {
    const asked = request(base + path, {
      agent,
      method,
      timeout: 20_000,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(content !== undefined && { 'content-length': Buffer.byteLength(content) }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...(origin !== undefined && { origin }),
        ...headers,
      },
    })
    asked.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve([response, Buffer.concat(parts).toString()]))
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${path} within 20 s`)))
    asked.on('error', reject)
    asked.end(content)
  })
  const { statusCode = 0, rawHeaders } = response
  const told = new Headers()
  for (let i = 0; i < rawHeaders.length; i += 2) told.append(rawHeaders[i] as string, rawHeaders[i + 1] as string)
  return { status: statusCode, headers: told, text, json: parsed(text), ms: performance.now() - began }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `orchid_session=…` of an answer that began a session. */
export const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] as string

let count = 0
/** A good patrol entry; ids are unique within the process. */
export const entry = (grid: string, more: object = {}) => ({
  id: `t-${process.pid}-${++count}`,
  kind: 'person' as 'person' | 'hazard' | 'dispute',
  grid,
  occurredAt: new Date().toISOString(),
  title: '走访 独居老人',
  ...more,
})

/** Asks again and again until `what` gives something (no empty text, no 0); rejects with `why` after `ms`. */
export async function until<T>(what: () => T | Promise<T>, ms: number, why: string | (() => string)): Promise<NonNullable<T>> {
  for (const began = performance.now(); ; ) {
    const found = await what()
    if (found) return found as NonNullable<T>
    const waited = performance.now() - began
    if (waited > ms) throw new Error(`not within ${ms} ms: ${typeof why === 'string' ? why : why()}`)
    // The longer it takes, the less a moment matters: asking costs both sides.
    await sleep(Math.min(20 + waited / 20, 200))
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
