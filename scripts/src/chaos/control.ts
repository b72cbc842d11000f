/** The control: the same rows by plain Socket.IO emits, which promise nothing. Its screens must end wrong, else the run has proven nothing. */
import { once } from 'node:events'
import { feathers } from '@feathersjs/feathers'
import { koa } from '@feathersjs/koa'
import socketio from '@feathersjs/socketio'
import type { Journal } from '@orchid/server/journal/journal'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { type Key, type Row, Tables } from '@orchid/shared/kernel/projection'
import { io, type Socket } from 'socket.io-client'
import type { Sighting } from './check.ts'
import type { Link } from './link.ts'

type Snapshot = readonly (readonly [table: string, rows: readonly (readonly [Key, Row])[]])[]

/** Follows the journal itself, so it never misses an event, and emits each touched row to whoever is connected. */
export interface Relay {
  readonly port: number
  /** Rows emitted so far. */
  readonly emitted: number
  readonly cursor: number
  close(): Promise<void>
}

export async function startRelay(journal: Journal, names: readonly string[], area: string): Promise<Relay> {
  const tables = new Tables(PROJECTIONS)
  for (let batch = await journal.read(0, 2_000); batch.length; batch = await journal.read(tables.cursor, 2_000))
    for (const { event } of batch) tables.fold(event)

  let send: (table: string, key: Key, row: Row | null) => void = () => undefined
  let hangUp = (): void => undefined
  const app = koa(feathers())
  app.configure(
    socketio((server) => {
      send = (table, key, row) => server.emit('row', table, key, row)
      hangUp = () => void server.disconnectSockets(true)
      server.on('connection', (socket) => {
        socket.on('all', (answer: (tables: Snapshot) => void) => answer(names.map((name) => [name, tables.entries(name, area)])))
      })
    }),
  )
  const server = await app.listen(0, '127.0.0.1')
  if (!server.listening) await once(server, 'listening')
  const at = server.address()
  let emitted = 0
  const following = journal.follow(tables.cursor, {
    onEvents(batch) {
      for (const { event } of batch)
        tables.fold(event, (table, key) => {
          const row = tables.get<Row>(table, key)
          if (!names.includes(table) || (!row && tables.projection(table).newest)) return
          emitted++
          send(table, key, row ?? null)
        })
    },
    onAway: () => undefined,
    onBack: () => undefined,
  })
  return {
    port: typeof at === 'object' && at ? at.port : 0,
    get emitted() {
      return emitted
    },
    get cursor() {
      return tables.cursor
    },
    async close() {
      await following.close()
      await new Promise<void>((resolve) => {
        hangUp()
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

export class ControlScreen {
  readonly link: Link
  readonly name: string
  received = 0
  readonly #area: string
  readonly #tables = new Map<string, Map<Key, Row>>()
  readonly #socket: Socket

  /** Takes everything once when it is first connected and every row from then on; Socket.IO brings it back after a cut. */
  constructor(name: string, link: Link, area: string) {
    this.name = name
    this.link = link
    this.#area = area
    this.#socket = io(link.base, { transports: ['websocket'], forceNew: true, reconnectionDelay: 400, reconnectionDelayMax: 3_000 })
    this.#socket.once('connect', () =>
      this.#socket.emit('all', (tables: Snapshot) => {
        for (const [table, rows] of tables) this.#tables.set(table, new Map(rows))
      }),
    )
    this.#socket.on('row', (table: string, key: Key, row: Row | null) => {
      this.received++
      const rows = this.#tables.get(table)
      if (row) rows?.set(key, row)
      else rows?.delete(key)
      const newest = PROJECTIONS.find((projection) => projection.name === table)?.newest
      if (newest && rows && rows.size > newest.city) rows.delete(rows.keys().next().value as Key)
    })
  }

  get ready(): boolean {
    return this.#tables.size > 0
  }

  sight(cursor: number): Sighting {
    return { who: this.name, area: this.#area, cursor, tables: this.#tables }
  }

  close(): void {
    this.#socket.disconnect()
  }
}
