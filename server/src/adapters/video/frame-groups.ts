/** Joins single frames to micro-segments: the first key frame goes at once, because somebody waits for it; then groups that begin at key frames or last long enough. */
import type { Fragment } from './fragment-cutter.ts'

export class FrameGroups {
  readonly #seconds: number
  readonly #group: (group: Fragment) => void
  #frames: Fragment[] = []
  #duration = 0
  #isFirst = true

  /** @param seconds a group is handed on as soon as it lasts as long */
  constructor(seconds: number, group: (group: Fragment) => void) {
    this.#seconds = seconds
    this.#group = group
  }

  push(frame: Fragment): void {
    if (frame.keyframe) this.#handOn()
    this.#frames.push(frame)
    this.#duration += frame.duration
    // Less than half a frame short is long enough: durations are rounded.
    if (this.#isFirst || this.#duration + frame.duration / 2 > this.#seconds) this.#handOn()
    this.#isFirst = false
  }

  #handOn(): void {
    const [first] = this.#frames
    if (!first) return
    const data = this.#frames.length === 1 ? first.data : Buffer.concat(this.#frames.map((frame) => frame.data))
    this.#group({ data, duration: this.#duration, keyframe: first.keyframe })
    this.#frames = []
    this.#duration = 0
  }
}
