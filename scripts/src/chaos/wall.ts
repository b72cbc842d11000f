/** A wall: keeps tables by the cursor rule of `/live` as the pages do, and remembers when it was where. */
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { Key, Row } from '@orchid/shared/kernel/projection'
import type { Beat, Changes, ClientToServer, Frame, ServerToClient, Watch, WatchAnswer } from '@orchid/shared/protocol/live'
import { io, type Socket } from 'socket.io-client'
import type { Sighting } from './check.ts'
import type { Link } from './link.ts'

/** Of the pages: how they come back, how long they wait for an answer, how long they trust a silent link. */
const RECONNECT = { reconnectionDelay: 400, reconnectionDelayMax: 3_000, timeout: 5_000 } as const
const WATCH_TIMEOUT = 8_000
/** Generous: a page waits even longer. */
const FETCH_TIMEOUT = 60_000
const SILENCE_LIMIT = 10_000

export interface WallOptions {
  readonly name: string
  readonly link: Link
  readonly token: string
  readonly tables: readonly string[]
  /** Area it shows; the token's own or one inside it. */
  readonly area: string
  /** Whether it asks for the area, or leaves it to the token. */
  readonly asks: boolean
}

/** Bounds of the tables that keep their newest rows only: what falls off the end is dropped here, not told. */
const NEWEST = new Map(PROJECTIONS.flatMap(({ name, newest }) => (newest ? [[name, newest] as const] : [])))

export class Wall {
  readonly name: string
  readonly link: Link
  cursor = 0
  epoch = ''
  readonly epochs = new Set<string>()
  /** Times (`performance.now()`) at which the cursor rose, and where to. */
  readonly advances: { readonly at: number; readonly cursor: number }[] = []
  /** Sentences about answers that took the cursor back within its epoch. */
  readonly falls: string[] = []
  readonly problems: string[] = []
  snapshots = 0
  tails = 0
  /** Times all tables were read over HTTP, since a snapshot or what was missed was too large for the socket. */
  fetches = 0
  /** Watches that were given up because no answer came in time. */
  timeouts = 0
  frames = 0
  /** Frames that came while it slept, beyond the one that may have been on its way. */
  uninvited = 0
  #sleepFrames = 0
  #awake = true
  #whole = false
  #watching = false
  #stopped = false
  #previousBeat: Beat | undefined
  #silence: NodeJS.Timeout | undefined
  readonly #tables: Map<string, Map<Key, Row>>
  readonly #o: WallOptions
  readonly #socket: Socket<ServerToClient, ClientToServer>

