/** Long work on the event loop, cut into short pieces: everybody else has a turn in between. */
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Milliseconds of work without a pause. */
const PIECE = 5

export class Turns {
  #began = performance.now()

  /** Lets others go first, when this work has gone on for 5 ms. */
  async give(): Promise<void> {
    if (performance.now() - this.#began < PIECE) return
    await nextTurn()
    this.#began = performance.now()
  }
}
