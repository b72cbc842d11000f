/** Lets only a few cameras start at the same time, and restarts no faster than a steady rate, so that a hundred flapping cameras do not take the machine. */

interface Entry {
  readonly priority: () => number
  readonly restart: boolean
  start(): void
}

export class StartQueue {
  readonly #limit: number
  readonly #restartGap: number
  #inFlight = 0
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
          this.#inFlight++
          let held = true
          resolve(() => {
            if (!held) return
            held = false
            this.#inFlight--
            this.#pump()
          })
        },
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(entry)
      this.#pump()
    })
  }

  #pump(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#inFlight < this.#limit) {
      const now = performance.now()
      const restartAllowed = now >= this.#nextRestartAt
      const allowed = this.#waiting.filter(({ restart }) => restartAllowed || !restart)
      const most = Math.min(...allowed.map(({ priority }) => priority()))
      const entry = allowed.find(({ priority }) => priority() === most)
      if (!entry) {
        if (this.#waiting.length) this.#timer = setTimeout(() => this.#pump(), this.#nextRestartAt - now)
        return
      }
      this.#waiting.splice(this.#waiting.indexOf(entry), 1)
      if (entry.restart) this.#nextRestartAt = Math.max(now, this.#nextRestartAt) + this.#restartGap
      entry.start()
    }
  }

  /** Forgets the pending timer; entries leave by their own signals. */
  close(): void {
    clearTimeout(this.#timer)
  }
}
