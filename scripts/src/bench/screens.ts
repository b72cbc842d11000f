/** What clients show: tables as fetched once, and the frames each client applied, kept once however many clients received them. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Changes, Frame } from '@orchid/shared/protocol/live'

/** One frame as it came over the wire; its rows are read only when tables are compared. */
export interface FrameText {
  readonly from: number
  readonly to: number
  readonly body: Buffer
  changes: Changes | undefined
}

interface Page {
  readonly rows: readonly (readonly [string, object])[]
  readonly cursor: number
  readonly epoch: string
}

type Held = Map<string, Map<string, object>>

export class Screens {
  readonly cursor: number
  readonly epoch: string
  readonly #base: string
  readonly #token: string
  readonly #tables: ReadonlyMap<string, Page>
  /** By `to`: a handful of different frames at most end at the same position. */
  readonly #frames = new Map<number, FrameText[]>()
  readonly #texts = new WeakMap<object, string>()

  private constructor(base: string, token: string, tables: ReadonlyMap<string, Page>) {
    this.#base = base
    this.#token = token
    this.#tables = tables
    this.cursor = Math.min(...[...tables.values()].map((page) => page.cursor))
    this.epoch = [...tables.values()][0]?.epoch ?? ''
  }

  /** Reads whole tables over HTTP, as a client does before it watches. */
  static async fetch(base: string, token: string, names: readonly string[]): Promise<Screens> {
    return new Screens(base, token, await pages(base, token, names))
  }

  /** The one copy of a frame that equals this one. The bytes are copied when they are new. */
  share(from: number, to: number, body: Buffer): FrameText {
    const same = this.#frames.get(to) ?? []
    this.#frames.set(to, same)
    const known = same.find((frame) => frame.from === from && frame.body.equals(body))
    if (known) return known
    const fresh: FrameText = { from, to, body: Buffer.from(body), changes: undefined }
    same.push(fresh)
    return fresh
  }

  /** The same for rows that came in the answer to `watch`. */
  keep(from: number, to: number, changes: Changes): FrameText {
    return { from, to, body: Buffer.alloc(0), changes }
  }

  /** Share of the server's rows, over all clients, that a client shows exactly; rows it shows beyond them count against it. */
  async converged(clients: readonly { readonly cursor: number; readonly frames: readonly FrameText[] }[]): Promise<number> {
    // Deadlines and sources may still write an event; then the clients follow in a moment.
    let server = await pages(this.#base, this.#token, [...this.#tables.keys()])
    for (let i = 0; i < 20; i++) {
      const cursors = new Set([...server.values()].map((page) => page.cursor))
      if (cursors.size === 1 && clients.every((client) => cursors.has(client.cursor))) break
      await sleep(500)
      server = await pages(this.#base, this.#token, [...this.#tables.keys()])
    }
    let right = 0
    let wanted = 0
    const seen = new Map<string, { right: number; wanted: number }>()
    for (const client of clients) {
      const path = client.frames.map((frame) => `${frame.from}-${frame.to}/${this.#frames.get(frame.to)?.indexOf(frame)}`).join()
      const count = seen.get(path) ?? this.#compare(this.#fold(client.frames), server)
      seen.set(path, count)
      right += count.right
      wanted += count.wanted
    }
    return right / wanted
  }

  #fold(frames: readonly FrameText[]): Held {
    const held: Held = new Map([...this.#tables].map(([name, { rows }]) => [name, new Map(rows)]))
    for (const frame of frames) {
      frame.changes ??= (JSON.parse(frame.body.toString()) as [string, Frame])[1].tables
      for (const [name, rows] of Object.entries(frame.changes))
        for (const [key, row] of rows) {
          if (row) held.get(name)?.set(key, row)
          else held.get(name)?.delete(key)
        }
    }
    return held
  }

  #compare(held: Held, server: ReadonlyMap<string, Page>): { right: number; wanted: number } {
    let right = 0
    let wanted = 0
    for (const [name, { rows }] of server) {
      const mine = held.get(name) as Map<string, object>
      // What falls off the end of a bounded table is not sent: a screen drops it by itself.
      wanted += name === 'patrolFeed' ? rows.length : Math.max(rows.length, mine.size)
      for (const [key, row] of rows) {
        const shown = mine.get(key)
        if (shown && this.#text(shown) === this.#text(row)) right++
      }
    }
    return { right, wanted }
  }

  #text(row: object): string {
    const known = this.#texts.get(row)
    if (known) return known
    const text = JSON.stringify(row)
    this.#texts.set(row, text)
    return text
  }
}

async function pages(base: string, token: string, names: readonly string[]): Promise<Map<string, Page>> {
  const all = new Map<string, Page>()
  for (const name of names) {
    const response = await fetch(`${base}/api/tables/${name}?all=1`, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`table ${name} was answered with ${response.status}`)
    const { rows } = (await response.json()) as Pick<Page, 'rows'>
    all.set(name, { rows, cursor: Number(response.headers.get('orchid-cursor')), epoch: response.headers.get('orchid-epoch') ?? '' })
  }
  return all
}
