/** Counts frames and the time of long tasks (over 50 ms, as the browser reports them) between two moments. */

export interface Reading {
  readonly ms: number
  readonly frames: number
  readonly longMs: number
}

export class Meter {
  #frames = 0
  #longMs = 0
  #next = 0
  #since = performance.now()
  readonly #observer = new PerformanceObserver((list) => this.#count(list.getEntries()))

  constructor() {
    this.#observer.observe({ type: 'longtask' })
  }

  begin(): void {
    this.#observer.takeRecords()
    const frame = (): void => {
      this.#frames++
      this.#next = requestAnimationFrame(frame)
    }
    this.#next = requestAnimationFrame(frame)
    this.#frames = 0
    this.#longMs = 0
    this.#since = performance.now()
  }

  end(): Reading {
    cancelAnimationFrame(this.#next)
    this.#count(this.#observer.takeRecords())
    return { ms: performance.now() - this.#since, frames: this.#frames, longMs: this.#longMs }
  }

  #count(entries: readonly PerformanceEntry[]): void {
    for (const { duration } of entries) this.#longMs += duration
  }
}
