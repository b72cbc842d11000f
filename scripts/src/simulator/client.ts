/** A sender as any department would write it: the public HTTP API, a token, and the same id again until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises'

const TIMEOUT = 5_000
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000

export interface Answer {
  readonly status: number
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown
  /** Seconds after which the server asks to try again. */
  readonly retryAfter: number | undefined
}

export class ApiClient {
  readonly #base: string
  readonly #token: string
  readonly #say: (line: string) => void
  #well = true

  /** `say` is told once when the server stops answering and once when it answers again. */
  constructor(base: string, token: string, say: (line: string) => void) {
    this.#base = base
    this.#token = token
    this.#say = say
  }

  get(path: string): Promise<Answer> {
    return this.#ask('GET', path)
  }

  /** Repeats after a cut, a time-out, 429 and 503 until there is an answer: the ids in the body make that safe. */
  async post(path: string, body: unknown): Promise<Answer> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const answer = await this.#ask('POST', path, body).catch(() => undefined)
      if (answer && answer.status !== 429 && answer.status !== 503) return answer
      // A server asked to be left alone for longer than our pause is left alone.
      await sleep(Math.max(pause, 1000 * (answer?.retryAfter ?? 0)))
    }
  }

  /** Posts nothing to a path, without repetition: a beat that comes late is no beat. Rejects when there is no answer. */
  once(path: string): Promise<Answer> {
    return this.#ask('POST', path)
  }

  /** Every row of a table. Rejects when it cannot be had now. */
  async table<R>(name: string): Promise<R[]> {
    const rows: R[] = []
    for (let after: string | undefined; ; ) {
      const { status, body } = await this.get(
        `/api/tables/${name}?limit=1000${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
      )
      if (status !== 200) throw new Error(`table ${name} was answered ${status}`)
      const page = body as { rows: [string, R][]; next?: string }
      rows.push(...page.rows.map(([, row]) => row))
      if (page.next === undefined) return rows
      after = page.next
    }
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      const response = await fetch(this.#base + path, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
      })
      const text = await response.text()
      this.#note(response.status !== 503, `answered ${response.status}`)
      const json = response.headers.get('content-type')?.includes('json')
      return {
        status: response.status,
        body: json && text ? JSON.parse(text) : undefined,
        retryAfter: Number(response.headers.get('retry-after')) || undefined,
      }
    } catch (error) {
      const { message, cause } = error as Error
      this.#note(false, cause instanceof Error ? cause.message : message)
      throw error
    }
  }

  #note(well: boolean, why: string): void {
    if (well === this.#well) return
    this.#well = well
    this.#say(well ? 'the server answers again' : `the server cannot serve (${why}); every entry is repeated until it can`)
  }
}
