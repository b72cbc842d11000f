/** The connection for commands: every failure becomes JournalUnavailable, a Redis that hangs is left at once, and none is asked while it is away. */
import { leaver } from './dead-wire.ts'
import { JournalUnavailable } from './journal.ts'
import type { Connection } from './redis-url.ts'

/** Milliseconds between two looks at a connection that nobody uses. */
const LOOK_EVERY = 1_000

interface Log {
  warn(o: object, m: string): void
}

export class GuardedConnection {
  readonly #redis: Connection
  readonly #log: Log
  readonly #waiting = new Set<(error: Error) => void>()
  readonly #look: NodeJS.Timeout
  #awaySince: number | undefined
  readonly #leave: () => void
  #closed = false

  /** `redis` must be ready. */
  constructor(redis: Connection, log: Log) {
    this.#redis = redis
    this.#log = log
    this.#leave = leaver(redis)
    redis.on('close', () => this.#away('the connection was closed'))
    redis.on('ready', () => {
      this.#awaySince = undefined
    })
    this.#look = setInterval(() => {
      if (this.#awaySince === undefined && this.#waiting.size === 0) this.ask((r) => r.ping()).catch(() => undefined) // told by `awaySince`
    }, LOOK_EVERY)
    this.#look.unref()
  }

  /** Epoch milliseconds since which Redis does not answer; undefined while it does. */
  get awaySince(): number | undefined {
    return this.#awaySince
  }

  /**
   * Runs a command. Rejects with JournalUnavailable within the command time-out: at once while Redis is away,
   * and for all commands on their way as soon as one of them is not answered.
   */
  ask<T>(command: (redis: Connection) => Promise<T>): Promise<T> {
    if (this.#closed || this.#awaySince !== undefined || this.#redis.status !== 'ready')
      return Promise.reject(new JournalUnavailable('Redis is away', 1))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject)
      command(this.#redis).then(
        (answer) => {
          this.#waiting.delete(reject)
          resolve(answer)
        },
        (error: Error) => {
          this.#waiting.delete(reject)
          reject(this.#translated(error))
        },
      )
    })
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#look)
    this.#redis.disconnect()
  }

  /** What Redis says inside is nobody's business outside: it goes to the log only. */
  #translated(error: Error): Error {
    if (error instanceof JournalUnavailable) return error
    if (error.name !== 'ReplyError') {
      this.#away(error.message)
      this.#leave()
    } else this.#log.warn({ err: error }, 'Redis refused a command')
    return new JournalUnavailable('Redis did not answer as it should')
  }

  #away(why: string): void {
    if (this.#closed) {
      this.#rejectAll()
      return
    }
    if (this.#awaySince === undefined) {
      this.#awaySince = Date.now()
      this.#log.warn({ why }, 'Redis is away')
    }
    this.#rejectAll()
  }

  #rejectAll(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const reject of waiting) reject(new JournalUnavailable('Redis went away'))
  }
}
