/** When to flush: soon while that is cheap, seldom when it is not, so that flushing leaves most of the thread to everything else. */

/** Share of the thread that flushing may take. */
const SHARE = 1 / 3
/** The same where red rows wait, or where the longest pause would mean more than the share. */
const HARDSHIP = 1 / 2
/** ms from one flush to the next, at least, where the first left nobody over: more frames than a screen can draw help nobody. */
const SHORTEST = 10
/** ms from one flush to the next, at most, while this means no more than the share in hardship. */
const LONGEST = 50

export class Pace {
  readonly #flush: () => boolean
  #timer: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined
  /** Moment at which the timer goes off. All moments are in ms of performance.now(). */
  #due = Number.POSITIVE_INFINITY
  /** Whether red rows wait for the flush that is due. */
  #urgent = false
  /** Before this moment nothing is flushed unless it is red. */
  #notBefore = 0
  /** Before this moment red rows wait too: a storm of them must not take the whole thread. */
  #urgentNotBefore = 0
  #stopped = false

  /** `flush`: whether it left somebody over, who then has a turn as soon as the share allows it. */
  constructor(flush: () => boolean) {
    this.#flush = flush
  }

  /** Something is new: it is flushed when the pause is over. Where it is urgent, that pause is the shortest that leaves the thread half free. */
  soon(urgent: boolean): void {
    this.#urgent ||= urgent
    this.#at(urgent ? this.#urgentNotBefore : this.#notBefore)
  }

  /** Flushes in `ms` at the latest, even if nothing is new then. */
  within(ms: number): void {
    this.#at(Math.max(this.#notBefore, performance.now() + ms))
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  #run(): void {
    this.#cancel()
    this.#due = Number.POSITIVE_INFINITY
    this.#urgent = false
    const began = performance.now()
    const more = this.#flush()
    const took = performance.now() - began
    const least = took / HARDSHIP
    const pause = Math.max(Math.min(LONGEST, took / SHARE), least, more ? 0 : SHORTEST)
    // A flush of red rows that reached few must not shorten the pause after the one that reached all.
    this.#notBefore = Math.max(this.#notBefore, began + pause)
    this.#urgentNotBefore = Math.max(this.#urgentNotBefore, began + least)
    // What the flush itself asked for waits for the pause too.
    const next = this.#urgent ? this.#urgentNotBefore : this.#notBefore
    if (this.#due < next) this.#plan(next)
  }

  #at(moment: number): void {
    if (moment < this.#due) this.#plan(moment)
  }

  #plan(moment: number): void {
    if (this.#stopped) return
    this.#cancel()
    this.#due = moment
    const left = moment - performance.now()
    // What may go now does not wait for the next millisecond, but for what came in together with it.
    if (left <= 0) this.#immediate = setImmediate(() => this.#run())
    else this.#timer = setTimeout(() => this.#run(), left)
  }

  #cancel(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#immediate)
  }
}
