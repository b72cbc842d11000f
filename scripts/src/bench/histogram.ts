/** Latencies counted in steps of 0.1 ms up to 20 s: millions of them in fixed memory. */

const STEP = 0.1
const MOST = 20_000

export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly most: number
  readonly count: number
}

export class Histogram {
  readonly #counts = new Uint32Array(MOST / STEP + 1)
  #count = 0
  #most = 0

  add(ms: number): void {
    const step = Math.max(0, Math.min(this.#counts.length - 1, Math.round(ms / STEP)))
    this.#counts[step] = (this.#counts[step] as number) + 1
    this.#count++
    if (ms > this.#most) this.#most = ms
  }

  /** Milliseconds below which that share (0–1) of all lies; NaN when there is nothing. */
  quantile(share: number): number {
    let left = Math.ceil(this.#count * share)
    if (left === 0) return Number.NaN
    for (const [step, count] of this.#counts.entries()) {
      left -= count
      if (left <= 0) return step * STEP
    }
    return MOST
  }

  summary(): Latency {
    return { p50: this.quantile(0.5), p99: this.quantile(0.99), most: this.#most, count: this.#count }
  }
}
