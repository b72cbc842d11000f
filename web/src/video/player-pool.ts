/** How many pictures may move at once: decoders and memory of this page are shared by rank, and who gets none shows a still picture. Pure. */

/** Bytes a playing tile takes: hls.js with its buffers, and the frames a decoder and a compositor hold (YUV 4:2:0, 1.5 bytes a pixel). */
const BASE_BYTES = 12e6
const FRAMES = 16
const SD = 640 * 360
export const bytesOf = (height: number | undefined): number => BASE_BYTES + FRAMES * 1.5 * (height ? (height * height * 16) / 9 : SD)

export interface Budget {
  /** Players that decode at once. */
  readonly decoders: number
  readonly bytes: number
}

export interface Seat {
  /** Lower is more important. */
  rank(rank: number): void
  /** Height of the picture in pixels, once it is known. */
  height(pixels: number): void
  leave(): void
}

interface Claim {
  rank: number
  bytes: number
  readonly order: number
  granted: boolean
  readonly tell: (granted: boolean) => void
}

export class PlayerPool {
  #budget: Budget
  #claims = new Set<Claim>()
  #orders = 0
  #due = false

  constructor(budget: Budget) {
    this.#budget = budget
  }

  get budget(): Budget {
    return this.#budget
  }
  set budget(budget: Budget) {
    this.#budget = budget
    this.#share()
  }
  /** Players that may decode now. */
  get granted(): number {
    return [...this.#claims].filter((claim) => claim.granted).length
  }

  /** Asks for a decoder; `tell` is called when it is given or taken away, never from within this call. */
  claim(rank: number, tell: (granted: boolean) => void): Seat {
    const claim: Claim = { rank, bytes: bytesOf(undefined), order: ++this.#orders, granted: false, tell }
    this.#claims.add(claim)
    this.#share()
    return {
      rank: (next) => {
        if (claim.rank === next) return
        claim.rank = next
        this.#share()
      },
      height: (pixels) => {
        const bytes = bytesOf(pixels)
        if (claim.bytes === bytes) return
        claim.bytes = bytes
        this.#share()
      },
      leave: () => {
        if (this.#claims.delete(claim)) this.#share()
      },
    }
  }

  /** Once for all changes of this turn: a layout that is redrawn must not make players come and go on the way. */
  #share(): void {
    if (this.#due) return
    this.#due = true
    queueMicrotask(() => {
      this.#due = false
      let { decoders, bytes } = this.#budget
      const inOrder = [...this.#claims].sort((a, b) => a.rank - b.rank || Number(b.granted) - Number(a.granted) || a.order - b.order)
      const changed: Claim[] = []
      for (const claim of inOrder) {
        // One picture may move whatever it costs.
        const fits = decoders > 0 && (bytes >= claim.bytes || decoders === this.#budget.decoders)
        if (fits) {
          decoders--
          bytes -= claim.bytes
        }
        if (claim.granted === fits) continue
        claim.granted = fits
        changed.push(claim)
      }
      // Those that lose theirs first, so that there are never more than allowed.
      for (const granted of [false, true]) for (const claim of changed) if (claim.granted === granted) claim.tell(granted)
    })
  }
}

/** Walls from 3:1 have twelve tiles and a computer for them. */
const isWide = (): boolean => typeof matchMedia === 'function' && matchMedia('(min-aspect-ratio: 3/1)').matches
/** Walls from 3:1 may play twelve; others six. */
export const pageBudget = (): Budget => (isWide() ? { decoders: 12, bytes: 800e6 } : { decoders: 6, bytes: 400e6 })

/** The page's pool. */
export const playerPool = new PlayerPool(pageBudget())
