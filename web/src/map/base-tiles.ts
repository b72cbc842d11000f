/** The tiles of the base map: asked for in the order they are wanted, turned to night once, kept while they are of use. */
import type { BaseMap } from '@orchid/shared/protocol/api'
import type { UnitBox } from './mercator.ts'
import type { Palette } from './palette.ts'
import { keyOf, type Tile, TileGrid } from './tile-grid.ts'

/** A tile that is here: its picture, and where its pieces stand. */
export interface ShownTile {
  readonly picture: ImageBitmap
  readonly boxes: readonly UnitBox[]
}

type State = ShownTile | 'asked' | 'absent' | 'away'

/** Requests at once; the wall's rows and pictures share the connections. */
const AT_ONCE = 4
/** Tiles kept beyond those in use, for the way back. */
const SPARE = 64
/** Milliseconds until a tile that the server did not have now is asked for again, when it names no time. */
const AGAIN = 60_000

export class BaseTiles {
  readonly info: BaseMap
  readonly grid: TileGrid
  readonly #palette: Palette
  readonly #states = new Map<string, State>()
  /** What each map that shows the base wants and uses. */
  readonly #wanted = new Map<object, readonly Tile[]>()
  readonly #used = new Map<object, ReadonlySet<string>>()
  readonly #listeners = new Set<() => void>()
  readonly #closing = new AbortController()
  #asking = 0
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(info: BaseMap, palette: Palette) {
    this.info = info
    this.grid = new TileGrid(info.crs)
    this.#palette = palette
  }

  /** The tile if it is here; else whether it will come. */
  stateOf(tile: Tile): State | undefined {
    return this.#states.get(keyOf(tile))
  }

  /** Calls back whenever a tile came or turned out to be absent. Gives what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Replaces what `map` still lacks, the most urgent first, and what it uses; the rest may go. */
  want(map: object, lacking: readonly Tile[], used: ReadonlySet<string>): void {
    this.#wanted.set(map, lacking)
    this.#used.set(map, used)
    this.#evict()
    this.#next()
  }

  close(): void {
    this.#closing.abort()
    clearTimeout(this.#again)
    this.#listeners.clear()
    for (const state of this.#states.values()) if (typeof state === 'object') state.picture.close()
    this.#states.clear()
  }

  #next(): void {
    for (const tile of [...this.#wanted.values()].flat()) {
      if (this.#asking >= AT_ONCE || this.#closing.signal.aborted) return
      if (!this.#states.has(keyOf(tile))) void this.#ask(tile)
    }
  }

  async #ask(tile: Tile): Promise<void> {
    const key = keyOf(tile)
    this.#asking++
    this.#states.set(key, 'asked')
    const state = await this.#fetch(tile)
    this.#asking--
    if (this.#closing.signal.aborted) {
      if (typeof state === 'object') state.picture.close()
      return
    }
    this.#states.set(key, state)
    this.#next()
    for (const listener of this.#listeners) listener()
  }

  async #fetch(tile: Tile): Promise<State> {
    try {
      const response = await fetch(`/api/base/${keyOf(tile)}?v=${this.info.version}`, {
        credentials: 'same-origin',
        signal: this.#closing.signal,
      })
      if (response.status === 204 && !response.headers.has('retry-after')) return 'absent'
      if (response.status !== 200) return this.#later(Number(response.headers.get('retry-after')) * 1000)
      const picture = await createImageBitmap(await response.blob())
      return { picture: toned(picture, this.info.look, this.#palette), boxes: this.grid.boxesOf(tile) }
    } catch (error) {
      // A picture that is cut off or damaged; anything else is the way to the server.
      return (error as Error).name === 'InvalidStateError' ? 'absent' : this.#later()
    }
  }

  /** One timer for all that are away: then they are wanted anew. */
  #later(ms = 0): 'away' {
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      for (const [key, state] of this.#states) if (state === 'away') this.#states.delete(key)
      for (const listener of this.#listeners) listener()
    }, ms || AGAIN)
    return 'away'
  }

  /** Lets the longest known go first. */
  #evict(): void {
    const used = new Set([...this.#used.values()].flatMap((keys) => [...keys]))
    const idle = [...this.#states].filter(([key, state]) => !used.has(key) && state !== 'asked')
    for (const [key, state] of idle.slice(0, Math.max(0, idle.length - SPARE))) {
      if (typeof state === 'object') state.picture.close()
      this.#states.delete(key)
    }
  }
}

/** A picture turned to night: grey, and nowhere darker than the ground or lighter than `base-top`. */
function toned(picture: ImageBitmap, look: BaseMap['look'], palette: Palette): ImageBitmap {
  const { width, height } = picture
  const canvas = new OffscreenCanvas(width, height)
  const c = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  c.filter = palette[`base-${look}`]
  c.drawImage(picture, 0, 0)
  c.filter = 'none'
  picture.close()
  for (const [how, colour] of [
    ['screen', palette.bg],
    ['darken', palette['base-top']],
  ] as const) {
    c.globalCompositeOperation = how
    c.fillStyle = colour
    c.fillRect(0, 0, width, height)
  }
  return canvas.transferToImageBitmap()
}
