/** How many cameras may be decoded and encoded anew at the same time: each takes a good part of a core. */

export class TranscodeSlots {
  readonly #limit: number
  #taken = 0
  readonly #waiting = new Set<(release: () => void) => void>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Gives back what releases the slot, once; undefined while all are taken. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.#limit) return undefined
    this.#taken++
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#taken--
      const [next] = this.#waiting
      const slot = next && this.take()
      if (!next || !slot) return
      this.#waiting.delete(next)
      next(slot)
    }
  }

  /** Hands a slot over when one becomes free, first come first served. The returned function no longer wants one. */
  wait(then: (release: () => void) => void): () => void {
    this.#waiting.add(then)
    return () => this.#waiting.delete(then)
  }
}
