/** The last seconds of one camera in memory, numbered without a gap across restarts, with readers that wait for the next one. */
import type { Fragment, InitSegment } from './fragment-cutter.ts'

export interface Segment extends Fragment {
  /** Media sequence number. */
  readonly msn: number
  /** Which init segment it follows; a new one starts at each restart of the source. */
  readonly generation: number
  /** Epoch milliseconds of its first picture, reckoned from its arrival. */
  readonly at: number
}

export interface SegmentRingLimits {
  /** Seconds kept at most. */
  readonly seconds: number
  readonly bytes: number
}

/** Keeps the numbers below 2³¹ for some years, for players that read them as 32 bits. */
const numberingBegan = Date.UTC(2026, 0, 1)

const usual: SegmentRingLimits = { seconds: 12, bytes: 12 * 1024 * 1024 }

interface Waiter {
  readonly msn: number
  done(): void
}

export class SegmentRing {
  readonly #limits: SegmentRingLimits
  #segments: Segment[] = []
  #inits = new Map<number, InitSegment>()
  #bytes = 0
  #seconds = 0
  #generation = 0
  #next: number
  #discontinuities: number
  #waiters = new Set<Waiter>()

  /**
   * @param startedAt epoch milliseconds. Numbers start from it, so that they still grow when a camera is closed and opened again, or the
   * server restarted, under a player that goes on asking: ten a second are more than any source's fragments.
   * @param after a number they must be above, where the player came from a machine whose clock is ahead of ours. More than a day is no clock's doing.
   */
  constructor(startedAt: number, { after = 0, limits = usual }: { after?: number; limits?: SegmentRingLimits } = {}) {
    this.#limits = limits
    const age = Math.max(0, startedAt - numberingBegan)
    const byClock = 1 + Math.floor(age / 100)
    this.#next = after - byClock < 24 * 36_000 ? Math.max(byClock, after + 1) : byClock
    // Small, because hls.js counts up to it at each reload, but seldom the same for two openings: each has its own time line.
    this.#discontinuities = 1 + (Math.floor(age / 1000) % 499)
  }

  /** Number the next segment will have. */
  get nextMsn(): number {
    return this.#next
  }
  get bytes(): number {
    return this.#bytes
  }
  get segments(): readonly Segment[] {
    return this.#segments
  }

  /** How many changes of generation lie before the segment with this number: the playlist's discontinuity sequence. */
  discontinuitiesBefore(msn: number): number {
    let count = this.#discontinuities
    for (let index = 1; index < this.#segments.length; index++) {
      const segment = this.#segments[index] as Segment
      if (segment.msn <= msn && segment.generation !== this.#segments[index - 1]?.generation) count++
    }
    return count
  }

  /** A source starts: what follows belongs to this init segment, named by the number of its first segment. */
  begin(init: InitSegment): void {
    this.#generation = this.#next
    this.#inits.set(this.#generation, init)
  }

  add(fragment: Fragment, arrivedAt: number): Segment {
    const segment: Segment = {
      ...fragment,
      msn: this.#next++,
      generation: this.#generation,
      at: arrivedAt - fragment.duration * 1000,
    }
    this.#segments.push(segment)
    this.#bytes += segment.data.length
    this.#seconds += segment.duration
    while (this.#segments.length > 1 && (this.#seconds > this.#limits.seconds || this.#bytes > this.#limits.bytes)) this.#dropOldest()
    for (const waiter of [...this.#waiters]) if (waiter.msn <= segment.msn) waiter.done()
    return segment
  }

  #dropOldest(): void {
    const dropped = this.#segments.shift() as Segment
    this.#bytes -= dropped.data.length
    this.#seconds -= dropped.duration
    const first = this.#segments[0] as Segment
    if (first.generation === dropped.generation) return
    this.#discontinuities++
    for (const generation of this.#inits.keys()) if (generation < first.generation) this.#inits.delete(generation)
  }

  segment(msn: number): Segment | undefined {
    const first = this.#segments[0]
    return first && this.#segments[msn - first.msn]
  }

  init(generation: number): InitSegment | undefined {
    return this.#inits.get(generation)
  }

  /** Resolves when segment `msn` exists, after `ms` milliseconds, when `wake` is called, or when the signal aborts: look again then. */
  waitFor(msn: number, ms: number, signal?: AbortSignal): Promise<void> {
    if (msn < this.#next || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter: Waiter = {
        msn,
        done: () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', waiter.done)
          this.#waiters.delete(waiter)
          resolve()
        },
      }
      const timer = setTimeout(waiter.done, ms)
      signal?.addEventListener('abort', waiter.done, { once: true })
      this.#waiters.add(waiter)
    })
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /** Lets every waiting reader look again, because the state of the camera changed. */
  wake(): void {
    for (const waiter of [...this.#waiters]) waiter.done()
  }
}
