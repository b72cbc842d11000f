/** A client of `/live` that keeps tables by the cursor rule and nothing else, and the tables that it should show. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { type Key, type Row, Tables } from '@orchid/shared/kernel/projection'
import type { Beat, Changes, Frame, WatchAnswer } from '@orchid/shared/protocol/live'
import { io, type Socket } from 'socket.io-client'
import type { Journal } from '../src/journal/journal.ts'
import { call, sleep, until } from './http.ts'

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
        const code = await this.#ask()
        if (code === undefined || code === 'forbidden' || code === 'invalid') return
        if (code === 'fetch') await this.#fetch()
        else await sleep(100)
      }
    } finally {
      this.#watching = false
    }
  }

  /** One watch; gives why it was refused. The answer is taken before anything else that came with it: a frame in the same piece builds on it. */
  #ask(): Promise<string | undefined> {
    const held = this.epoch ? { cursor: this.cursor, epoch: this.epoch } : {}
    const { area } = this.#options
    return new Promise((done) => {
      const watch = { tables: [...this.tables.keys()], ...(area && { area }), ...held }
      this.socket.timeout(3_000).emit('watch', watch, (error: Error | null, answer: WatchAnswer) => {
        if (!error && answer.ok) {
          if (answer.epoch === this.epoch && answer.cursor < this.cursor) this.problems.push('the cursor fell')
          if (answer.mode === 'snapshot') this.#clear()
          this.#apply(answer.tables)
          this.cursor = answer.cursor
          this.epoch = answer.epoch
          this.modes.push(answer.mode)
          done(undefined)
          return
        }
        const code = error ? error.message : (answer as { code: string }).code
        if (code !== 'fetch') this.problems.push(code)
        done(code)
      })
    })
  }

  /** Reads every table over HTTP; then it stands at the least of their cursors. When that fails it holds nothing and watches anew. */
  async #fetch(): Promise<void> {
    const { token, cookie, area } = this.#options
    this.#clear()
    this.epoch = ''
    let least = Number.POSITIVE_INFINITY
    let epoch = ''
    for (const table of this.tables.keys()) {
      const answer = await call(this.#base, `/api/tables/${table}?all=1${area ? `&area=${area}` : ''}`, {
        ...(token !== undefined && { token }),
        ...(cookie !== undefined && { cookie }),
      }).catch((error: Error) => error)
      if (answer instanceof Error || answer.status !== 200) {
        this.problems.push(`fetch: ${answer instanceof Error ? answer.message : answer.status}`)
        await sleep(100)
        return
      }
      this.#apply({ [table]: answer.json.rows })
      least = Math.min(least, Number(answer.headers.get('orchid-cursor')))
      epoch = answer.headers.get('orchid-epoch') as string
    }
    this.cursor = least
    this.epoch = epoch
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

  /** Breaks the connection, if there is one; Socket.IO comes back by itself. */
  cut(): void {
    if (this.socket.io.engine.readyState === 'open') this.socket.io.engine.close()
  }

  close(): void {
    this.socket.disconnect()
  }
}

const inOrder = (rows: [Key, Row][]): [Key, Row][] => rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** Folds the whole journal up to `cursor` without server, snapshot or touched log; goes on with `tables` that were folded so before. */
export async function foldJournal(journal: Journal, cursor: number, tables = new Tables(PROJECTIONS)): Promise<Tables> {
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

/** Waits until the screen has reached the journal's head; gives what it shows and what it should show. `folded`: this journal's tables of an earlier comparison, which are folded on. */
export async function compared(
  screen: Screen,
  journal: Journal,
  area = '',
  within = 5_000,
  folded?: Tables,
): Promise<{ shown: Record<string, [Key, Row][]>; expected: Record<string, [Key, Row][]> }> {
  const { seq } = await journal.head()
  await until(
    () => screen.cursor >= seq,
    within,
    () => `the screen stands at ${screen.cursor} and not at ${seq}; ${screen.problems.join(', ')}`,
  )
  // Both are read at the same cursor: nothing may come between.
  const [cursor, shown] = [screen.cursor, screen.shown()]
  const tables = await foldJournal(journal, cursor, folded && folded.cursor <= cursor ? folded : undefined)
  return { shown, expected: expected(tables, screen.tables.keys(), area) }
}
