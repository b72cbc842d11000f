/** Decides from counted frames, samples and the server's word what a tile may claim about its picture. Pure: time comes in from outside. */
import { PictureJudge } from '@orchid/shared/domain/cameras/picture'

export type TileState = 'connecting' | 'live' | 'stalled' | 'frozen' | 'black' | 'offline' | 'codec' | 'denied' | 'masked'

/** States in which frames arrive. */
const moving: ReadonlySet<TileState> = new Set(['live', 'frozen', 'black'])
const stallFloorMs = 2_000
const connectingMs = 8_000
const offlineAfterStallMs = 10_000
const frozenMs = 10_000
const blackMs = 3_000

export interface Observation {
  /** Watched milliseconds since the last observation; time in which the page did not run is left out by the caller. */
  readonly elapsed: number
  /** Frames shown since the player was made. */
  readonly frames: number
  readonly luma?: Uint8Array | undefined
}

export class PictureWatch {
  #state: TileState = 'connecting'
  #inState = 0
  #silence = 0
  #interval = 125
  #frames = 0
  readonly #judge = new PictureJudge()
  #sinceSample = 0
  #suspectMs = 0

  get state(): TileState {
    return this.#state
  }
  /** Watched milliseconds in this state. */
  get inStateMs(): number {
    return this.#inState
  }

  /** While frozen or black: for how many milliseconds the picture has been so. */
  get suspectMs(): number {
    return this.#suspectMs
  }

  /** The server or the browser said so. A word of theirs stands until frames advance again. */
  told(state: 'stalled' | 'offline' | 'codec'): void {
    // A picture that still moves is not offline yet: what was buffered plays to its end first.
    if (moving.has(this.#state) && this.#silence < stallFloorMs) return
    if (this.#state === 'offline' && state === 'stalled') return
    this.#become(state)
  }

  /** The player starts again from nothing: its count of frames does so too. */
  restarted(): void {
    this.#frames = 0
  }

  observe({ elapsed, frames, luma }: Observation): TileState {
    this.#inState += elapsed
    this.#sinceSample += elapsed
    const advanced = frames - this.#frames
    if (advanced > 0) {
      if (this.#silence < stallFloorMs) this.#interval += ((this.#silence + elapsed) / advanced - this.#interval) / 8
      this.#frames = frames
      this.#silence = 0
    } else this.#silence += elapsed
    if (advanced > 0 && !['frozen', 'black'].includes(this.#state)) this.#become('live')
    if (moving.has(this.#state)) {
      if (luma) {
        const verdict = this.#judge.judge(luma, this.#sinceSample)
        this.#sinceSample = 0
        this.#suspectMs = Math.max(verdict.blackMs, verdict.frozenMs)
        this.#become(verdict.blackMs >= blackMs ? 'black' : verdict.frozenMs >= frozenMs ? 'frozen' : 'live')
      }
      if (this.#silence >= Math.max(stallFloorMs, 4 * this.#interval)) this.#become('stalled')
    }
    if (this.#state === 'stalled' && this.#inState >= offlineAfterStallMs) this.#become('offline')
    if (this.#state === 'connecting' && this.#inState >= connectingMs) this.#become('offline')
    return this.#state
  }

  #become(state: TileState): void {
    if (state === this.#state) return
    this.#state = state
    this.#inState = 0
  }
}
