/** Requests as senders and browsers make them. */

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

export async function call(
  base: string,
  path: string,
  { method = 'GET', token, cookie, origin, body, raw, headers }: Call = {},
): Promise<Answer> {
  const began = performance.now()
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(base + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cookie !== undefined && { cookie }),
      ...(origin !== undefined && { origin }),
      ...headers,
    },
    ...(content !== undefined && { body: content as string | Uint8Array<ArrayBuffer> }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parsed(text), ms: performance.now() - began }
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
    if (performance.now() - began > ms) throw new Error(`not within ${ms} ms: ${typeof why === 'string' ? why : why()}`)
    await sleep(20)
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
