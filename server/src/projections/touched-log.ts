/** The bounded memory of which row was touched at which `seq`: from it, the rows any cursor still lacks. */
import type { Key } from '@orchid/shared/kernel/projection'

export interface Touched {
  readonly seq: number
  readonly table: string
  readonly key: Key
  /** Area code of the row before and after; undefined where it did not or does not exist. */
  readonly before: string | undefined
  readonly after: string | undefined
}

export class TouchedLog {
  readonly #limit: number
  #entries: Touched[] = []
  /** Cursors below this one cannot be served from here any more. */
  #from: number

  constructor(limit: number, from: number) {
    this.#limit = limit
    this.#from = from
  }

  add(entry: Touched): void {
    this.#entries.push(entry)
    if (this.#entries.length < 2 * this.#limit) return
    // Half is dropped at once, so that adding stays cheap; a seq is never kept in part.
    let cut = this.#entries.length - this.#limit
    const seq = (this.#entries[cut - 1] as Touched).seq
    while (cut < this.#entries.length && (this.#entries[cut] as Touched).seq === seq) cut++
    this.#entries = this.#entries.slice(cut)
    this.#from = seq
  }

  /** Whether everything touched after `cursor` is still remembered. */
  reaches(cursor: number): boolean {
    return cursor >= this.#from
  }

  /** Entries after `cursor`, oldest first. */
  *since(cursor: number): Generator<Touched> {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle] as Touched).seq <= cursor) low = middle + 1
      else high = middle
    }
    for (let i = low; i < this.#entries.length; i++) yield this.#entries[i] as Touched
  }
}