  constructor(options: WallOptions) {
    this.#o = options
    this.name = options.name
    this.link = options.link
    this.#tables = new Map(options.tables.map((name) => [name, new Map()]))
    const socket: Socket<ServerToClient, ClientToServer> = io(`${options.link.base}/live`, {
      transports: ['websocket'],
      forceNew: true,
      auth: { token: options.token },
      ...RECONNECT,
    })
    this.#socket = socket
    socket.on('connect', () => {
      this.#previousBeat = undefined
      this.#sleepFrames = 0
      this.#heard()
      if (this.#awake) void this.#watch()
    })
    // The library does not come back by itself after a refusal, such as "unavailable" while Redis is away.
    socket.on('connect_error', () => {
      if (!socket.active) setTimeout(() => this.#stopped || socket.connect(), 1_000)
    })
    socket.on('disconnect', (reason) => {
      if (reason === 'io server disconnect') setTimeout(() => this.#stopped || socket.connect(), 1_000)
    })
    socket.on('bye', ({ spread }) => {
      socket.disconnect()
      setTimeout(() => this.#stopped || socket.connect(), Math.random() * spread)
    })
    socket.on('frame', (frame, received) => this.#take(frame, received))
    socket.on('beat', (beat) => this.#beat(beat))
  }

  /** What is shown now; undefined while it is being put together. */
  sight(): Sighting | undefined {
    if (!this.#whole) return undefined
    const tables = new Map([...this.#tables].map(([name, rows]) => [name, new Map(rows)]))
    return { who: this.name, area: this.#o.area, cursor: this.cursor, tables }
  }

  /** Neither takes nor acknowledges anything, as a page whose machine is out of breath. */
  doze(): void {
    this.#awake = false
    this.#sleepFrames = 0
  }

  wake(): void {
    this.#awake = true
    if (this.#socket.connected) void this.#watch()
  }

  close(): void {
    this.#stopped = true
    clearTimeout(this.#silence)
    this.#socket.disconnect()
  }

  #heard(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      if (!this.#socket.connected || this.#stopped) return
      this.#socket.disconnect()
      this.#socket.connect()
    }, SILENCE_LIMIT)
  }

  #beat(beat: Beat): void {
    this.#heard()
    if (!this.#awake) return
    const before = this.#previousBeat
    this.#previousBeat = beat
    if (before && this.epoch && (before.epoch !== this.epoch || before.head > this.cursor)) void this.#watch()
  }

  #take(frame: Frame, received: () => void): void {
    if (!this.#awake) {
      if (++this.#sleepFrames > 1) this.uninvited++
      return
    }
    received()
    this.frames++
    if (frame.epoch !== this.epoch || frame.to <= this.cursor) return
    if (frame.from > this.cursor) {
      void this.#watch()
      return
    }
    this.#apply(frame.tables)
    this.#advance(frame.to)
  }

  async #watch(): Promise<void> {
    if (this.#watching) return
    this.#watching = true
    try {
      while (this.#socket.connected && this.#awake && !this.#stopped) if (await this.#ask()) return
    } finally {
      this.#watching = false
    }
  }

  /** One watch; true when it was answered for good. */
  async #ask(): Promise<boolean> {
    const { tables, area, asks } = this.#o
    const held = this.epoch ? { cursor: this.cursor, epoch: this.epoch } : {}
    let answer: WatchAnswer
    try {
      answer = await this.#answerTo({ tables, ...(asks && { area }), ...held })
    } catch {
      if (this.#socket.connected) this.timeouts++
      await sleep(300) // no answer: the link is gone or slow
      return false
    }
    if (answer.ok) return true
    if (answer.code === 'forbidden' || answer.code === 'invalid') {
      this.problems.push(`${this.name}: watch was answered ${answer.code}`)
      return true
    }
    if (answer.code === 'fetch') await this.#fetch()
    else await sleep(500 + Math.random() * 500)
    return false
  }

  /**
   * Its rows are taken where it comes in. When a held link is let go, frames come behind it in one piece of the stream, and here, where a browser
   * takes each by itself, whoever only waits for the answer would hear of them first.
   */
  #answerTo(message: Watch): Promise<WatchAnswer> {
    return new Promise((resolve, reject) => {
      this.#socket.timeout(WATCH_TIMEOUT).emit('watch', message, (error: Error | null, answer: WatchAnswer) => {
        if (error) return reject(error)
        if (answer.ok) this.#answered(answer)
        resolve(answer)
      })
    })
  }

  #answered({ epoch, cursor, mode, tables }: Extract<WatchAnswer, { ok: true }>): void {
    if (epoch === this.epoch && cursor < this.cursor) this.falls.push(`${this.name} fell from ${this.cursor} to ${cursor} (${mode})`)
    if (mode === 'snapshot') {
      this.snapshots++
      for (const rows of this.#tables.values()) rows.clear()
    } else this.tails++
    this.#apply(tables)
    this.epoch = epoch
    this.epochs.add(epoch)
    this.#sleepFrames = 0 // after an answer one more may come, acknowledged or not
    this.#whole = true
    this.#advance(cursor)
  }

  /** Whole tables over HTTP, through the same link; they are held at the least of their cursors. What is shown stays until all have come. */
  async #fetch(): Promise<void> {
    const { tables, area, asks, link, token } = this.#o
    const ask = async (name: string): Promise<{ name: string; rows: Changes[string]; cursor: number; epoch: string }> => {
      const response = await fetch(`${link.base}/api/tables/${name}?all=1${asks ? `&area=${area}` : ''}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(FETCH_TIMEOUT),
      })
      if (!response.ok) throw new Error(`${name} was answered ${response.status}`)
      const { rows } = (await response.json()) as { rows: Changes[string] }
      return { name, rows, cursor: Number(response.headers.get('orchid-cursor')), epoch: response.headers.get('orchid-epoch') ?? '' }
    }
    let pages: Awaited<ReturnType<typeof ask>>[]
    try {
      pages = await Promise.all(tables.map(ask))
    } catch {
      await sleep(1_000) // the link or the server went away: the watch is asked again
      return
    }
    const [epoch = '', ...others] = new Set(pages.map((page) => page.epoch))
    if (others.length) return
    const cursor = Math.min(...pages.map((page) => page.cursor))
    if (this.epoch === epoch && cursor < this.cursor) this.falls.push(`${this.name} fell from ${this.cursor} to ${cursor} (fetched)`)
    this.#whole = false
    for (const rows of this.#tables.values()) rows.clear()
    for (const { name, rows } of pages) this.#apply({ [name]: rows })
    this.fetches++
    this.cursor = cursor
    this.epoch = epoch
    this.epochs.add(epoch)
  }

  #advance(cursor: number): void {
    this.cursor = cursor
    this.advances.push({ at: performance.now(), cursor })
  }

  #apply(changes: Changes): void {
    for (const [name, list] of Object.entries(changes)) {
      const rows = this.#tables.get(name)
      if (!rows) {
        this.problems.push(`${this.name} was sent rows of ${name}, which it did not ask for`)
        continue
      }
      for (const [key, row] of list) {
        if (row === null) rows.delete(key)
        else rows.set(key, row)
      }
      const newest = NEWEST.get(name)
      if (!newest) continue
      const most = this.#o.area.length > 6 ? newest.township : newest.city
      const order = rows.size > most ? [...rows.keys()].sort((a, b) => Number(a) - Number(b)) : []
      for (const key of order.slice(0, Math.max(0, rows.size - most))) rows.delete(key)
    }
  }
}
