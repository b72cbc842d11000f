/** The server's time in the browser, kept apart from the browser's own clock and zone, which may be wrong or jump. */

/** Of the last samples the least delayed counts: a message can only arrive late, never early. */
export class ServerClock {
  readonly #offsets: number[] = []
  readonly #monotonic: () => number

  /** `monotonic`: milliseconds that never jump, e.g. performance.now. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic
  }

  /** A message that left the server at `serverTime` (epoch ms) has just arrived. */
  heard(serverTime: number): void {
    this.#offsets.push(serverTime - this.#monotonic())
    if (this.#offsets.length > 6) this.#offsets.shift()
  }

  /** Epoch ms by the server's clock, or undefined before it was ever heard. */
  now(): number | undefined {
    return this.#offsets.length > 0 ? Math.max(...this.#offsets) + this.#monotonic() : undefined
  }
}
