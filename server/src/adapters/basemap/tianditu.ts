/** Tiles of Tianditu (天地图) in Web Mercator: asked for by this server, so that its key and the walls' addresses stay here. */
import type { BaseConfig } from '../../config.ts'
import type { Log, Tile } from './basemap.ts'
import { LARGEST, type Picture, pictureOf } from './picture.ts'

/** Milliseconds until an unanswered request is given up. */
const PATIENCE = 5_000
/** So many failures in a row, and nothing is asked for this many milliseconds: an offline centre must not wait for each tile. */
const FAILURES = 3
const PAUSE = 60_000
/** Bytes of tiles kept in memory, the longest unused leave first. */
const KEPT = 32 * 1024 * 1024
/** Requests under way at once; more are told to come again. */
const AT_ONCE = 128

export interface TiandituOptions {
  readonly patience?: number
  readonly pause?: number
  readonly kept?: number
}

export class Tianditu {
  readonly #address: string
  readonly #key: string
  readonly #log: Log
  readonly #limits: Required<TiandituOptions>
  readonly #kept = new Map<string, Picture>()
  #bytes = 0
  readonly #asked = new Map<string, Promise<Tile>>()
  readonly #closing = new AbortController()
  #failures = 0
  #pauseUntil = 0

  constructor(
    { url, key, layer }: Extract<BaseConfig, { kind: 'tianditu' }>,
    log: Log,
    { patience = PATIENCE, pause = PAUSE, kept = KEPT }: TiandituOptions = {},
  ) {
    this.#address = `${url}/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles`
    this.#key = key
    this.#log = log
    this.#limits = { patience, pause, kept }
  }

  /** Never rejects. */
  async tile(z: number, x: number, y: number): Promise<Tile> {
    const id = `${z}/${x}/${y}`
    const kept = this.#kept.get(id)
    if (kept) {
      this.#kept.delete(id)
      this.#kept.set(id, kept)
      return kept
    }
    const asked = this.#asked.get(id)
    if (asked) return asked
    if (Date.now() < this.#pauseUntil || this.#asked.size >= AT_ONCE || this.#closing.signal.aborted) return 'away'
    const asking = this.#ask(z, x, y).finally(() => this.#asked.delete(id))
    this.#asked.set(id, asking)
    const tile = await asking
    if (typeof tile !== 'string') this.#keep(id, tile)
    return tile
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#asked.values())
  }

  async #ask(z: number, x: number, y: number): Promise<Tile> {
    try {
      const response = await fetch(`${this.#address}&TILEMATRIX=${z}&TILEROW=${y}&TILECOL=${x}&tk=${this.#key}`, {
        // The key must not follow to wherever an answer points.
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(this.#limits.patience), this.#closing.signal]),
        headers: { accept: 'image/*', 'user-agent': 'Mozilla/5.0 (compatible; orchid-watch)' },
      })
      if (response.status === 404) {
        await response.body?.cancel()
        return 'absent'
      }
      const picture = response.ok ? pictureOf(await upTo(LARGEST, response)) : undefined
      if (!picture) {
        if (!response.ok) await response.body?.cancel()
        return this.#fail({ status: response.status })
      }
      this.#failures = 0
      return picture
    } catch (error) {
      // Names alone: messages of a failed request may hold its address, and that holds the key.
      const { name, cause } = error as Error & { cause?: { code?: unknown } }
      return this.#fail({ error: typeof cause?.code === 'string' ? cause.code : name })
    }
  }

  #fail(about: object): 'away' {
    if (this.#closing.signal.aborted) return 'away'
    if (++this.#failures >= FAILURES) {
      if (Date.now() >= this.#pauseUntil) this.#log.warn(about, 'Tianditu gives no tiles; the map is our own drawing until it does')
      this.#pauseUntil = Date.now() + this.#limits.pause
    }
    return 'away'
  }

  #keep(id: string, tile: Picture): void {
    if (this.#kept.has(id)) return
    this.#kept.set(id, tile)
    this.#bytes += tile.bytes.length
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#limits.kept) break
      this.#kept.delete(oldest)
      this.#bytes -= bytes.length
    }
  }
}

/** The body, cut off beyond `most` bytes. */
async function upTo(most: number, response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    parts.push(part)
    length += part.length
    if (length > most) break
  }
  return Buffer.concat(parts)
}
