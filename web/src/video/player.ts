/** Plays one camera into a video element: asks for a signed address, renews it, starts again after faults, and says truthfully what is shown. */
import Hls from 'hls.js/light'
import { mediaConnection } from './media-connection.ts'
import { mediaLoaderFor, type NotPlaying } from './media-loader.ts'
import { createPictureSampler } from './picture-sampler.ts'
import { PictureWatch, type TileState } from './picture-watch.ts'

export interface PlayerView {
  readonly state: TileState
  /** Whole seconds in this state. */
  readonly seconds: number
  /** While connecting: the step of opening the server is at. */
  readonly step?: string
  /** Failure code of the server. */
  readonly reason?: string
  /** Epoch milliseconds, by the picture's own programme time: of the frame shown, or of the last one. */
  readonly frameAt?: number
  /** Epoch milliseconds since when a frozen or black picture has been so, by its programme time. */
  readonly suspectSince?: number
  /** Height of the picture in pixels. */
  readonly height?: number
}

export interface Player {
  /** Ends everything: buffers, timers, requests. */
  destroy(): void
}

/** `sub`: the smaller stream, where the camera has one. */
export type Quality = 'main' | 'sub'

interface PlayAnswer {
  readonly url: string
  readonly viewId: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly state: string
  readonly steps: readonly { readonly step: string; readonly done: boolean }[]
}

const tickMs = 250
const sampleEveryMs = 1_000
/** In the buffer before it plays: a group of frames, and some more. */
const beginWithSeconds = 0.23
const restartAfterMs = 12_000
const renewAheadMs = 60_000
const backOffMs = [1_000, 15_000] as const

// Measured best with micro-segments; retries are quick and go on, because only the watch decides what the viewer is told.
const retryForEver = { maxNumRetry: 1_000_000, retryDelayMs: 500, maxRetryDelayMs: 1_500 }
const policy = { default: { maxTimeToFirstByteMs: 12_000, maxLoadTimeMs: 12_000, timeoutRetry: retryForEver, errorRetry: retryForEver } }
const fragmentRetry = { maxNumRetry: 2, retryDelayMs: 200, maxRetryDelayMs: 500 }
const fragmentPolicy = {
  default: { maxTimeToFirstByteMs: 5_000, maxLoadTimeMs: 8_000, timeoutRetry: fragmentRetry, errorRetry: fragmentRetry },
}
const settings = {
  enableWorker: false,
  lowLatencyMode: true,
  liveSyncDuration: 0.6,
  liveMaxLatencyDuration: 3,
  // A stream has no end to move: with one the browser lays out and paints the page anew for each segment.
  liveDurationInfinity: true,
  maxBufferLength: 4,
  backBufferLength: 4,
  manifestLoadPolicy: policy,
  playlistLoadPolicy: policy,
  fragLoadPolicy: fragmentPolicy,
}

/** What the play request failed with; `denied` is final until somebody gives the right. */
class PlayRefused extends Error {
  readonly denied: boolean
  readonly code: string | undefined
  constructor(status: number, code: string | undefined) {
    super(`play was answered with ${status}`)
    this.denied = status === 401 || status === 403
    this.code = code
  }
}

/** What a camera is looked at for: kept in the journal, and at a 特急 it opens cameras beyond the own clearance to who has the duty. */
export interface Why {
  readonly incident: string
  readonly purpose: string
}
export interface Wish {
  readonly quality?: Quality
  readonly why?: Why | undefined
}

async function askToPlay(
  camera: string,
  { quality = 'main', why }: Wish,
  viewId: string | undefined,
  signal: AbortSignal,
): Promise<PlayAnswer> {
  const answer = await fetch(`/api/cameras/${encodeURIComponent(camera)}/play`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ quality, ...why, ...(viewId !== undefined && { viewId }) }),
    signal,
  })
  if (!answer.ok) {
    const { code } = (await answer.json().catch(() => ({}))) as { code?: string }
    throw new PlayRefused(answer.status, code)
  }
  return (await answer.json()) as PlayAnswer
}

