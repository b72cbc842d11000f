/** How events fold into tables of rows. `Tables.fold` is the only loop in which a row ever changes. */
import type { JournalEvent } from './event.ts'
import { townshipOf } from './geo.ts'

export type Key = string

/** Every row says which event touched it last; rules use that as the version they expect. */
export interface Row {
  readonly updatedSeq: number
}

/** Who may see a table: rows in the caller's area, only callers of the whole city, everybody signed in, or each caller their own rows. */
export type Scope = 'area' | 'city' | 'public' | 'own'

/**
 * Folds one row at a time and never reads another row or table, a clock or chance:
 * so an event carries all that its projections need, before and after.
 */
export interface Projection<R extends Row = Row> {
  readonly name: string
  /** Raise it when rows change their meaning: stored snapshots of the old version are then not used. */
  readonly version: number
  readonly scope: Scope
  /** What its readers must be allowed besides reading; absent: nothing. */
  readonly right?: string
  readonly eventTypes: readonly string[]
  /** The rows an event touches; `all` means every row that exists now. */
  keys(event: JournalEvent): readonly Key[] | 'all'
  /** The next row, or null when it leaves the table. Returning the very same row means untouched. */
  evolve(row: R | undefined, event: JournalEvent, key: Key): R | null
  /** Area code of a row, for scope; of a table of own rows the name of the account. */
  area(row: R): string
  /** Bound of a table that keeps only its newest rows: per township and for the city. */
  readonly newest?: { readonly township: number; readonly city: number }
}

/**
 * Called for each row a fold touched, with the row before; an area or row is undefined where the row did not or does not exist.
 * Also for the row of a bounded table that fell out of its township's newest: whoever sees only a part of the township cannot count that.
 */
export type Touch = (
  table: string,
  key: Key,
  areaBefore: string | undefined,
  areaAfter: string | undefined,
  rowBefore: Row | undefined,
) => void

/** A key in a bound, and how many of its two lists (township and city) hold it. */
interface Held {
  readonly key: Key
  lists: number
}

/** What came last, up to a limit. A list with a beginning that moves on: taking its first item out would move all others. */
class Newest {
  #items: Held[] = []
  #begin = 0
  readonly #limit: number
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds one; gives the one that falls out for it. */
  add(held: Held): Held | undefined {
    this.#items.push(held)
    if (this.#items.length - this.#begin <= this.#limit) return undefined
    const fell = this.#items[this.#begin++]
    if (this.#begin > this.#limit) {
      this.#items = this.#items.slice(this.#begin)
      this.#begin = 0
    }
    return fell
  }

  /** Oldest first. */
  keys(): Key[] {
    return this.#items.slice(this.#begin).map(({ key }) => key)
  }
}

/** Newest-first bound of one table: remembers order of arrival and tells what falls off both ends. */
class Bound {
  readonly city: Newest
  readonly townships = new Map<string, Newest>()
  readonly #township: number
  constructor(limits: { township: number; city: number }) {
    this.city = new Newest(limits.city)
    this.#township = limits.township
  }

  /** Adds a key; gives the key that fell out of its township's list, and the keys that no list holds any more. */
  add(key: Key, area: string): { fell: Key | undefined; gone: Key[] } {
    const township = townshipOf(area)
    let list = this.townships.get(township)
    if (!list) {
      list = new Newest(this.#township)
      this.townships.set(township, list)
    }
    const held: Held = { key, lists: 2 }
    const gone: Key[] = []
    const fell = list.add(held)
    if (fell && --fell.lists === 0) gone.push(fell.key)
    const last = this.city.add(held)
    if (last && --last.lists === 0) gone.push(last.key)
    return { fell: fell?.key, gone }
  }
}

interface Table {
  readonly projection: Projection
  readonly rows: Map<Key, Row>
  bound: Bound | undefined
  /** `seq` of the last event that touched any of its rows. */
  touchedSeq: number
  /** Keys in paging order, or undefined when rows came or went since it was made. */
  sorted: Key[] | undefined
}

/** Order of keys in pages: numbers by value, other text by length and then alphabet. */
export const inPagingOrder = (a: Key, b: Key): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** One table as plain data: the row of `keys[i]` is `rows[i]`. */
export interface TableDump {
  readonly name: string
  readonly version: number
  readonly touchedSeq: number
  readonly keys: readonly Key[]
  readonly rows: readonly Row[]
}

/** All tables at one cursor. */
export class Tables {
  readonly #tables = new Map<string, Table>()
  readonly #byType = new Map<string, Table[]>()
  /** `seq` of the last event folded. */
  cursor = 0

  constructor(projections: readonly Projection[]) {
    for (const projection of projections) {
      const table: Table = {
        projection,
        rows: new Map(),
        bound: projection.newest && new Bound(projection.newest),
        touchedSeq: 0,
        sorted: undefined,
      }
      this.#tables.set(projection.name, table)
      for (const type of projection.eventTypes) {
        const list = this.#byType.get(type)
        if (list) list.push(table)
        else this.#byType.set(type, [table])
      }
    }
  }

