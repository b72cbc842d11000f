/** Judges small grey copies of pictures: frozen or black, which no stream reports as an error. One rule for tiles and for the server's poller. */

export const sampleWidth = 32
export const sampleHeight = 18

/** Below this change of the most changed hundredth of the picture (of 255) it has not moved; a still picture encoded again stays under it. */
const movedAbove = 2.5
/** Mean luma under which a picture is black, and the most that its brightest hundredth may have: a dark night with lamps is not black. */
const blackMean = 5
const blackBrightest = 24

export interface PictureVerdict {
  /** Milliseconds without any movement. */
  readonly frozenMs: number
  /** Milliseconds of black. */
  readonly blackMs: number
}

const hundredth = Math.ceil((sampleWidth * sampleHeight) / 100)

function meanOfHighest(values: Uint8Array): number {
  const highest = [...values].sort((a, b) => b - a).slice(0, hundredth)
  return highest.reduce((sum, value) => sum + value, 0) / hundredth
}

/** How far two samples differ where they differ most, 0–255. */
export function pictureChange(before: Uint8Array, now: Uint8Array): number {
  return meanOfHighest(now.map((value, index) => Math.abs(value - (before[index] ?? 0))))
}

/** Judges one sample after another; knows nothing of video elements. */
export class PictureJudge {
  #reference: Uint8Array | undefined
  #frozenMs = 0
  #blackMs = 0

  /** @param luma sampleWidth × sampleHeight values 0–255; @param elapsedMs watched time since the last sample */
  judge(luma: Uint8Array, elapsedMs: number): PictureVerdict {
    // Against the first picture of the quiet time, not the one before: a slow river moves too.
    if (this.#reference && pictureChange(this.#reference, luma) < movedAbove) this.#frozenMs += elapsedMs
    else {
      this.#reference = luma
      this.#frozenMs = 0
    }
    const black = luma.reduce((sum, value) => sum + value, 0) / luma.length < blackMean && meanOfHighest(luma) < blackBrightest
    this.#blackMs = black ? this.#blackMs + elapsedMs : 0
    return { frozenMs: this.#frozenMs, blackMs: this.#blackMs }
  }
}
