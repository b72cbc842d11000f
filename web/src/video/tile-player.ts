/** What a tile plays with: a player and its video element, exchanged for new ones from time to time behind the picture, so that no gap is seen. */
import { newVideo } from './new-video.ts'
import { createPlayer, type Player, type PlayerView, type Quality, type Why } from './player.ts'

/** A player that ran this long is exchanged: what a browser holds for it grows over hours. `?recycle=<minutes>` has another time. */
const RECYCLE_AFTER = recycleAfter(location.search)
/** The new one must show frames by then, else the old one goes on and it is tried again a minute later. */
const GIVE_UP_AFTER = 8_000
const TRY_AGAIN = 60_000
/** Another tile is being exchanged, or another quality is waited for. */
const SOON = 1_000

/** Milliseconds; from a minute's twentieth to a day, by default twenty minutes. */
export function recycleAfter(search: string): number {
  const minutes = Number(new URLSearchParams(search).get('recycle') ?? Number.NaN)
  return (minutes >= 0.05 && minutes <= 1_440 ? minutes : 20) * 60_000
}

/** One exchange at a time on the whole page: it costs a second decoder for a moment. */
let exchanging = false

export interface TilePlayer extends Player {
  /** Exchanges the player now; false while that cannot be done (nothing plays, or another tile does so). For tests and the planned exchange alike. */
  recycle(): boolean
  /** Plays the other stream; the picture goes on until that one shows. */
  quality(quality: Quality): void
}

/** Plays a camera into `host`, which it fills with video elements of its own. */
export function createTilePlayer(
  {
    camera,
    host,
    label,
    quality: first,
    why,
  }: { camera: string; host: HTMLElement; label: string; quality: Quality; why?: Why | undefined },
  onView: (view: PlayerView) => void,
): TilePlayer {
  let quality = first
  /** What the front plays: it may be behind what is wanted. */
  let playing = first
  let ended = false
  let state: PlayerView['state'] = 'connecting'
  let timer: ReturnType<typeof setTimeout> | undefined
  let back: { readonly video: HTMLVideoElement; readonly player: Player } | undefined

  const show = (view: PlayerView): void => {
    state = view.state
    onView(view)
  }
  const begin = () => {
    const video = newVideo(label)
    host.append(video)
    return { video, player: createPlayer(camera, video, show, { quality, why }) }
  }
  let front = begin()

  const plan = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (!recycle()) plan(exchanging || playing !== quality ? SOON : TRY_AGAIN)
    }, ms)
  }

  function dropBack(): void {
    if (!back) return
    back.player.destroy()
    back.video.remove()
    back = undefined
    exchanging = false
  }

  function recycle(): boolean {
    if (ended || exchanging || back || state !== 'live') return false
    exchanging = true
    const video = newVideo(label)
    // Behind the picture, but laid out: a browser does not decode what is not drawn.
    host.prepend(video)
    let took = false
    const of = quality
    const player = createPlayer(
      camera,
      video,
      (view) => {
        if (took) return show(view)
        if (view.state !== 'live' || back?.video !== video) return
        took = true
        const old = front
        front = { video, player }
        playing = of
        back = undefined
        exchanging = false
        old.video.remove()
        old.player.destroy()
        plan(playing === quality ? RECYCLE_AFTER : 0)
        show(view)
      },
      { quality: of, why },
    )
    back = { video, player }
    clearTimeout(timer)
    timer = setTimeout(() => {
      dropBack()
      plan(TRY_AGAIN)
    }, GIVE_UP_AFTER)
    return true
  }

  // Not all tiles of a wall at the same minute.
  plan(RECYCLE_AFTER * (0.8 + 0.4 * Math.random()))
  return {
    recycle,
    quality(next) {
      quality = next
      // While an exchange goes on its own clock ends it, and looks then for what is wanted.
      if (quality !== playing && !back && !recycle()) plan(SOON)
    },
    destroy() {
      ended = true
      clearTimeout(timer)
      dropBack()
      front.player.destroy()
      front.video.remove()
    },
  }
}
