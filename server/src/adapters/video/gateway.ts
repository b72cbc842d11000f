/** The stream gateway: opens cameras on demand, one source each however many look, and closes them when nobody does. */

import type { CameraSource, Quality, Span } from './backends/backend.ts'
import type { MediaServers } from './backends/media-servers.ts'
import type { FailureCode, OpeningStep } from './camera-failure.ts'
import { parseCameraNetworks, type Resolve } from './camera-networks.ts'
import { CameraStream, type StepTime, type StreamContext, type StreamState, type StreamStatus } from './camera-stream.ts'
import { type CaptionFont, findCaptionFont } from './caption-font.ts'
import type { InitSegment } from './fragment-cutter.ts'
import { playlistName, renderPlaylist } from './playlist.ts'
import type { Segment } from './segment-ring.ts'
import { StartQueue, UNWATCHED } from './start-queue.ts'
import type { KeyFrame } from './still-pictures.ts'
import { TranscodeSlots } from './transcode-slots.ts'

export type { CameraSource, Quality, Span } from './backends/backend.ts'
export type { StepTime, StreamState, StreamStatus } from './camera-stream.ts'

/** What the registry can be told; `connecting` is nobody's business but the viewer's. */
export type ReportedState = Exclude<StreamState, 'connecting'>

export interface StateInfo {
  /** Fits a registry reason: short, without address or password. */
  readonly reason?: FailureCode
  readonly step?: OpeningStep
  /** Epoch milliseconds. */
  readonly lastFrameAt?: number
  /** Its codec is one that a transcode slot turns into what browsers show. */
  readonly transcodable?: true
}

export interface GatewayOptions {
  /** Structured log in pino's order of arguments. */
  readonly log: {
    info(fields: Record<string, unknown>, message: string): void
    error(fields: Record<string, unknown>, message: string): void
  }
  /** As in the setting CAMERA_NETWORKS; an empty text allows no address. */
  readonly cameraNetworks: string
  /** Gives the addresses of a name; default: the system's resolver. */
  readonly resolve?: Resolve
  /** Credentials of media servers. */
  readonly servers?: MediaServers
  readonly fontFile?: string
  readonly ffmpeg?: string
  onState(id: string, state: ReportedState, info: StateInfo): void
  /** Each segment of a camera's main stream as it arrives. */
  onSegment?(id: string, segment: Segment, init: InitSegment): void
  openSource(id: string): Promise<CameraSource | undefined>
  /** Whether the camera has a smaller stream for tiles; default: none has. */
  hasSubStream?(id: string): boolean
  readonly clock?: { now(): number }
  /** Milliseconds a camera stays open after the last request; default 45 s. */
  readonly idleMs?: number
  /** Milliseconds from the start of ffmpeg to the first fragment; default 10 s. */
  readonly firstPictureMs?: number
  /** Shortest and longest wait before a restart, milliseconds; default 500 and 30 000. */
  readonly backOff?: readonly [number, number]
  /** Cameras whose H.265 is turned into H.264 at the same time; default 1. */
  readonly transcodeSlots?: number
  /** Streams open at the same time; more are refused, and the last quarter is for viewers of live pictures alone. Default 128. */
  readonly maxOpen?: number
  /** Streams that are open ahead of need at the same time; 0: none. Default 8. */
  readonly maxAhead?: number
}

export interface StreamHandle {
  readonly name: string
  readonly state: StreamState
  readonly steps: readonly StepTime[]
  /** Gives this reference back; the camera closes when no reference is left and nobody asked for `idleMs`. */
  close(): void
}

/** Why a playlist or file cannot be given now. */
export interface NotPlaying {
  readonly state: StreamState
  readonly reason?: FailureCode
  readonly step?: OpeningStep
  readonly steps: readonly StepTime[]
  /** Epoch milliseconds. */
  readonly lastFrameAt?: number
}