/** Starts at once; `onView` is called whenever something of the view changes, and never after `destroy`. */
export function createPlayer(camera: string, video: HTMLVideoElement, onView: (view: PlayerView) => void, wish: Wish = {}): Player {
  const ended = new AbortController()
  const release = mediaConnection.use()
  const sampler = createPictureSampler()
  const watch = new PictureWatch()
  let hls: Hls | undefined
  let play: PlayAnswer | undefined
  let denied = false
  let step: string | undefined
  let reason: string | undefined
  let frameAt: number | undefined
  let backOff: number = backOffMs[0]
  let restartTimer: ReturnType<typeof setTimeout> | undefined
  let renewTimer: ReturnType<typeof setTimeout> | undefined
  let renewing = false
  let lastTick = performance.now()
  let sinceSample = 0
  let sinceStart = 0
  let shown = ''

  function publish(): void {
    const state = denied ? 'denied' : watch.state
    const why = reason ?? (state === 'offline' ? (frameAt === undefined ? 'timeout' : 'silent') : undefined)
    const view: PlayerView = {
      state,
      seconds: Math.floor(watch.inStateMs / 1000),
      ...(state === 'connecting' && step !== undefined && { step }),
      ...(why !== undefined && state !== 'live' && { reason: why }),
      ...(frameAt !== undefined && { frameAt }),
      ...(frameAt !== undefined && (state === 'frozen' || state === 'black') && { suspectSince: frameAt - watch.suspectMs }),
      ...(video.videoHeight > 0 && { height: video.videoHeight }),
    }
    const { suspectSince: _moves, ...told } = view
    const text = JSON.stringify({ ...told, frameAt: frameAt && Math.floor(frameAt / 1000) })
    if (text === shown || ended.signal.aborted) return
    shown = text
    onView(view)
  }

  function toldNotPlaying(why: NotPlaying): void {
    step = why.steps?.at(-1)?.step ?? step
    reason = why.reason
    // The server answers and knows best: ask again soon, and do not start over meanwhile.
    sinceStart = 0
    backOff = backOffMs[0]
    if (why.lastFrameAt !== undefined) frameAt = why.lastFrameAt
    if (why.state === 'stalled' || why.state === 'offline' || why.state === 'codec') watch.told(why.state)
    publish()
  }

  async function renew(): Promise<void> {
    if (renewing) return
    renewing = true
    clearTimeout(renewTimer)
    try {
      play = await askToPlay(camera, wish, play?.viewId, ended.signal)
      if (denied || reason === 'gateway-full') reason = undefined
      denied = false
      // The wall's own clock may be wrong: never wait longer than the address can live.
      const left = Math.min(Math.max(play.expiresAt - Date.now() - renewAheadMs, 30_000), 240_000)
      renewTimer = setTimeout(() => void renew(), left)
    } catch (error) {
      if (ended.signal.aborted) return
      if (error instanceof PlayRefused && error.denied) {
        denied = true
        reason = error.code
        stopPlaying()
      }
      // The server is there and says why: that is no time-out.
      else if (error instanceof PlayRefused && error.code === 'gateway-full') reason = error.code
      // Whether it is still full is not known.
      else if (reason === 'gateway-full') reason = undefined
      renewTimer = setTimeout(() => void (hls ? renew() : renew().then(start)), denied ? 30_000 : 5_000)
    } finally {
      renewing = false
      publish()
    }
  }

  function stopPlaying(): void {
    hls?.destroy()
    hls = undefined
  }

  async function start(): Promise<void> {
    clearTimeout(restartTimer)
    stopPlaying()
    sinceStart = 0
    if (!play) await renew()
    if (!play || denied || ended.signal.aborted || hls) return
    step ??= play.steps.at(-1)?.step
    watch.restarted()
    const session = { connection: mediaConnection, url: () => play?.url ?? '', notPlaying: toldNotPlaying, refused: () => void renew() }
    const playing = new Hls({ ...settings, loader: mediaLoaderFor(session) })
    hls = playing
    playing.on(Hls.Events.ERROR, (_event, data) => {
      if (data.details === Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR || data.details === Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR) {
        reason = 'codec'
        watch.told('codec')
      }
      if (data.fatal && hls === playing) startAgain()
    })
    playing.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => catchUp(playing, details.fragmentStart))
    playing.loadSource(play.url)
    playing.attachMedia(video)
    // The first frame is shown before it plays. Begun with that one alone it would stop for want of the next and then lag behind for good.
    playing.on(Hls.Events.BUFFER_APPENDED, () => {
      const { buffered } = video
      const ahead = buffered.length ? buffered.end(buffered.length - 1) - Math.max(video.currentTime, buffered.start(0)) : 0
      // Muted playing needs no gesture; a refusal shows as "no frames", which the watch tells.
      if (video.paused && ahead >= beginWithSeconds) video.play().catch(() => undefined)
    })
  }

  /**
   * What can be had lies beyond all that was loaded, because another gateway goes on with the camera or this one opened it anew: the player goes
   * there. hls.js does so itself, but not when it was waiting for the next segment just then; it would stand for good.
   */
  function catchUp(playing: Hls, start: number): void {
    const { buffered, currentTime } = video
    if (hls === playing && currentTime < start && buffered.length > 0 && buffered.end(buffered.length - 1) < start)
      video.currentTime = start
  }

  function startAgain(): void {
    stopPlaying()
    clearTimeout(restartTimer)
    restartTimer = setTimeout(() => void start(), backOff * (0.7 + Math.random() * 0.6))
    backOff = Math.min(backOffMs[1], backOff * 2)
  }

  const ticker = setInterval(() => {
    const now = performance.now()
    // Time in which this page did not run, or the browser does not show frames, is no silence of the camera.
    const elapsed = document.hidden ? 0 : Math.min(now - lastTick, 2 * tickMs)
    lastTick = now
    sinceSample += elapsed
    sinceStart += elapsed
    const frames = hls ? video.getVideoPlaybackQuality().totalVideoFrames : 0
    let luma: Uint8Array | undefined
    if (sinceSample >= sampleEveryMs && hls) {
      sinceSample = 0
      luma = sampler.sample(video)
    }
    const state = watch.observe({ elapsed, frames, luma })
    if (state === 'live') {
      backOff = backOffMs[0]
      step = undefined
      reason = undefined
      sinceStart = 0
    }
    if (state === 'live' || state === 'frozen' || state === 'black') frameAt = hls?.playingDate?.getTime() ?? frameAt
    else if (hls && sinceStart >= restartAfterMs) startAgain()
    if (hls && video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) video.play().catch(() => undefined)
    publish()
  }, tickMs)

  publish()
  void start()
  return {
    destroy() {
      ended.abort()
      clearInterval(ticker)
      clearTimeout(restartTimer)
      clearTimeout(renewTimer)
      stopPlaying()
      video.removeAttribute('src')
      video.load()
      release()
    },
  }
}
