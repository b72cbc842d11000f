/** A sender as any department would write it: the public HTTP API, a token, and the same id again until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises'

const TIMEOUT = 5_000

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export class ApiClient {
  readonly #base: string
  readonly #token: string
  readonly #stop: AbortSignal
  constructor(base: string, token: string, stop: AbortSignal) {
    this.#base = base
    this.#token = token
    this.#stop = stop
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path)
  }

  /** Repeats after a cut, a time-out, 429 and 503 until there is an answer: the ids in the body make that safe. */
  async post(path: string, body: unknown): Promise<Answer> {
    for (let pause = 500; ; pause = Math.min(pause * 2, 10_000)) {
      const answer = await this.#ask('POST', path, body).catch(() => undefined)
      this.#stop.throwIfAborted()
      if (answer && answer.status !== 429 && answer.status !== 503) return answer
      await sleep(Math.max(pause, 1000 * (retryAfter(answer) ?? 0)), undefined, { signal: this.#stop })
    }
  }

  /** Once, without repetition: a beat that comes late is no beat. */
  async beat(source: string): Promise<void> {
    await this.#ask('POST', `/api/sources/${source}/beat`).catch(() => undefined)
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer & { retryAfter: number | undefined }> {
    const response = await fetch(this.#base + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.#stop, AbortSignal.timeout(TIMEOUT)]),
    })
    const text = await response.text()
    return {
      status: response.status,
      body: text ? JSON.parse(text) : undefined,
      retryAfter: Number(response.headers.get('retry-after')) || undefined,
    }
  }
}

const retryAfter = (answer: object | undefined): number | undefined => (answer as { retryAfter?: number } | undefined)?.retryAfter