/** A stream is named by its camera's id, with `~sub` behind it when it is the smaller one, or `~<from>-<to>` (epoch milliseconds) when it is a recorded one. */
export interface Gateway {
  /** The name of the stream that gives this quality: the camera's only one, where it has no smaller one; or what was recorded, which is always the large one. */
  nameOf(id: string, quality: Quality, recorded?: Span): string
  /** Opens a stream and holds a reference. `priority`: lower starts first when many wait; 0 alarm, 1 on screen (default), 2 ahead of need, as are stills and recordings: they never get the last quarter of places. Throws GatewayFull. */
  open(name: string, options?: { priority?: number }): StreamHandle
  /**
   * Opens a stream without a reference: requests keep it open. `after`: the newest number a player may have seen of it, given by another
   * gateway; ours begin above. Throws GatewayFull.
   */
  touch(
    name: string,
    options?: { priority?: number; after?: number },
  ): { state: StreamState; steps: readonly StepTime[]; reason?: FailureCode; lastFrameAt?: number }
  /**
   * Opens a stream before anybody asks for it, so that whoever then does sees its picture at once. `by`: for whom; four for each, and for all
   * as many as the gateway is set to: then the one that was wanted longest ago gives way. It starts after all that is watched, gives up its place
   * to whatever is asked for, ends when it fails, and by itself when nobody comes for 20 s. Eight may begin together, then four a second.
   * False where it is not open and is not opened.
   */
  ahead(name: string, by: string): boolean
  /** The playlist text. With `_HLS_msn` waits until that segment exists, at most a few seconds; while the camera is being opened waits for its first picture. */
  playlist(name: string, query: { _HLS_msn?: string | undefined }, signal?: AbortSignal): Promise<{ text: string } | NotPlaying>
  /** One file beside the playlist (`<msn>.m4s`, `init-<n>.mp4`); undefined when it is not, or no longer, there. */
  file(name: string, file: string): Buffer | undefined
  /**
   * The last key frame in memory, and how the stream is now; opens the stream and waits for its first picture, as the playlist does. Throws
   * GatewayFull. It takes no transcode slot, and what it opened closes soon. `passing`: it is no viewer who asks, and does not keep the stream open at all.
   */
  keyFrame(
    name: string,
    options?: { signal?: AbortSignal; passing?: boolean; after?: number },
  ): Promise<NotPlaying & { readonly frame?: KeyFrame; readonly transcodable?: true }>
  /** Closes a stream that was opened at `since` (monotonic milliseconds) or later, if nobody else has asked for it. */
  leave(name: string, since: number): Promise<void>
  /** Whether this very stream is open now. */
  has(name: string): boolean
  /** Whether a stream of the camera is open now, whatever its state. */
  isOpen(id: string): boolean
  /** Streams it can still open: what nobody has asked for yet gives way. */
  readonly room: number
  /** Ids of the cameras of which a stream is open. */
  openCameras(): string[]
  /** Closes a stream whoever holds it. Resolves when its process is gone. */
  close(name: string): Promise<void>
  status(): StreamStatus[]
  steps(name: string): readonly StepTime[]
  /** Closes everything. Resolves when no process is left. */
  stop(): Promise<void>
}

/** No place for one more camera: too many are open. A route that does not catch it answers 503 with this code. */
export class GatewayFull extends Error {
  readonly statusCode = 503
  readonly code: 'gateway-full' | 'stopping' = 'gateway-full'
}

/**
 * No place because the gateway is being stopped, which for whoever only needs one is the same. Viewers must not be told that it is full, since they
 * would believe so until it is back: a route answers 503 `overloaded`, a gateway process not at all.
 */
export class GatewayStopping extends GatewayFull {
  override readonly code = 'stopping'
}

const subMark = '~sub'
/** Takes the name of a stream apart. */
export function partsOf(name: string): { name: string; id: string; quality: Quality; recorded?: Span } {
  const [, id = name, from, to] = /^(.+)~(\d+)-(\d+)$/.exec(name) ?? []
  if (from !== undefined) return { name, id, quality: 'main', recorded: { from: Number(from), to: Number(to) } }
  return name.endsWith(subMark) ? { name, id: name.slice(0, -subMark.length), quality: 'sub' } : { name, id: name, quality: 'main' }
}
/** As `Gateway.nameOf`. */
export function streamName(id: string, quality: Quality, recorded: Span | undefined, hasSubStream?: (id: string) => boolean): string {
  if (recorded) return `${id}~${recorded.from}-${recorded.to}`
  return quality === 'sub' && hasSubStream?.(id) ? `${id}${subMark}` : id
}
/** Better words first. */
const TOLD: readonly StreamState[] = ['live', 'codec', 'stalled', 'offline']

const tickMs = 250
/** Milliseconds a stream stays open from which only stills were taken: the next one may be asked for soon. */
const stillIdleMs = 10_000
/** And one that was opened ahead of need: as long as somebody may take to read what they point at. */
const aheadIdleMs = 20_000
/** As many as an incident is offered. */
const aheadForEach = 4
/** Streams ahead of need that may begin together, and the milliseconds after which one more may: each start is a process and a call to a camera. */
const [aheadTogether, aheadGapMs] = [8, 250]
const openingWaitMs = 8000
const blockingWaitMs = 5000

