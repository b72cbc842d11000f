/** A client of `/live` that keeps tables by the cursor rule and nothing else, and the tables that it should show. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { type Key, type Row, Tables } from '@orchid/shared/kernel/projection'
import type { Beat, Changes, Frame, WatchAnswer } from '@orchid/shared/protocol/live'
import { io, type Socket } from 'socket.io-client'
import type { Journal } from '../src/journal/journal.ts'
import { call, sleep } from './http.ts'

export interface ScreenOptions {
  readonly token?: string
  readonly cookie?: string
  readonly tables: readonly string[]
  readonly area?: string
  /** Area of the session, where it is narrower than the city. */
  readonly scope?: string
}

export class Screen {
  readonly socket: Socket
  readonly tables = new Map<string, Map<Key, Row>>()
  readonly beats: Beat[] = []
  readonly modes: string[] = []
  readonly problems: string[] = []
  /** Every text that was ever received, for searches of what must not be there. */
  received = ''
  cursor = 0
  epoch = ''
  frames = 0
  fetched = 0
  /** While false, frames are neither taken nor acknowledged: a client that hangs. */
  awake = true
  #watching = false
  readonly #options: ScreenOptions
  readonly #base: string

  constructor(base: string, options: ScreenOptions) {
    this.#base = base
    this.#options = options
    this.socket = io(`${base}/live`, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      ...(options.token !== undefined && { auth: { token: options.token } }),
      ...(options.cookie !== undefined && { extraHeaders: { cookie: options.cookie } }),
    })
    for (const table of options.tables) this.tables.set(table, new Map())
    this.socket.on('connect', () => void this.watch())
    this.socket.on('connect_error', (error) => this.problems.push(error.message))
    this.socket.on('frame', (frame: Frame, received: () => void) => this.#take(frame, received))
    this.socket.on('beat', (beat: Beat) => {
      const before = this.beats.at(-1)
      this.beats.push(beat)
      if (before && this.cursor < before.head) void this.watch()
    })
  }

  /** Watches from the cursor held, or anew. */
  async watch(): Promise<void> {
    if (this.#watching) return
    this.#watching = true
    try {
      while (this.socket.connected) {
        const held = this.epoch ? { cursor: this.cursor, epoch: this.epoch } : {}
        const { area } = this.#options
        const answer = (await this.socket
          .timeout(3_000)
          .emitWithAck('watch', { tables: [...this.tables.keys()], ...(area && { area }), ...held })
          .catch((error: Error) => ({ ok: false, code: error.message }))) as WatchAnswer
        if (!answer.ok && answer.code === 'fetch') {
          await this.#fetch()
          continue
        }
        if (!answer.ok) {
          this.problems.push(answer.code)
          if (answer.code === 'forbidden' || answer.code === 'invalid') return
          await sleep(100)
          continue
        }
        if (answer.epoch === this.epoch && answer.cursor < this.cursor) this.problems.push('the cursor fell')
        if (answer.mode === 'snapshot') this.#clear()
        this.#apply(answer.tables)
        this.cursor = answer.cursor
        this.epoch = answer.epoch
        this.modes.push(answer.mode)
        return
      }
    } finally {
      this.#watching = false
    }
  }

  async #fetch(): Promise<void> {
    const { token, cookie, area } = this.#options
    this.#clear()
    let least = Number.POSITIVE_INFINITY
    for (const table of this.tables.keys()) {
      const answer = await call(this.#base, `/api/tables/${table}?all=1${area ? `&area=${area}` : ''}`, {
        ...(token !== undefined && { token }),
        ...(cookie !== undefined && { cookie }),
      })
      this.#apply({ [table]: answer.json.rows })
      least = Math.min(least, Number(answer.headers.get('orchid-cursor')))
      this.epoch = answer.headers.get('orchid-epoch') as string
    }
    this.cursor = least
    this.fetched++
  }

  #take(frame: Frame, received: () => void): void {
    if (!this.awake) return
    received()
    this.frames++
    if (frame.epoch !== this.epoch || frame.to <= this.cursor) return
    if (frame.from > this.cursor) {
      void this.watch()
      return
    }
    this.#apply(frame.tables)
    this.cursor = frame.to
  }

  #apply(changes: Changes): void {
    this.received += JSON.stringify(changes)
    for (const [name, rows] of Object.entries(changes)) {
      const table = this.tables.get(name)
      if (!table) {
        this.problems.push(`rows of ${name}, which was not asked for`)
        continue
      }
      for (const [key, row] of rows) {
        if (row === null) table.delete(key)
        else table.set(key, row)
      }
      const newest = PROJECTIONS.find((projection) => projection.name === name)?.newest
      if (!newest) continue
      const scope = this.#options.area ?? this.#options.scope ?? ''
      const most = scope.length > 6 ? newest.township : newest.city
      const order = [...table.keys()].sort((a, b) => Number(a) - Number(b))
      for (const key of order.slice(0, Math.max(0, order.length - most))) table.delete(key)
    }
  }

  #clear(): void {
    for (const table of this.tables.values()) table.clear()
  }

  /** What is shown, in a form that can be compared. */
  shown(): Record<string, [Key, Row][]> {
    return Object.fromEntries([...this.tables].map(([name, rows]) => [name, inOrder([...rows])]))
  }

  /** Breaks the connection as a cut cable does; Socket.IO comes back by itself. */
  cut(): void {
    this.socket.io.engine.close()
  }

  close(): void {
    this.socket.disconnect()
  }
}

const inOrder = (rows: [Key, Row][]): [Key, Row][] => rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** Folds the whole journal up to `cursor` without server, snapshot or touched log. */
export async function foldJournal(journal: Journal, cursor: number): Promise<Tables> {
  const tables = new Tables(PROJECTIONS)
  while (tables.cursor < cursor) {
    const batch = await journal.read(tables.cursor, 2_000)
    if (batch.length === 0) throw new Error(`the journal ends at ${tables.cursor}, before ${cursor}`)
    for (const { event } of batch) if (event.seq <= cursor) tables.fold(event)
  }
  return tables
}

/** The rows of `names` inside `area` as `Screen.shown` gives them. */
export const expected = (tables: Tables, names: Iterable<string>, area: string): Record<string, [Key, Row][]> =>
  Object.fromEntries([...names].map((name) => [name, inOrder(tables.entries(name, area))]))
