/** What was touched at which `seq`: from it, the rows any cursor still lacks. */
import type { Key, Row } from '@orchid/shared/kernel/projection'

export interface Touched {
  readonly table: string
  readonly key: Key
  /** Area code of the row before; undefined where it did not exist. */
  readonly before: string | undefined
  /** The row before, where it was given. */
  readonly row: Row | undefined
}

/** A ring of columns: an object for each entry would make the garbage collector carry all of them along at full load. */
export class TouchedLog {
  readonly #limit: number
  readonly #seqs: Float64Array
  readonly #tables: string[] = []
  readonly #keys: Key[] = []
  readonly #befores: (string | undefined)[] = []
  readonly #rows: (Row | undefined)[] = []
  /** Entries ever added; entry `n` lies at `n % limit`. */
  #added = 0
  /** Cursors below this one cannot be served from here any more. */
  #from: number

  /** Remembers the last `limit` entries; nothing before the cursor `from` is known. */
  constructor(limit: number, from: number) {
    this.#limit = limit
    this.#seqs = new Float64Array(limit)
    this.#from = from
  }

  /** @param row the row before, for few tables: it is held in memory for as long as the entry is remembered */
  add(seq: number, table: string, key: Key, before: string | undefined, row?: Row): void {
    const at = this.#added++ % this.#limit
    // What is overwritten takes the rest of its seq with it: a seq is never served in part.
    if (this.#added > this.#limit) this.#from = this.#seqs[at] as number
    this.#seqs[at] = seq
    this.#tables[at] = table
    this.#keys[at] = key
    this.#befores[at] = before
    this.#rows[at] = row
  }

  /** Whether everything touched after `cursor` is still remembered. */
  reaches(cursor: number): boolean {
    return cursor >= this.#from
  }

  /** Entries after `cursor`, oldest first; complete only where `reaches(cursor)`. */
  *since(cursor: number): Generator<Touched> {
    let low = Math.max(0, this.#added - this.#limit)
    let high = this.#added
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((this.#seqs[middle % this.#limit] as number) <= cursor) low = middle + 1
      else high = middle
    }
    for (let n = low; n < this.#added; n++) {
      const at = n % this.#limit
      yield { table: this.#tables[at] as string, key: this.#keys[at] as Key, before: this.#befores[at], row: this.#rows[at] }
    }
  }
}
