/** `/live`: a client is just a cursor. Rows it lacks are read when it can take them, as often as that stays cheap; red ones at once. */
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { findsUpTo, type Identity, may, type Right } from '@orchid/shared/domain/access/roles'
import { within } from '@orchid/shared/kernel/geo'
import {
  BEAT_EVERY,
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
import { SharedFrames } from './shared-frames.ts'
import { readWatch, type Subscription } from './watch.ts'

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
  watching: (View & Pick<Subscription, 'tables'> & { readonly group: string; readonly own: readonly string[] }) | undefined
  cursor: number
  /** A frame is on its way and not yet acknowledged. */
  awaiting: boolean
  sentAt: number
  asks: { count: number; since: number }
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
  readonly #pace = new Pace(() => this.#flush())
  readonly #stopListening: () => void
  /** Snapshots asked for by many clients at one cursor are made once. */
  #snapshots = new Map<string, { tables: Changes; size: number }>()
  #snapshotsAt = -1
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
        if ((this.#awaySince === undefined) !== this.#journalThere) this.#beat()
      }, LOOK_AGAIN),
      setInterval(() => this.#beat(), BEAT_EVERY),
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
    const areas = [...this.#nsp.sockets.values()].map(({ data }) => data.identity.area)
    return areas.filter((own) => area === '' || within(own, area)).sort((a, b) => a.length - b.length)[0]
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
    socket.data = { identity, identify, watching: undefined, cursor: 0, awaiting: false, sentAt: 0, asks: { count: 0, since: 0 } }
    return undefined
  }

  #serve(socket: LiveSocket): void {
    this.#adapter.takeAcknowledgements(socket as unknown as Socket)
    socket.on('watch', (message, answer) => {
      const asks = this.#count(socket)
      if (typeof answer === 'function' && asks < FLOOD) answer(asks > ASKS ? UNAVAILABLE : this.#watch(socket, message))
    })
    socket.on('unwatch', (answer) => {
      socket.data.watching = undefined
      if (this.#count(socket) < FLOOD && typeof answer === 'function') answer()
    })
    socket.on('error', (error) => this.#rooms.log.warn({ err: error }, 'a live socket failed'))
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
    const now = Date.now()
    // Whoever has not read the last answer gets no further snapshot into the memory here.
    if (!state.ready || unread(socket)) return UNAVAILABLE
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
    socket.data = {
      ...client,
      watching: { tables, group, own: [...tables].filter((table) => isOwn(state, table)), ...view },
      cursor: state.cursor,
      awaiting: false,
      sentAt: now,
    }
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

  /** Sends what is new to every client that can take it. One text for all clients of a group at the same cursor. */
  #flush(even: 'touched' | 'empty' = 'touched'): void {
    const { state } = this.#rooms
    if (!state.ready) return
    const now = Date.now()
    const to = state.cursor
    const shared = new Map<string, LiveSocket[]>()
    // Until a camera is classified all clearances share one frame.
    const veiled = veiledAt(state)
    for (const socket of this.#nsp.sockets.values()) {
      const { watching, cursor, awaiting } = socket.data
      if (!watching || awaiting || cursor >= to) continue
      if (unread(socket)) {
        this.#pace.within(LOOK_AGAIN)
        continue
      }
      // Until rows that belong to accounts are touched, or show something else since a camera was classified, these share it too.
      const turns = (table: string): boolean => Math.max(state.tables.touchedSeq(table), isVeiled(table) ? veiled : 0) > cursor
      const key = `${cursor} ${watching.group}${veiled > 0 ? ` ${watching.reach}` : ''}${watching.own.some(turns) ? ` ${watching.name}` : ''}`
      const list = shared.get(key)
      if (list) list.push(socket)
      else shared.set(key, [socket])
    }
    for (const sockets of shared.values()) {
      const { watching, cursor: from } = (sockets[0] as LiveSocket).data
      if (!watching) continue
      // A cursor older than what is remembered gets a frame it cannot join on: by the rule it watches again.
      const frame: Frame = state.touched.reaches(from)
        ? { epoch: state.epoch, from, to, tables: changesSince(state, watching.tables, watching, from) }
        : { epoch: state.epoch, from: to, to, tables: {} }
      const empty = Object.keys(frame.tables).length === 0
      const receivers = empty && even === 'touched' ? sockets.filter((socket) => this.#mayBeEmpty(socket, now)) : sockets
      if (receivers.length)
        this.#adapter.sendShared(
          'frame',
          frame,
          receivers.map((socket) => this.#sending(socket, to, now)),
        )
    }
  }

  /** An empty frame goes to a client that has had none for a second. To others it goes as soon as that second is over. */
  #mayBeEmpty({ data: { sentAt } }: LiveSocket, now: number): boolean {
    const left = sentAt + EMPTY_FRAME_EVERY - now
    if (left > 0) this.#pace.within(left)
    return left <= 0
  }

  #sending(socket: LiveSocket, to: number, now: number): { socket: Socket; received: () => void } {
    const client = socket.data
    client.cursor = to
    client.awaiting = true
    client.sentAt = now
    return {
      socket: socket as unknown as Socket,
      received: () => {
        // After a new watch the data are another object: a late acknowledgement then means nothing.
        client.awaiting = false
        if (client.cursor < this.#rooms.state.cursor) this.#pace.soon(client.cursor < this.#urgentTo)
      },
    }
  }

  /** Epoch milliseconds since which nothing new comes from the journal. */
  get #awaySince(): number | undefined {
    return this.#rooms.journal.awaySince ?? this.#rooms.state.behindSince
  }

  #beat(): void {
    this.#pace.run(() => this.#flush('empty'))
    const { state, build } = this.#rooms
    const awaySince = this.#awaySince
    this.#journalThere = awaySince === undefined
    const common = {
      epoch: state.epoch,
      serverTime: Date.now(),
      ...(awaySince !== undefined && { journalAwaySince: awaySince }),
      ...(state.historyLostAt !== undefined && { historyLostAt: state.historyLostAt }),
      ...(build !== undefined && { build }),
    }
    for (const socket of this.#nsp.sockets.values()) {
      // What a slow client has not read yet would only grow by this.
      if (!unread(socket)) socket.emit('beat', { ...common, head: socket.data.cursor })
    }
  }

  /** A session that ended or a token that was revoked ends its sockets too. */
  async #checkSessions(): Promise<void> {
    for (const socket of [...this.#nsp.sockets.values()]) {
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
