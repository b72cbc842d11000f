/** Requests with a stopwatch: how each was answered, how long it took, and whatever should never be answered. */

/** Longer than any answer may take; a request without one by then hangs. */
const TIMEOUT = 8_000
const PROBLEMS_KEPT = 50

export interface Answer {
  readonly status: number
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown
  /** Seconds. */
  readonly retryAfter: number | undefined
}

/** Everything that was answered to anybody in this run. */
export class Answers {
  readonly byStatus = new Map<number, number>()
  /** Requests whose connection broke. */
  broken = 0
  /** Longest time to an answer, and to a 503, in milliseconds. */
  longest = 0
  longest503 = 0
  /** Requests that were neither answered nor broken. */
  hung = 0
  withoutRetryAfter = 0
  /** Repetitions of an acknowledged id, and those answered as they must be; the same for ids used again with another content. */
  readonly repeated = { asked: 0, right: 0 }
  readonly reused = { asked: 0, right: 0 }
  /** 409s that came from rows of a node that had not caught up yet: no defect, the officer asks again. */
  behind = 0
  readonly problems: string[] = []
  problemCount = 0

  problem(text: string): void {
    this.problemCount++
    if (this.problems.length < PROBLEMS_KEPT) this.problems.push(text)
  }

  /** One request. Undefined: no answer, so what became of it is unknown. */
  async ask(method: 'GET' | 'POST', url: string, token: string, body?: unknown): Promise<Answer | undefined> {
    const from = performance.now()
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
      })
      const text = await response.text()
      this.#count(method, url, response, text, performance.now() - from)
      const json = response.headers.get('content-type')?.includes('json')
      return {
        status: response.status,
        body: json && text ? JSON.parse(text) : undefined,
        retryAfter: Number(response.headers.get('retry-after')) || undefined,
      }
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') {
        this.hung++
        this.problem(`${method} ${new URL(url).pathname} was not answered within ${TIMEOUT / 1000} s`)
      } else this.broken++
      return undefined
    }
  }

  #count(method: string, url: string, { status, headers }: Response, text: string, ms: number): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1)
    this.longest = Math.max(this.longest, ms)
    if (status === 503) {
      this.longest503 = Math.max(this.longest503, ms)
      if (headers.has('retry-after')) return
      this.withoutRetryAfter++
      this.problem(`${method} ${new URL(url).pathname} was answered 503 without Retry-After: ${text.slice(0, 300)}`)
    } else if (status >= 500) this.problem(`${method} ${new URL(url).pathname} was answered ${status}: ${text.slice(0, 300)}`)
  }
}