export function createGateway(options: GatewayOptions): Gateway {
  const streams = new Map<string, CameraStream>()
  const closing = new Set<Promise<void>>()
  /** The last word told of each open camera. */
  const told = new Map<string, string>()
  const idleMs = options.idleMs ?? 45_000
  const queue = new StartQueue()
  let font: Promise<CaptionFont | undefined> | undefined
  let stopped = false

  const context: StreamContext = {
    ffmpeg: options.ffmpeg ?? 'ffmpeg',
    networks: parseCameraNetworks(options.cameraNetworks),
    ...(options.resolve && { resolve: options.resolve }),
    ...(options.servers && { servers: options.servers }),
    queue,
    slots: new TranscodeSlots(options.transcodeSlots ?? 1),
    now: () => options.clock?.now() ?? Date.now(),
    openSource: options.openSource,
    firstPictureMs: options.firstPictureMs ?? 10_000,
    backOff: options.backOff ?? [500, 30_000],
    font: () => {
      font ??= findCaptionFont(options.fontFile).then((found) => {
        if (!found?.chinese)
          options.log.error({ font: found?.file }, 'no font with Chinese letters found: demo pictures are labelled in Latin letters only')
        return found
      })
      return font
    },
    kept(stream, segment, init) {
      if (stream.quality === 'main' && !stream.recorded) options.onSegment?.(stream.id, segment, init)
    },
    note: (message, fields) => options.log.info(fields, message),
    changed(stream) {
      if (streams.get(stream.name) !== stream) return
      if (!stream.recorded) tell(stream.id)
      // Nobody waits for it: whoever comes tries anew.
      if (stream.aheadFor !== undefined && stream.status.reason !== undefined) void shut(stream)
    },
  }

  /** What is known of a camera is the better word of its streams: one may stall while the other plays. */
  function tell(id: string): void {
    const known = [streams.get(id), streams.get(`${id}${subMark}`)].flatMap((stream) => (stream ? [stream.status] : []))
    const best = TOLD.map((state) => known.find((status) => status.state === state)).find((status) => status !== undefined)
    // While one of them is being opened nothing worse than live is news.
    if (!best || (best.state !== 'live' && known.some(({ state }) => state === 'connecting'))) return
    const { state, reason, failedStep, lastFrameAt, transcodable } = best
    const words = `${state} ${reason}`
    if (told.get(id) === words) return
    told.set(id, words)
    options.onState(id, state as ReportedState, {
      ...(reason && { reason }),
      ...(failedStep && { step: failedStep }),
      ...(lastFrameAt !== undefined && { lastFrameAt }),
      ...(transcodable && { transcodable }),
    })
  }

  let lastTick = performance.now()
  const ticker = setInterval(() => {
    const now = performance.now()
    // While our own event loop stood still nothing could arrive: such time is no silence of a camera.
    const elapsed = Math.min(now - lastTick, 2 * tickMs)
    lastTick = now
    for (const stream of streams.values()) {
      stream.tick(elapsed)
      if (stream.references <= 0 && stream.ring.waiting === 0 && now - stream.touchedAt >= idleMsOf(stream)) void shut(stream)
    }
  }, tickMs)
  ticker.unref()

  const idleMsOf = ({ watched, aheadFor }: CameraStream): number =>
    watched ? idleMs : Math.min(idleMs, aheadFor === undefined ? stillIdleMs : aheadIdleMs)

  function shut(stream: CameraStream): Promise<void> {
    if (streams.get(stream.name) === stream) {
      streams.delete(stream.name)
      if (isOpen(stream.id)) tell(stream.id)
      else told.delete(stream.id)
    }
    const done = stream.close().finally(() => closing.delete(done))
    closing.add(done)
    return done
  }

  const isOpen = (id: string): boolean => streams.has(id) || streams.has(`${id}${subMark}`)

  const most = options.maxOpen ?? 128
  const room = (): number => (stopped ? 0 : most - streams.size)
  const mostAhead = options.maxAhead ?? 8
  /** When those that began ahead of need are paid for, monotonic milliseconds. */
  let aheadPaidAt = 0
  /** What is open and nobody has asked for yet, wanted longest ago first. */
  const unasked = (): CameraStream[] =>
    [...streams.values()].filter(({ aheadFor }) => aheadFor !== undefined).sort((a, b) => a.touchedAt - b.touchedAt)

  function streamOf(name: string, wanted = 1, after = 0): CameraStream {
    const parts = partsOf(name)
    const priority = parts.recorded ? UNWATCHED : wanted
    const open = streams.get(name)
    if (open) {
      open.touch()
      open.aheadFor = undefined
      open.hurry(priority)
      return open
    }
    if (stopped) throw new GatewayStopping('the gateway is being stopped')
    const kept = priority < UNWATCHED ? 0 : Math.ceil(most / 4)
    // Where the place of one would not do, none gives way for nothing.
    const [unwanted] = room() === kept ? unasked() : []
    if (unwanted) void shut(unwanted)
    if (room() <= kept) throw new GatewayFull('too many cameras are open')
    const stream = new CameraStream({ ...parts, context, priority, after })
    streams.set(name, stream)
    return stream
  }

  /** The same for one who wants the moving picture. */
  function watchedStream(name: string, priority?: number, after?: number): CameraStream {
    const stream = streamOf(name, priority, after)
    stream.watch()
    return stream
  }

  const notPlaying = (stream: CameraStream): NotPlaying => {
    const { state, reason, failedStep, lastFrameAt } = stream.status
    return {
      state,
      steps: stream.steps,
      ...(reason && { reason }),
      ...(failedStep && { step: failedStep }),
      ...(lastFrameAt !== undefined && { lastFrameAt }),
    }
  }

  return {
    nameOf: (id, quality, recorded) => streamName(id, quality, recorded, options.hasSubStream),
    open(name, { priority = 1 } = {}) {
      const stream = watchedStream(name, priority)
      stream.references++
      let held = true
      return {
        name,
        get state() {
          return stream.status.state
        },
        get steps() {
          return stream.steps
        },
        close() {
          if (!held) return
          held = false
          stream.references--
          stream.touch()
          if (idleMs === 0 && stream.references === 0) void shut(stream)
        },
      }
    },
    touch(name, { priority = 1, after } = {}) {
      const open = streams.get(name)
      // Its player was elsewhere meanwhile and would not go back in the numbers.
      if (open && after !== undefined && after >= open.ring.nextMsn) void shut(open)
      const stream = watchedStream(name, priority, after)
      return notPlaying(stream)
    },
    ahead(name, by) {
      const open = streams.get(name)
      open?.touch()
      if (open || mostAhead === 0) return open !== undefined
      const now = performance.now()
      const paidAt = Math.max(aheadPaidAt, now) + aheadGapMs
      if (paidAt - now > aheadTogether * aheadGapMs) return false
      const all = unasked()
      const own = all.filter(({ aheadFor }) => aheadFor === by)
      const [unwanted] = own.length >= aheadForEach ? own : all.length >= mostAhead ? all : []
      if (unwanted) void shut(unwanted)
      try {
        streamOf(name, UNWATCHED).aheadFor = by
        aheadPaidAt = paidAt
        return true
      } catch (error) {
        if (error instanceof GatewayFull) return false
        throw error
      }
    },
    async playlist(name, query, signal) {
      const stream = watchedStream(name)
      const wanted = /^\d{1,15}$/.test(query._HLS_msn ?? '') ? Number(query._HLS_msn) : undefined
      const { ring } = stream
      if (stream.status.state === 'connecting') await ring.waitFor(ring.nextMsn, openingWaitMs, signal)
      // Far ahead of us means the asker's numbers come from elsewhere: he gets what there is.
      else if (stream.status.state === 'live' && wanted !== undefined && wanted - ring.nextMsn < 3)
        await ring.waitFor(wanted, blockingWaitMs, signal)
      stream.touch()
      const text = stream.status.state === 'live' ? renderPlaylist(ring) : undefined
      return text === undefined ? notPlaying(stream) : { text }
    },
    file(name, file) {
      const stream = streams.get(name)
      const match = /^(?:(\d{1,15})\.m4s|init-(\d{1,15})\.mp4)$/.exec(file)
      if (!stream || !match || file === playlistName) return undefined
      stream.touch()
      return match[1] === undefined ? stream.ring.init(Number(match[2]))?.data : stream.ring.segment(Number(match[1]))?.data
    },
    async keyFrame(name, { signal, passing = false, after } = {}) {
      const stream = (passing && streams.get(name)) || streamOf(name, UNWATCHED, after)
      const { ring } = stream
      if (stream.status.state === 'connecting') await ring.waitFor(ring.nextMsn, openingWaitMs, signal)
      if (!passing) stream.touch()
      const last = ring.segments.findLast((segment) => segment.keyframe)
      const init = last && ring.init(last.generation)
      const frame = init && { mp4: Buffer.concat([init.data, last.data]), id: String(last.msn), at: Math.round(last.at) }
      const { transcodable } = stream.status
      return { ...notPlaying(stream), ...(transcodable && { transcodable }), ...(frame && { frame }) }
    },
    async leave(name, since) {
      const stream = streams.get(name)
      if (
        stream &&
        stream.references === 0 &&
        stream.aheadFor === undefined &&
        stream.openedAt >= since &&
        stream.touchedAt <= stream.openedAt + 1
      )
        await shut(stream)
    },
    has: (name) => streams.has(name),
    isOpen,
    get room() {
      return room() + unasked().length
    },
    openCameras: () => [...new Set([...streams.values()].filter(({ recorded }) => !recorded).map(({ id }) => id))],
    async close(name) {
      const stream = streams.get(name)
      if (stream) await shut(stream)
    },
    status: () => [...streams.values()].map((stream) => stream.status),
    steps: (name) => streams.get(name)?.steps ?? [],
    async stop() {
      stopped = true
      clearInterval(ticker)
      for (const stream of [...streams.values()]) void shut(stream)
      await Promise.all(closing)
      queue.close()
    },
  }
}
