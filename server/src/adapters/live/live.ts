/** `/live`: a client is just a cursor. Rows it lacks are read when it can take them, as often as that stays cheap; red ones at once. */
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { findsUpTo, type Identity, may, type Right } from '@orchid/shared/domain/access/roles'
import { within } from '@orchid/shared/kernel/geo'
import {
  BEAT_EVERY,
  type Beat,
  type Changes,
  type ClientToServer,
  type Frame,
  type ServerToClient,
  SNAPSHOT_LIMIT,
  type WatchAnswer,
} from '@orchid/shared/protocol/live'
import { type Namespace, Server, type Socket } from 'socket.io'
import { type Journal, JournalUnavailable } from '../../journal/journal.ts'
import { isVeiled, veiledAt } from '../../projections/camera-veil.ts'
import type { LiveState } from '../../projections/live-state.ts'
import { changesSince, isOwn, snapshot, type View } from './changes.ts'
import { Pace } from './pace.ts'
import { RowTexts } from './row-texts.ts'
import { type Line, type Receiving, SharedFrames } from './shared-frames.ts'
import { readWatch } from './watch.ts'

/** Clients that one flush serves: then everything else on the thread has its turn, and the last of a thousand clients does not wait behind all others. */
const TURN = 128
/** Parts in which the clients get their beat, so that a thousand of them are no pause for everything else. */
const BEATS = 20
/** Sessions looked at between two turns of the event loop. */
const STRIDE = 50
/** How soon a socket with a full buffer is looked at again, and how soon it is told that the journal went away. */
const LOOK_AGAIN = 50
const EMPTY_FRAME_EVERY = 1_000
const SESSION_CHECK_EVERY = 2_000
const BYE_SPREAD = 3_000
/** Questions a socket may ask in 10 s before it is told to wait, and before it is cut off. */
const ASKS = 60
const FLOOD = 10 * ASKS

type LiveSocket = Socket<ClientToServer, ServerToClient, object, Client>

/** All the server knows of one client: who it is, what it watches and how far it is. No queue. */
interface Client {
  identity: Identity
  identify: () => Promise<Identity | undefined>
  line: Line | undefined
  /** Of its last `watch`, even where that has ended. */
  watcher: Watcher | undefined
  asks: { count: number; since: number }
}

/** One subscription and how far it is. Another `watch` makes another one: an acknowledgement that comes late means nothing to that. */
interface Watcher {
  readonly line: Line
  readonly tables: ReadonlySet<string>
  readonly view: View
  /** Tables in which each reader sees only their own rows. */
  readonly own: readonly string[]
  /** Whoever has the same shares frames: where neither clearance nor account matters, where one of them does, and where both do. */
  readonly groups: readonly [all: string, reach: string, name: string, both: string]
  readonly received: () => void
  cursor: number
  /** Up to here nothing is new for it; its cursor follows with the next frame. */
  looked: number
  sentAt: number
  ended: boolean
}

const UNAVAILABLE: WatchAnswer = { ok: false, code: 'unavailable' }

export interface LiveRooms {
  readonly server: HttpServer
  readonly state: LiveState
  readonly journal: Pick<Journal, 'awaySince'>
  /** Build of the pages, told with every beat. */
  readonly build: string | undefined
  readonly identify: (request: IncomingMessage, token: unknown) => Promise<Identity | undefined>
  readonly ownSocket: (request: IncomingMessage) => boolean
  readonly log: { warn(o: object, m: string): void }
}

export class Live {
  readonly #io: Server
  readonly #nsp: Namespace<ClientToServer, ServerToClient, object, Client>
  readonly #rooms: LiveRooms
  readonly #timers: NodeJS.Timeout[]
  readonly #texts = new RowTexts()
  readonly #pace = new Pace(() => this.#flush())
  /** Those who watch and have acknowledged their last frame: who has waited longest first. */
  readonly #ready = new Set<Watcher>()
  /** All clients by the part of the 5 s in which their beat comes. */
  readonly #beats: readonly Set<LiveSocket>[] = Array.from({ length: BEATS }, () => new Set())
  readonly #beatsFrom = performance.now()
  /** Parts that have had their beat since then. */
  #beatsAt = 0
  readonly #stopListening: () => void
  /** Snapshots asked for by many clients at one cursor are made once. */
  #snapshots = new Map<string, { tables: Changes; size: number }>()
  #snapshotsAt = -1
  /** How many of those connected have which area: asked at each advance, a walk past a thousand clients would be dear. */
  readonly #areas = new Map<string, number>()
  /** What the last beat said. */
  #journalThere = true
  /** Position of the newest red row. */
  #urgentTo = 0

