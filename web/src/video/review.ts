/** Plays what was kept of a camera from a moment on ("30 seconds ago"), and goes on as long as more is kept. It never shows anything live. */
import Hls from 'hls.js/light'
import { mediaConnection } from './media-connection.ts'
import { mediaLoaderFor } from './media-loader.ts'
import { newVideo } from './new-video.ts'
import type { Why } from './player.ts'

/** `opening`: asked for; what was on the screen is still there. `none`: there is nothing to play, with the server's code. */
export type ReviewView =
  | { readonly is: 'opening'; readonly at: number }
  | {
      readonly is: 'playing'
      /** Epoch milliseconds at which the frame on the screen was made, by the picture's own programme time. */
      readonly frameAt: number
      /** Epoch milliseconds: before it nothing is kept, although it was asked for. */
      readonly earliest?: number
    }
  | { readonly is: 'none'; readonly reason: string }

export interface Review {
  /** Plays from then on; epoch milliseconds by the server's clock. */
  to(at: number): void
  destroy(): void
}

interface Kept {
  readonly url: string
  readonly viewId: string
  readonly recorded: { readonly from: number; readonly to: number }
}

interface Turn {
  readonly video: HTMLVideoElement
  readonly hls: Hls
}

const TICK = 250
/** What is kept comes in pieces of some seconds: after the last one the next is not there at once. */
const NEXT_PIECE = 2_000
/** Milliseconds before another address is asked for. */
const REFUSED = 1_000
/** It begins later than asked for, by more than a key frame explains. */
const LATER = 3_000

/** `host` is filled with a video element; what was shown stays until the new picture is there. `onView` is never called after `destroy`. */
export function createReview(
  { camera, host, label, why }: { camera: string; host: HTMLElement; label: string; why?: Why | undefined },
  onView: (view: ReviewView) => void,
): Review {
  const ended = new AbortController()
  const release = mediaConnection.use()
  let asking: AbortController | undefined
  let viewId: string | undefined
  let shown: Turn | undefined
  let coming: Turn | undefined
  let frameAt: number | undefined
  let earliest: number | undefined
  let soon: ReturnType<typeof setTimeout> | undefined
  /** Another moment was asked for and is not on the screen yet: what still plays is not what is wanted. */
  let leaving = false

  const tell = (view: ReviewView): void => {
    if (!ended.signal.aborted) onView(view)
  }
  function drop(turn: Turn | undefined): void {
    if (!turn) return
    turn.hls.destroy()
    turn.video.removeAttribute('src')
    turn.video.load()
    turn.video.remove()
  }

  async function ask(at: number, signal: AbortSignal): Promise<Kept | string> {
    const answer = await fetch(`/api/cameras/${encodeURIComponent(camera)}/play`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ recorded: { from: new Date(at).toISOString() }, ...why, ...(viewId !== undefined && { viewId }) }),
      signal: AbortSignal.any([signal, ended.signal, AbortSignal.timeout(8_000)]),
    })
    if (answer.ok) return (await answer.json()) as Kept
    return ((await answer.json().catch(() => ({}))) as { code?: string }).code ?? 'unknown'
  }

  /** `goesOn`: the same review from where it ended. */
  async function play(at: number, goesOn: boolean): Promise<void> {
    clearTimeout(soon)
    asking?.abort()
    const mine = new AbortController()
    asking = mine
    if (!goesOn) {
      leaving = true
      tell({ is: 'opening', at })
    }
    const kept = await ask(at, mine.signal).catch(() => 'unreachable')
    if (mine.signal.aborted || ended.signal.aborted) return
    if (typeof kept === 'string') return tell({ is: 'none', reason: kept })
    viewId = kept.viewId
    if (goesOn && kept.recorded.to - at < NEXT_PIECE) {
      soon = setTimeout(() => void play(at, true), NEXT_PIECE)
      return
    }
    if (!goesOn) earliest = kept.recorded.from - at > LATER ? kept.recorded.from : undefined
    begin(kept, goesOn ? at : kept.recorded.from)
  }

  function begin({ url }: Kept, from: number): void {
    drop(coming)
    const again = (): void => {
      if (counts()) void play(turn === shown ? (frameAt ?? from) : from, true)
    }
    // An address that was granted and is refused all the same must not be asked for without a pause.
    const refused = (): void => {
      if (!counts()) return
      clearTimeout(soon)
      soon = setTimeout(again, REFUSED)
    }
    const session = { connection: mediaConnection, url: () => url, notPlaying: () => undefined, refused }
    const hls = new Hls({ enableWorker: false, maxBufferLength: 12, backBufferLength: 4, loader: mediaLoaderFor(session) })
    const turn: Turn = { video: newVideo(label), hls }
    coming = turn
    // What is being left may end or fail: the moment asked for comes all the same.
    const counts = (): boolean => turn === coming || (turn === shown && !leaving)
    hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
      if (fatal && counts()) tell({ is: 'none', reason: 'unknown' })
    })
    turn.video.addEventListener('canplay', () => {
      if (turn === coming) {
        drop(shown)
        shown = turn
        coming = undefined
        leaving = false
      }
      // Muted playing needs no gesture; refused, its one frame stands with its time.
      turn.video.play().catch(() => undefined)
    })
    turn.video.addEventListener('ended', () => turn === shown && again())
    host.append(turn.video)
    hls.loadSource(url)
    hls.attachMedia(turn.video)
  }

  const ticker = setInterval(() => {
    const at = leaving ? undefined : shown?.hls.playingDate?.getTime()
    if (at === undefined || at === frameAt) return
    frameAt = at
    tell({ is: 'playing', frameAt: at, ...(earliest !== undefined && { earliest }) })
  }, TICK)

  return {
    to: (at) => void play(at, false),
    destroy() {
      ended.abort()
      asking?.abort()
      clearInterval(ticker)
      clearTimeout(soon)
      drop(coming)
      drop(shown)
      coming = shown = undefined
      release()
    },
  }
}
