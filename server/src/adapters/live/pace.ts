/** When to flush: soon while that is cheap, seldom when it is not, so that flushing leaves most of the thread to everything else. */

/** Share of the thread that flushing may take. */
const SHARE = 1 / 5
/** ms from one flush to the next, at least: more frames than a screen can draw help nobody. */
const SHORTEST = 10
/** ms from one flush to the next, at most, while this means no more than the share in hardship. */
const LONGEST = 50
const HARDSHIP = 1 / 2

/** ms from the beginning of a flush that took so many ms to the next one. */
const period = (took: number): number => Math.max(SHORTEST, Math.min(LONGEST, took / SHARE), took / HARDSHIP)

export class Pace {
  readonly #flush: () => void
  #timer: NodeJS.Timeout | undefined
  /** Moment at which the timer goes off. All moments are in ms of performance.now(). */
  #due = Number.POSITIVE_INFINITY
  /** Whether red rows wait for the flush that is due. */
  #urgent = false
  /** Before this moment nothing is flushed unless it is red. */
  #notBefore = 0
  /** Before this moment red rows wait too: a storm of them must not become a flush for each. */
  #urgentNotBefore = 0
  #stopped = false

  constructor(flush: () => void) {
    this.#flush = flush
  }

  /** Something is new: it is flushed when the pause is over. What is urgent waits only for the pause after the last urgent flush. */
  soon(urgent: boolean): void {
    this.#urgent ||= urgent
    this.#at(urgent ? this.#urgentNotBefore : this.#notBefore)
  }

  /** Flushes in `ms` at the latest, even if nothing is new then. */
  within(ms: number): void {
    this.#at(Math.max(this.#notBefore, performance.now() + ms))
  }

  /** Flushes now, in the way given; it counts as any other. */
  run(flush = this.#flush): void {
    clearTimeout(this.#timer)
    this.#due = Number.POSITIVE_INFINITY
    const urgent = this.#urgent
    this.#urgent = false
    const began = performance.now()
    flush()
    const next = began + period(performance.now() - began)
    // A red flush that reached few must not shorten the pause after the one that reached all.
    this.#notBefore = Math.max(this.#notBefore, next)
    if (urgent) this.#urgentNotBefore = next
    // What the flush itself asked for waits for the pause too.
    if (this.#due < this.#notBefore) this.#plan(this.#notBefore)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #at(moment: number): void {
    if (moment < this.#due) this.#plan(moment)
  }

  #plan(moment: number): void {
    if (this.#stopped) return
    clearTimeout(this.#timer)
    this.#due = moment
    this.#timer = setTimeout(() => this.run(), Math.max(0, moment - performance.now()))
  }
}
