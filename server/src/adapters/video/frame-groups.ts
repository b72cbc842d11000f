/** Joins single frames to micro-segments: the first key frame goes at once, because somebody waits for it; then groups that begin at key frames or last long enough. */
import type { Fragment } from './fragment-cutter.ts'

export class FrameGroups {
  readonly #seconds: number
  readonly #group: (group: Fragment) => void
  #frames: Fragment[] = []
  #duration = 0
  #lastDuration = 0
  #isFirst = true
  /** Frames from the last key frame on, with it, and from the one before to it; 0: not known. */
  #sinceKey = 0
  #betweenKeys = 0

  /** @param seconds a group is handed on as soon as it lasts as long */
  constructor(seconds: number, group: (group: Fragment) => void) {
    this.#seconds = seconds
    this.#group = group
  }

  push(frame: Fragment): void {
    if (frame.keyframe) {
      this.#handOn()
      this.#betweenKeys = this.#sinceKey
      this.#sinceKey = 0
    }
    this.#sinceKey++
    this.#frames.push(frame)
    this.#duration += frame.duration
    this.#lastDuration = frame.duration
    // Less than half a frame short is long enough: durations are rounded.
    if (this.#isFirst || this.#duration + frame.duration / 2 > this.#seconds) this.#handOn()
    this.#isFirst = false
  }

  /**
   * How many of the next frames will complete no group, and the seconds until one does: if each lasts as long as the last one and key frames
   * come as regularly as the last two. None where nothing is known of key frames yet.
   */
  get spare(): { readonly frames: number; readonly seconds: number } {
    const each = this.#lastDuration
    const untilFull = Math.floor((this.#seconds - this.#duration) / each - 0.5) + 1
    const untilKey = this.#betweenKeys - this.#sinceKey + 1
    // A late one says nothing any more, and where no group has begun the next one completes none.
    const isKeyFirst = untilKey > (this.#frames.length === 0 ? 1 : 0) && untilKey < untilFull
    const frames = this.#betweenKeys === 0 ? 0 : Math.max(0, (isKeyFirst ? untilKey : untilFull) - 1)
    return { frames, seconds: (frames + 1) * each }
  }

  #handOn(): void {
    const [first] = this.#frames
    if (!first) return
    this.#group({ data: joined(this.#frames.map((frame) => frame.data)), duration: this.#duration, keyframe: first.keyframe })
    this.#frames = []
    this.#duration = 0
  }
}

/** Pieces that lie side by side in memory are one already; others are copied. */
function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces as [Buffer]
  let end = first.byteOffset
  for (const piece of pieces) {
    if (piece.buffer !== first.buffer || piece.byteOffset !== end) return Buffer.concat(pieces)
    end += piece.length
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset)
}