  constructor(rooms: LiveRooms) {
    this.#rooms = rooms
    this.#io = new Server(rooms.server, {
      path: '/socket.io',
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      destroyUpgrade: false,
      maxHttpBufferSize: 64 * 1024,
      connectTimeout: 10_000,
      pingInterval: 10_000,
      pingTimeout: 10_000,
      cleanupEmptyChildNamespaces: true,
      allowRequest: (request, decide) => decide(null, rooms.ownSocket(request)),
      adapter: SharedFrames,
    })
    this.#io.use((_socket, next) => next(new Error('unknown namespace')))
    this.#nsp = this.#io.of('/live') as Namespace<ClientToServer, ServerToClient, object, Client>
    this.#nsp.use((socket, next) => void this.#admit(socket).then(next, () => next(new Error('unavailable'))))
    this.#nsp.on('connection', (socket) => this.#serve(socket))
    this.#stopListening = rooms.state.onAdvance(({ to, urgent, reset }) => {
      if (reset) {
        this.#urgentTo = 0
        this.#cutAll()
        return
      }
      if (urgent) this.#urgentTo = to
      this.#pace.soon(urgent)
    })
    this.#timers = [
      setInterval(() => {
        // That the journal went away or came back is not left to the next beat.
        if ((this.#awaySince === undefined) === this.#journalThere) return
        this.#journalThere = !this.#journalThere
        for (const part of this.#beats) this.#beat(part)
      }, LOOK_AGAIN),
      setInterval(() => this.#beatInTurn(), BEAT_EVERY / BEATS),
      setInterval(() => void this.#checkSessions(), SESSION_CHECK_EVERY),
    ]
  }

  get #adapter(): SharedFrames {
    return this.#nsp.adapter as unknown as SharedFrames
  }

  /** Clients connected now. */
  get clients(): number {
    return this.#nsp.sockets.size
  }

  /** The widest area of those connected here whose area holds this one; undefined: nobody's does. An empty text asks for anybody. */
  widestAround(area: string): string | undefined {
    let widest: string | undefined
    for (const own of this.#areas.keys())
      if ((area === '' || within(own, area)) && (widest === undefined || own.length < widest.length)) widest = own
    return widest
  }

  /** Says goodbye so that clients come back spread in time, then closes. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#stopListening()
    this.#pace.stop()
    this.#nsp.emit('bye', { spread: BYE_SPREAD })
    await new Promise((resolve) => setTimeout(resolve, 50))
    this.#cutAll()
    this.#io.engine.close()
  }

  async #admit(socket: LiveSocket): Promise<Error | undefined> {
    const identify = () => this.#rooms.identify(socket.request, socket.handshake.auth.token)
    const identity = await identify()
    if (!identity) return new Error('unauthenticated')
    if (!may(identity.role, 'read')) return new Error('forbidden')
    socket.data = { identity, identify, line: undefined, watcher: undefined, asks: { count: 0, since: 0 } }
    return undefined
  }

  #serve(socket: LiveSocket): void {
    const { area } = socket.data.identity
    this.#areas.set(area, (this.#areas.get(area) ?? 0) + 1)
    const part = this.#beats.reduce((least, other) => (other.size < least.size ? other : least))
    part.add(socket)
    socket.on('disconnect', () => {
      this.#endWatch(socket)
      part.delete(socket)
      const left = (this.#areas.get(area) ?? 1) - 1
      if (left > 0) this.#areas.set(area, left)
      else this.#areas.delete(area)
    })
    socket.data.line = this.#adapter.lineTo(socket as unknown as Socket)
    socket.on('watch', (message, answer) => {
      const asks = this.#count(socket)
      if (typeof answer === 'function' && asks < FLOOD) answer(asks > ASKS ? UNAVAILABLE : this.#watch(socket, message))
    })
    socket.on('unwatch', (answer) => {
      this.#endWatch(socket)
      if (this.#count(socket) < FLOOD && typeof answer === 'function') answer()
    })
    socket.on('error', (error) => this.#rooms.log.warn({ err: error }, 'a live socket failed'))
  }

  #endWatch({ data: { watcher } }: LiveSocket): void {
    if (!watcher) return
    watcher.ended = true
    this.#ready.delete(watcher)
  }

  /** How many questions this socket has asked in the present 10 s. One that never stops asking is cut off: each answer would wait here for it. */
  #count(socket: LiveSocket): number {
    const { asks } = socket.data
    const now = Date.now()
    if (now - asks.since > 10_000) Object.assign(asks, { count: 0, since: now })
    if (++asks.count === FLOOD) socket.disconnect(true)
    return asks.count
  }

  #watch(socket: LiveSocket, message: unknown): WatchAnswer {
    const { state } = this.#rooms
    const client = socket.data
    // Whoever has not read the last answer gets no further snapshot into the memory here.
    if (!state.ready || !client.line || unread(socket)) return UNAVAILABLE
    const asked = readWatch(message, client.identity.area, state.tables, (right) => may(client.identity.role, right as Right))
    if (typeof asked === 'string') return { ok: false, code: asked }
    if ('forbidden' in asked) return { ok: false, code: 'forbidden', tables: asked.forbidden }
    const { tables, area, from } = asked
    const group = `${area} ${[...tables].sort().join()}`
    // Whoever watches no cameras shares with all.
    const reach = [...tables].some(isVeiled) ? findsUpTo(client.identity.role) : 'restricted'
    const held = from && from.epoch === state.epoch && from.cursor <= state.cursor && state.touched.reaches(from.cursor)
    const view = { name: client.identity.name, area, reach }
    const { tables: changes, size } = held ? measured(changesSince(state, tables, view, from.cursor)) : this.#snapshot(group, tables, view)
    if (size > SNAPSHOT_LIMIT) return { ok: false, code: 'fetch', tables: [...tables] }
    this.#endWatch(socket)
    const watcher: Watcher = {
      ...{ line: client.line, tables, view },
      own: [...tables].filter((table) => isOwn(state, table)),
      groups: [group, `${group} ${reach}`, `${group}  ${view.name}`, `${group} ${reach} ${view.name}`],
      received: () => this.#received(watcher),
      ...{ cursor: state.cursor, looked: state.cursor, sentAt: Date.now(), ended: false },
    }
    client.watcher = watcher
    this.#ready.add(watcher)
    return { ok: true, epoch: state.epoch, cursor: state.cursor, mode: held ? 'tail' : 'snapshot', tables: changes }
  }

  #snapshot(group: string, tables: ReadonlySet<string>, view: View): { tables: Changes; size: number } {
    const { state } = this.#rooms
    if (this.#snapshotsAt !== state.cursor) this.#snapshots.clear()
    this.#snapshotsAt = state.cursor
    const own = [...tables].some((table) => isOwn(state, table) && state.tables.size(table) > 0)
    const key = `${group} ${view.reach}${own ? ` ${view.name}` : ''}`
    const made = this.#snapshots.get(key) ?? measured(snapshot(state, tables, view))
    this.#snapshots.set(key, made)
    return made
  }

  /** Sends what is new to those who have waited longest. Whether others wait. */
  #flush(): boolean {
    const { state } = this.#rooms
    if (!state.ready) return false
    const now = Date.now()
    const turn: Watcher[] = []
    for (const watcher of this.#ready) {
      const { cursor, looked, sentAt, line } = watcher
      if (cursor >= state.cursor) continue
      const left = sentAt + EMPTY_FRAME_EVERY - now
      if (looked >= state.cursor && left > 0) {
        this.#pace.within(left)
        continue
      }
      if (turn.length === TURN) {
        this.#pace.soon(cursor < this.#urgentTo)
        this.#send(turn, 'touched')
        return true
      }
      if (line.takes) turn.push(watcher)
      else this.#pace.within(LOOK_AGAIN)
    }
    this.#send(turn, 'touched')
    return false
  }

  /** Sends these what is new for each. One text for all of a group at the same cursor. */
  #send(turn: readonly Watcher[], even: 'touched' | 'empty'): void {
    const { state } = this.#rooms
    const now = Date.now()
    const to = state.cursor
    const shared = new Map<string, Map<number, Watcher[]>>()
    // Until a camera is classified all clearances share one frame.
    const veiled = veiledAt(state)
    for (const watcher of turn) {
      const { groups, cursor, own } = watcher
      // Until rows that belong to accounts are touched, or show something else since a camera was classified, these share it too.
      const turns = (table: string): boolean => Math.max(state.tables.touchedSeq(table), isVeiled(table) ? veiled : 0) > cursor
      const isOwn = own.length > 0 && own.some(turns)
      const group = veiled > 0 ? groups[isOwn ? 3 : 1] : groups[isOwn ? 2 : 0]
      const byCursor = shared.get(group) ?? new Map<number, Watcher[]>()
      shared.set(group, byCursor)
      const list = byCursor.get(cursor)
      if (list) list.push(watcher)
      else byCursor.set(cursor, [watcher])
    }
    for (const byCursor of shared.values())
      for (const [from, watchers] of byCursor) {
        const [{ tables: watched, view }] = watchers as [Watcher]
        // A cursor older than what is remembered gets a frame it cannot join on: by the rule it watches again.
        const joins = state.touched.reaches(from)
        const tables = joins ? changesSince(state, watched, view, from) : {}
        const empty = Object.keys(tables).length === 0
        const receivers = empty && even === 'touched' ? watchers.filter((watcher) => this.#mayBeEmpty(watcher, to, now)) : watchers
        if (receivers.length === 0) continue
        const head: Omit<Frame, 'tables'> = { epoch: state.epoch, from: joins ? from : to, to }
        for (const watcher of receivers) this.#advance(watcher, to, now)
        this.#adapter.sendShared('frame', `${JSON.stringify(head).slice(0, -1)},"tables":${this.#texts.json(tables)}}`, receivers)
      }
  }

  /** An empty frame goes to a client that has had none for a second. To others it goes as soon as that second is over. */
  #mayBeEmpty(watcher: Watcher, to: number, now: number): boolean {
    const left = watcher.sentAt + EMPTY_FRAME_EVERY - now
    if (left <= 0) return true
    watcher.looked = to
    this.#pace.within(left)
    // Others come first next time.
    this.#ready.delete(watcher)
    this.#ready.add(watcher)
    return false
  }

  #advance(watcher: Watcher, to: number, now: number): void {
    watcher.cursor = to
    watcher.looked = to
    watcher.sentAt = now
    this.#ready.delete(watcher)
  }

  #received(watcher: Watcher): void {
    if (watcher.ended) return
    this.#ready.add(watcher)
    if (watcher.cursor < this.#rooms.state.cursor) this.#pace.soon(watcher.cursor < this.#urgentTo)
  }

  /** Epoch milliseconds since which nothing new comes from the journal. */
  get #awaySince(): number | undefined {
    return this.#rooms.journal.awaySince ?? this.#rooms.state.behindSince
  }

  /** Beats to the parts whose moment has come: by the clock, for a timer that is late twenty times would make the 5 s longer. */
  #beatInTurn(): void {
    const due = Math.floor((performance.now() - this.#beatsFrom) / (BEAT_EVERY / BEATS))
    for (this.#beatsAt = Math.max(this.#beatsAt, due - BEATS); this.#beatsAt < due; this.#beatsAt++)
      this.#beat(this.#beats[this.#beatsAt % BEATS] as Set<LiveSocket>)
  }

  #beat(sockets: Iterable<LiveSocket>): void {
    const { state, build } = this.#rooms
    const clients = [...sockets].map(({ data }) => data)
    const behind = clients.flatMap(({ watcher }) => (watcher && this.#ready.has(watcher) && watcher.cursor < state.cursor ? [watcher] : []))
    if (state.ready)
      this.#send(
        behind.filter(({ line }) => line.takes),
        'empty',
      )
    const awaySince = this.#awaySince
    const common = {
      epoch: state.epoch,
      serverTime: Date.now(),
      ...(awaySince !== undefined && { journalAwaySince: awaySince }),
      ...(state.historyLostAt !== undefined && { historyLostAt: state.historyLostAt }),
      ...(build !== undefined && { build }),
    }
    const byHead = new Map<number, Receiving[]>()
    for (const { line, watcher } of clients) {
      // What a slow client has not read yet would only grow by this.
      if (!line?.takes) continue
      const head = watcher?.cursor ?? 0
      const list = byHead.get(head)
      if (list) list.push({ line })
      else byHead.set(head, [{ line }])
    }
    for (const [head, receivers] of byHead) this.#adapter.sendShared('beat', JSON.stringify({ ...common, head } satisfies Beat), receivers)
  }

  /** A session that ended or a token that was revoked ends its sockets too. */
  async #checkSessions(): Promise<void> {
    for (const [i, socket] of [...this.#nsp.sockets.values()].entries()) {
      if (i % STRIDE === STRIDE - 1) await nextTurn()
      try {
        const identity = await socket.data.identify()
        if (!identity || identity.area !== socket.data.identity.area || identity.role !== socket.data.identity.role) socket.disconnect(true)
      } catch (error) {
        // While Redis is away nobody can be signed out either. The next round asks again.
        if (!(error instanceof JournalUnavailable)) throw error
      }
    }
  }

  /** Closes the connections below the clients, so that they come back and watch anew by themselves. */
  #cutAll(): void {
    for (const socket of [...this.#nsp.sockets.values()]) socket.conn.close()
  }
}

/** Whether packets wait in the socket's buffer. The field is declared private but documented for just this. */
const unread = (socket: LiveSocket): boolean => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length > 0

const measured = (tables: Changes): { tables: Changes; size: number } => ({ tables, size: JSON.stringify(tables).length })
