/** Group commit: what arrives while a call to Redis is on its way goes together in the next. So an fsync per call costs little. */
import type { Prepared } from './append-call.ts'
import { JournalOverloaded, JournalUnavailable, type Verdict } from './journal.ts'

/** Events in one call. Larger calls made neighbours wait: 1,000 events pushed their p99 to 45 ms, 100 to 9 ms. */
const CALL = 100
/** Events that may wait; urgent ones are still taken up to twice that. */
const QUEUE = 20_000
/** Milliseconds after which a request is answered as unknown, however much of it is stored by then. */
const ANSWER_WITHIN = 2_300

/** One call of `append`. Once settled, what has not been sent of it is not sent any more: its sender will repeat it. */
class Request {
  readonly verdicts: Verdict[] = []
  readonly promise: Promise<Verdict[]>
  settled = false
  #open: number
  #resolve!: (verdicts: Verdict[]) => void
  #reject!: (error: Error) => void
  readonly #timer: NodeJS.Timeout

  constructor(size: number) {
    this.#open = size
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#timer = setTimeout(() => this.fail(new JournalUnavailable('the journal did not answer in time')), ANSWER_WITHIN)
  }

  take(place: number, outcome: Verdict | Error): void {
    if (outcome instanceof Error) {
      this.fail(outcome)
      return
    }
    this.verdicts[place] = outcome
    if (--this.#open > 0 || this.settled) return
    this.settled = true
    clearTimeout(this.#timer)
    this.#resolve(this.verdicts)
  }

  fail(error: Error): void {
    if (this.settled) return
    this.settled = true
    clearTimeout(this.#timer)
    this.#reject(error)
  }
}

interface Part {
  readonly prepared: Prepared
  readonly request: Request
  /** Its place among the request's verdicts. */
  readonly place: number
}

/** The parts of one request that wait, in order. */
interface Lane {
  readonly parts: readonly Part[]
  sent: number
}

/** An append without events costs a place too. */
const sizeOf = ({ events }: Prepared): number => Math.max(1, events)

export class GroupCommit {
  readonly #commit: (prepared: readonly Prepared[]) => Promise<readonly (Verdict | Error)[]>
  readonly #urgent: Lane[] = []
  readonly #ordinary: Lane[] = []
  #queued = 0
  #calls = 0

  readonly #mostCalls: number

  /**
   * `commit` stores about 100 events in one call and gives an outcome each. `mostCalls` may be on their way at once:
   * the second goes before the first is answered only when it is full, for then waiting would gather nothing more.
   */
  constructor(commit: (prepared: readonly Prepared[]) => Promise<readonly (Verdict | Error)[]>, mostCalls = 2) {
    this.#commit = commit
    this.#mostCalls = mostCalls
  }

  /** One verdict each, in order. Rejects with JournalOverloaded when too much waits already (nothing was stored), with JournalUnavailable after 2.3 s. */
  async append(prepared: readonly Prepared[]): Promise<Verdict[]> {
    if (prepared.length === 0) return []
    const size = prepared.reduce((n, p) => n + sizeOf(p), 0)
    const limit = prepared.every((p) => p.urgent) ? 2 * QUEUE : QUEUE
    // A single request may be larger than the whole queue: it is taken when nothing else waits.
    if (this.#queued > 0 && this.#queued + size > limit) throw new JournalOverloaded('too much waits to be stored', 1)
    this.#queued += size
    const request = new Request(prepared.length)
    const [urgent, ordinary]: [Part[], Part[]] = [[], []]
    for (const [place, p] of prepared.entries()) (p.urgent ? urgent : ordinary).push({ prepared: p, request, place })
    if (urgent.length > 0) this.#urgent.push({ parts: urgent, sent: 0 })
    if (ordinary.length > 0) this.#ordinary.push({ parts: ordinary, sent: 0 })
    this.#send()
    return request.promise
  }

  #send(): void {
    while (this.#calls === 0 || (this.#calls < this.#mostCalls && this.#queued >= CALL)) {
      const call = this.#next()
      if (call.length === 0) return
      void this.#run(call)
    }
  }

  async #run(call: readonly Part[]): Promise<void> {
    this.#calls++
    try {
      const outcomes = await this.#commit(call.map((part) => part.prepared))
      for (const [i, { request, place }] of call.entries()) request.take(place, outcomes[i] as Verdict | Error)
    } catch (error) {
      for (const { request } of call) request.fail(error as Error)
    }
    this.#calls--
    this.#send()
  }

  /** The next call: red and flood first, then request by request; one that is not done goes behind the others, so that a large one does not keep small ones waiting. */
  #next(): Part[] {
    const call: Part[] = []
    let events = 0
    for (const lanes of [this.#urgent, this.#ordinary]) {
      for (let lane = lanes[0]; lane; lane = lanes[0]) {
        for (let part = lane.parts[lane.sent]; part; part = lane.parts[++lane.sent]) {
          const size = sizeOf(part.prepared)
          if (!part.request.settled) {
            if (call.length > 0 && events + size > CALL) break
            call.push(part)
            events += size
          }
          this.#queued -= size
        }
        lanes.shift()
        if (lane.sent === lane.parts.length) continue
        lanes.push(lane)
        return call
      }
    }
    return call
  }
}
