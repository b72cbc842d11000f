/** The live socket: connects, watches, takes frames by the cursor rule, and comes back by itself. */
import type { Beat, ClientToServer, ServerToClient, Watch, WatchAnswer } from '@orchid/shared/protocol/live'
import { io, type Socket } from 'socket.io-client'
import { mostRows } from './bounded-tables.ts'
import { emptyHeld, type Held, isBehind, takeAnswer, takeFrame } from './cursor-rule.ts'
import type { LiveSource, SourceHandlers } from './source.ts'
import { fetchWholeTables } from './whole-tables.ts'

/** Twice the beat's interval: longer silence means that nothing on the screen can be trusted to be now. */
export const SILENCE_LIMIT = 10_000
const WATCH_TIMEOUT = 8_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export class SocketSource implements LiveSource {
  readonly held: Held
  #socket: Socket<ServerToClient, ClientToServer> | undefined
  #handlers: SourceHandlers | undefined
  #watching = false
  /** Tables were added of which no rows were asked for yet. */
  #added = false
  #previousBeat: Beat | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #return: ReturnType<typeof setTimeout> | undefined
  #abort = new AbortController()
  readonly #area: string | undefined

  /** `scope`: area code of the session; `area`: code inside it to which the rows are narrowed, absent means all of it. */
  constructor(tables: readonly string[], scope: string, area?: string) {
    this.held = emptyHeld(tables, mostRows(area ?? scope))
    this.#area = area
  }

  start(handlers: SourceHandlers): void {
    this.#handlers = handlers
    handlers.status('connecting')
    const socket: Socket<ServerToClient, ClientToServer> = io('/live', {
      path: '/socket.io',
      transports: ['websocket'],
      withCredentials: true,
      forceNew: true,
      reconnectionDelay: 400,
      reconnectionDelayMax: 2_000,
      timeout: 5_000,
    })
    this.#socket = socket
    socket.on('connect', () => {
      this.#previousBeat = undefined
      this.#heard()
      void this.#watch()
    })
    socket.on('frame', (frame, received) => {
      received?.()
      const outcome = takeFrame(this.held, frame)
      if (outcome === 'applied') handlers.changed(Object.keys(frame.tables))
      else if (outcome === 'gap') void this.#watch()
    })
    socket.on('beat', (beat) => {
      this.#heard()
      if (isBehind(this.held, this.#previousBeat)) void this.#watch()
      this.#previousBeat = beat
      handlers.beat(beat)
    })
    socket.on('bye', ({ spread }) => {
      socket.disconnect()
      this.#return = setTimeout(() => socket.connect(), Math.random() * Math.max(0, spread))
    })
    socket.on('disconnect', (reason) => {
      handlers.status('down')
      if (reason === 'io server disconnect') void this.#askSession(true)
    })
    socket.on('connect_error', () => {
      handlers.status('down')
      void this.#askSession(!socket.active)
    })
  }

  /** Holds these tables as well from now on; rows that are held stay on the screen meanwhile. */
  hold(tables: readonly string[]): void {
    const added = tables.filter((name) => !this.held.tables.has(name))
    if (added.length === 0) return
    for (const name of added) this.held.tables.set(name, new Map())
    this.#added = true
    void this.#watch()
  }

  stop(): void {
    this.#abort.abort()
    clearTimeout(this.#silence)
    clearTimeout(this.#return)
    this.#socket?.disconnect()
    this.#socket?.removeAllListeners()
    this.#socket = undefined
  }

  /** A link that is open but silent is cut and made anew: TCP alone would not notice for minutes. */
  #heard(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      const socket = this.#socket
      if (!socket?.connected) return
      socket.disconnect()
      socket.connect()
    }, SILENCE_LIMIT)
  }

  /** Tells a missing session from a missing server. `reconnect`: the socket library will not try again by itself. */
  async #askSession(reconnect: boolean): Promise<void> {
    let status = 0
    try {
      status = (await fetch('/api/session', { signal: this.#abort.signal, credentials: 'same-origin' })).status
    } catch {
      // No answer is an answer here: the server is away, and the socket keeps trying.
    }
    if (!this.#socket) return
    if (status === 401) {
      this.#handlers?.status('no-session')
      this.stop()
    } else if (reconnect) this.#return = setTimeout(() => this.#socket?.connect(), 1_000)
  }

  /** Watches until it is answered or the link is gone. One at a time: what asks meanwhile is answered by the same. */
  async #watch(): Promise<void> {
    const socket = this.#socket
    if (this.#watching || !socket) return
    this.#watching = true
    try {
      while (socket.connected && this.#socket === socket) if (await this.#ask(socket)) return
    } finally {
      this.#watching = false
    }
  }

  /** One watch; true when there is nothing more to ask. */
  async #ask(socket: Socket<ServerToClient, ClientToServer>): Promise<boolean> {
    const { held } = this
    // A cursor stands for every table that is named.
    if (this.#added) held.epoch = undefined
    this.#added = false
    const watch: Watch = {
      tables: [...held.tables.keys()],
      ...(this.#area && { area: this.#area }),
      ...(held.epoch !== undefined && { cursor: held.cursor, epoch: held.epoch }),
    }
    let answer: WatchAnswer
    try {
      answer = await socket.timeout(WATCH_TIMEOUT).emitWithAck('watch', watch)
    } catch {
      await pause(300)
      return false
    }
    if (answer.ok) {
      takeAnswer(held, answer)
      this.#handlers?.status('open')
      this.#handlers?.changed(answer.mode === 'snapshot' ? held.tables.keys() : Object.keys(answer.tables))
      return !this.#added
    }
    if (answer.code === 'fetch') return this.#fetch()
    if (answer.code === 'forbidden' && answer.tables?.length) for (const table of answer.tables) held.tables.delete(table)
    else {
      held.epoch = undefined
      await pause(1_000 + Math.random() * 1_000)
    }
    return held.tables.size === 0
  }

  async #fetch(): Promise<boolean> {
    const got = await fetchWholeTables(this.held, this.#area, this.#abort.signal)
    if (got.outcome === 'no-session') {
      this.#handlers?.status('no-session')
      this.stop()
      return true
    }
    if (got.outcome === 'held') this.#handlers?.changed(this.held.tables.keys())
    if (got.outcome === 'forbidden') this.held.tables.delete(got.table)
    if (got.outcome === 'again') await pause(got.wait)
    return false
  }
}