  /** Folds the next event. Throws RangeError when `seq` is not the next one: a gap must never pass unseen. */
  fold(event: JournalEvent, touch?: Touch): void {
    if (event.seq !== this.cursor + 1) throw new RangeError(`event ${event.seq} does not follow cursor ${this.cursor}`)
    this.cursor = event.seq
    for (const table of this.#byType.get(event.type) ?? []) {
      const keys = table.projection.keys(event)
      for (const key of keys === 'all' ? [...table.rows.keys()] : keys) this.#evolve(table, key, event, touch)
    }
  }

  #evolve(table: Table, key: Key, event: JournalEvent, touch: Touch | undefined): void {
    const { projection, rows } = table
    const before = rows.get(key)
    const after = projection.evolve(before, event, key)
    if (after === before || (after === null && before === undefined)) return
    if (after === null) rows.delete(key)
    else rows.set(key, after)
    if (after === null || before === undefined) table.sorted = undefined
    table.touchedSeq = event.seq
    touch?.(projection.name, key, before && projection.area(before), after ? projection.area(after) : undefined, before)
    if (!table.bound || !after || before) return
    const { fell, gone } = table.bound.add(key, projection.area(after))
    const row = fell === undefined ? undefined : rows.get(fell)
    for (const old of gone) rows.delete(old)
    if (fell !== undefined && row)
      touch?.(projection.name, fell, projection.area(row), rows.has(fell) ? projection.area(row) : undefined, row)
  }

  has(name: string): boolean {
    return this.#tables.has(name)
  }

  names(): string[] {
    return [...this.#tables.keys()]
  }

  projection(name: string): Projection {
    return this.#table(name).projection
  }

  /** `seq` of the last event that touched the table. */
  touchedSeq(name: string): number {
    return this.#table(name).touchedSeq
  }

  size(name: string): number {
    return this.#table(name).rows.size
  }

  get<R extends Row>(name: string, key: Key): R | undefined {
    return this.#table(name).rows.get(key) as R | undefined
  }

  /**
   * Keys of the rows inside `area`, in paging order (numbers by value, then text). Bounded tables give their newest only. Of own rows `area` is
   * the account, and all where it is empty.
   */
  keys(name: string, area: string): Key[] {
    const table = this.#table(name)
    const { projection, rows } = table
    if (table.bound) {
      const keys = (area.length <= 6 ? table.bound.city : table.bound.townships.get(townshipOf(area)))?.keys() ?? []
      return area.length <= 9 ? keys : keys.filter((key) => projection.area(rows.get(key) as Row).startsWith(area))
    }
    table.sorted ??= [...rows.keys()].sort(inPagingOrder)
    if (projection.scope === 'own' && area !== '') return table.sorted.filter((key) => projection.area(rows.get(key) as Row) === area)
    if (projection.scope !== 'area' || area.length <= 6) return table.sorted
    return table.sorted.filter((key) => projection.area(rows.get(key) as Row).startsWith(area))
  }

  /** `[key, row]` pairs inside `area`, in paging order. */
  entries(name: string, area: string): [Key, Row][] {
    const { rows } = this.#table(name)
    return this.keys(name, area).map((key) => [key, rows.get(key) as Row])
  }

  /** Every table as plain data, in order of arrival; rows are never changed in place, so it may be written out later. */
  dump(): TableDump[] {
    return [...this.#tables.values()].map((t) => ({
      name: t.projection.name,
      version: t.projection.version,
      touchedSeq: t.touchedSeq,
      // Two columns instead of pairs: a pair for each of 100,000 rows costs ten times as much.
      keys: [...t.rows.keys()],
      rows: [...t.rows.values()],
    }))
  }

  /** Fills empty tables from a dump taken at `cursor`. Throws RangeError when the dump is of other projections. */
  load(cursor: number, dump: readonly TableDump[]): void {
    const own = [...this.#tables.values()].map((t) => `${t.projection.name} ${t.projection.version}`).join()
    if (own !== dump.map((t) => `${t.name} ${t.version}`).join()) throw new RangeError('the dump was made by other projections')
    for (const { name, touchedSeq, keys, rows } of dump) {
      const table = this.#table(name)
      table.touchedSeq = touchedSeq
      table.rows.clear()
      table.sorted = undefined
      if (table.projection.newest) table.bound = new Bound(table.projection.newest)
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as Key
        const row = rows[i] as Row
        table.rows.set(key, row)
        if (table.bound) for (const gone of table.bound.add(key, table.projection.area(row)).gone) table.rows.delete(gone)
      }
    }
    this.cursor = cursor
  }

  #table(name: string): Table {
    const table = this.#tables.get(name)
    if (!table) throw new RangeError(`no table ${name}`)
    return table
  }
}
