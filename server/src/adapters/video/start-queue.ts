/**
 * Lets only a few cameras start at the same time, and restarts no faster than a steady rate, so that a hundred flapping cameras do not take the
 * machine. What nobody waits for takes only what is free: who wants to watch never waits for it.
 */

/** Priorities from here on are of what nobody watches: opened ahead of need, stills, recordings. */
export const UNWATCHED = 2

interface Entry {
  readonly priority: () => number
  readonly restart: boolean
  start(): void
}

export class StartQueue {
  readonly #limit: number
  readonly #restartGap: number
  readonly #inFlight = new Set<Entry>()
  #waiting: Entry[] = []
  #nextRestartAt = 0
  #timer: NodeJS.Timeout | undefined

  /** @param limit starts in flight at once; @param restartsPerSecond over all cameras */
  constructor(limit = 4, restartsPerSecond = 2) {
    this.#limit = limit
    this.#restartGap = 1000 / restartsPerSecond
  }

  get length(): number {
    return this.#waiting.length
  }

  /**
   * Waits for a turn: lower priority number first, then first come first served. The priority is asked for at each turn, since somebody may
   * come for whom it is urgent. The returned function gives the turn back and may be called more than once. Rejects with the signal's reason
   * when it aborts while waiting.
   */
  enter(options: { priority: () => number; restart: boolean; signal: AbortSignal }): Promise<() => void> {
    const { priority, restart, signal } = options
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== entry)
        reject(signal.reason)
      }
      const entry: Entry = {
        priority,
        restart,
        start: () => {
          signal.removeEventListener('abort', leave)
          this.#inFlight.add(entry)
          resolve(() => {
            if (this.#inFlight.delete(entry)) this.pump()
          })
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(entry)
      this.pump()
    })
  }

  /** Starts what may start now; to be called when a priority has changed too. */
  pump(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (;;) {
      const now = performance.now()
      const restartAllowed = now >= this.#nextRestartAt
      const allowed = this.#waiting.filter(({ restart }) => restartAllowed || !restart)
      const most = Math.min(...allowed.map(({ priority }) => priority()))
      const entry = allowed.find(({ priority }) => priority() === most)
      if (!entry) {
        if (this.#waiting.length) this.#timer = setTimeout(() => this.pump(), this.#nextRestartAt - now)
        return
      }
      if (this.#inFlightFor(most) >= this.#limit) return
      this.#waiting.splice(this.#waiting.indexOf(entry), 1)
      if (entry.restart) this.#nextRestartAt = Math.max(now, this.#nextRestartAt) + this.#restartGap
      entry.start()
    }
  }

  /** Starts in flight that count for one of this priority: those that nobody watches hold up only their like. */
  #inFlightFor(priority: number): number {
    const all = [...this.#inFlight]
    return (priority < UNWATCHED ? all.filter((entry) => entry.priority() < UNWATCHED) : all).length
  }

  /** Forgets the pending timer; entries leave by their own signals. */
  close(): void {
    clearTimeout(this.#timer)
  }
}
