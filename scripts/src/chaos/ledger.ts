/** What was promised: every acknowledged id with the place the server named, in memory and in a file that outlives us. */
import { closeSync, openSync, writeSync } from 'node:fs'

/** A request whose 2xx said that it is stored. */
export interface Acknowledged {
  readonly sender: string
  readonly id: string
  readonly seq: number
  /** Type of the event at `seq`. */
  readonly type: 'patrol.recorded' | 'incident.accepted' | 'incident.closed'
  /** Fields of its data that were sent. */
  readonly content: Readonly<Record<string, unknown>>
  /** Whether it opened an incident, whose event follows in the same append. */
  readonly opens: boolean
}

export class Ledger {
  readonly all: Acknowledged[] = []
  /** When each was acknowledged, by `performance.now()`. */
  readonly times: number[] = []
  /** Highest `seq` ever acknowledged. */
  newest = 0
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600)
  }

  add(acknowledged: Acknowledged): void {
    writeSync(this.#file, `${JSON.stringify(acknowledged)}\n`)
    this.all.push(acknowledged)
    this.times.push(performance.now())
    this.newest = Math.max(this.newest, acknowledged.seq)
  }

  close(): void {
    closeSync(this.#file)
  }
}
