/** One open camera: starts its source, keeps its ring filled, notices when pictures stop, and tries again until it is closed. */
import { setTimeout as delay } from 'node:timers/promises'
import type { CameraSource, Feed, Quality, Span } from './backends/backend.ts'
import { backendOf } from './backends/backends.ts'
import type { MediaServers } from './backends/media-servers.ts'
import { openBytePipe } from './byte-pipe.ts'
import { CameraFailure, exitFailure, type FailureCode, type OpeningStep } from './camera-failure.ts'
import type { CameraNetworks, Resolve } from './camera-networks.ts'
import type { CaptionFont } from './caption-font.ts'
import { type FfmpegProcess, fragmentedOutput, startFfmpeg } from './ffmpeg-process.ts'
import { FragmentCutter, type InitSegment } from './fragment-cutter.ts'
import { FrameGroups } from './frame-groups.ts'
import { type Segment, SegmentRing } from './segment-ring.ts'
import type { StartQueue } from './start-queue.ts'
import type { TranscodeSlots } from './transcode-slots.ts'

export type StreamState = 'connecting' | 'live' | 'stalled' | 'offline' | 'codec'

export interface StepTime {
  readonly step: OpeningStep
  /** Milliseconds spent in it so far or in all. */
  readonly ms: number
  readonly done: boolean
}

export interface StreamStatus {
  /** Of the camera. */
  readonly id: string
  readonly quality: Quality
  readonly state: StreamState
  /** Epoch milliseconds. */
  readonly since: number
  /** Why it is not live. */
  readonly reason?: FailureCode
  readonly failedStep?: OpeningStep
  readonly backend?: CameraSource['backend']
  /** Sample entry or codec string of the source. */
  readonly codec?: string
  /** With a free slot it could be transcoded. */
  readonly transcodable?: true
  /** Decoded and encoded anew, because browsers do not show the codec of the source. */
  readonly transcoded?: true
  readonly references: number
  /** Nobody has asked for it yet. */
  readonly ahead?: true
  readonly segments: number
  readonly bytes: number
  readonly starts: number
  /** Epoch milliseconds of the arrival of the last fragment. */
  readonly lastFrameAt?: number
  readonly pid?: number
}

export interface StreamContext {
  readonly ffmpeg: string
  readonly networks: CameraNetworks
  readonly resolve?: Resolve
  readonly servers?: MediaServers
  readonly queue: StartQueue
  readonly slots: TranscodeSlots
  readonly now: () => number
  font(): Promise<CaptionFont | undefined>
  openSource(id: string): Promise<CameraSource | undefined>
  changed(stream: CameraStream): void
  /** Told of each segment as it arrives. */
  kept?(stream: CameraStream, segment: Segment, init: InitSegment): void
  /** Text for the log that holds neither address nor password. */
  note(message: string, fields: Record<string, unknown>): void
  readonly firstPictureMs: number
  /** Shortest and longest wait before a restart, milliseconds. */
  readonly backOff: readonly [number, number]
}

export interface StreamOptions {
  readonly name: string
  readonly id: string
  readonly quality: Quality
  readonly recorded?: Span
  readonly context: StreamContext
  readonly priority: number
  /** Numbers of segments begin above this one. */
  readonly after: number
}

const stallFloorMs = 2000
const segmentSeconds = 0.19
/** Milliseconds a picture may be late before those that wait with it are handed on. */
const holdMarginMs = 20
const stalledBecomesOfflineMs = 10_000
const browserCodecs = new Set(['avc1', 'avc3'])
/** Sample entries that a transcode slot makes fit for browsers. */
const transcodable = new Set(['hvc1', 'hev1'])

export class CameraStream {
  readonly id: string
  readonly quality: Quality
  /** What was recorded in this span is played once, instead of what is to be seen now. */
  readonly recorded: Span | undefined
  /** What the gateway calls it. */
  readonly name: string
  readonly ring: SegmentRing
  references = 0
  /** For whom it was opened ahead of need; undefined once somebody asks for it. */
  aheadFor: string | undefined
  /** Monotonic milliseconds. */
  readonly openedAt = performance.now()
  /** Monotonic milliseconds of the last request. */
  touchedAt = this.openedAt
  readonly #context: StreamContext
  readonly #closing = new AbortController()
  readonly #finished: Promise<void>
  #priority: number
  #watched = false
  #state: StreamState = 'connecting'
  #since: number
  #failure: CameraFailure | undefined
  #steps: { step: OpeningStep; from: number; to?: number }[] = []
  #backend: CameraSource['backend'] | undefined
  #init: InitSegment | undefined
  #codec: string | undefined
  /** Gives the slot back while the stream is transcoded. */
  #slot: (() => void) | undefined
  #leaveSlots: (() => void) | undefined
  #process: FfmpegProcess | undefined
  #starts = 0
  #lastFrameAt: number | undefined
  /** Milliseconds without a fragment, own event-loop lag left out; undefined while nothing is expected. */
  #silence: number | undefined
  #interval = 500
  #pieceMs = 0
  #stalledFor: number | undefined
  #giveUp: ((failure: CameraFailure) => void) | undefined

  constructor({ name, id, quality, recorded, context, priority, after }: StreamOptions) {
    this.name = name
    this.id = id
    this.quality = quality
    this.recorded = recorded
    this.#context = context
    this.#priority = priority
    this.#since = context.now()
    this.ring = new SegmentRing(this.#since, { after })
    this.#finished = this.#run()
  }

  get status(): StreamStatus {
    return {
      id: this.id,
      quality: this.quality,
      state: this.#state,
      since: this.#since,
      references: this.references,
      ...(this.aheadFor !== undefined && { ahead: true as const }),
      segments: this.ring.segments.length,
      bytes: this.ring.bytes,
      starts: this.#starts,
      ...(this.#failure && { reason: this.#failure.code, failedStep: this.#failure.step }),
      ...(this.#backend && { backend: this.#backend }),
      ...(this.#codec !== undefined && { codec: this.#codec }),
      ...(transcodable.has(this.#init?.sampleEntry ?? '') && { transcodable: true as const }),
      ...(this.#slot && { transcoded: true as const }),
      ...(this.#lastFrameAt !== undefined && { lastFrameAt: this.#lastFrameAt }),
      ...(this.#process?.pid !== undefined && { pid: this.#process.pid }),
    }
  }

  /** The steps of the running or last attempt with the time spent in each. */
  get steps(): StepTime[] {
    const now = performance.now()
    return this.#steps.map(({ step, from, to }) => ({ step, ms: Math.round((to ?? now) - from), done: to !== undefined }))
  }

  touch(): void {
    this.touchedAt = performance.now()
  }

  /** A viewer asks for its moving picture; who only wants a still takes no slot and keeps it open for a short while only. */
  watch(): void {
    this.touch()
    if (this.#watched) return
    this.#watched = true
    this.#wantSlot()
  }

  /** Somebody wants it started that urgently; the most urgent wish counts. */
  hurry(priority: number): void {
    if (priority >= this.#priority) return
    this.#priority = priority
    this.#context.queue.pump()
  }

  get watched(): boolean {
    return this.#watched
  }

  /** Called by the gateway's clock; `elapsed` is the time since the last call, cut where our own process did not run. */
  tick(elapsed: number): void {
    if (this.#stalledFor !== undefined && this.#state === 'stalled') {
      this.#stalledFor += elapsed
      if (this.#stalledFor >= stalledBecomesOfflineMs) this.#become('offline', this.#failure ?? new CameraFailure('silent', 'picture'))
    }
    if (this.#silence === undefined) return
    this.#silence += elapsed
    if (this.#state === 'live') {
      if (this.#silence < Math.max(stallFloorMs, 4 * this.#interval, 1.5 * this.#pieceMs)) return
      const failure = new CameraFailure('silent', 'picture')
      this.#stalledFor = this.#silence
      this.#become('stalled', failure)
      this.#giveUp?.(failure)
    } else if (this.#silence >= this.#context.firstPictureMs)
      this.#giveUp?.(new CameraFailure('timeout', this.#steps.at(-1)?.step ?? 'picture'))
  }

  /** Ends the source and everything that waits. Resolves when no process is left. */
  async close(): Promise<void> {
    this.#closing.abort(new CameraFailure('ended', 'picture'))
    this.#process?.kill()
    this.ring.wake()
    await this.#finished
  }

  #step(step: OpeningStep): void {
    const now = performance.now()
    const running = this.#steps.at(-1)
    if (running?.step === step) return
    if (running) running.to ??= now
    this.#steps.push({ step, from: now })
  }

  #become(state: StreamState, failure?: CameraFailure): void {
    const changed = state !== this.#state || failure?.code !== this.#failure?.code
    if (state !== this.#state) this.#since = this.#context.now()
    this.#state = state
    this.#failure = failure
    if (state !== 'stalled') this.#stalledFor = undefined
    if (!changed) return
    if (state !== 'live') this.ring.wake()
    this.#context.changed(this)
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    const [shortest, longest] = this.#context.backOff
    let wait = shortest
    let changes = 0
    while (!signal.aborted) {
      const failure = await this.#attempt()
      if (signal.aborted) break
      if (this.#liveSince !== undefined) changes = 0
      // What only changed is opened anew at once, and nothing is told of it unless it takes its time, or changes without ever showing a picture.
      if (failure.code === 'changed' && changes++ < 3 && !(this.recorded && this.#state === 'live')) continue
      this.#giveSlotBack()
      const lived = this.#steps.at(-1)?.step === 'picture' && this.#liveFor >= 10_000
      if (lived) wait = shortest
      this.#context.note('camera source failed', {
        camera: this.id,
        step: failure.step,
        reason: failure.code,
        again_in_ms: Math.round(wait),
      })
      // A silent camera stays "stalled" with its last time while it is opened again; every other failure is known at once.
      if (this.#state !== 'stalled' || failure.code !== 'silent') this.#become(failure.code === 'codec' ? 'codec' : 'offline', failure)
      // Who was told of the failure may have closed it.
      if (signal.aborted) break
      // What was recorded is played once: it must not begin again under a viewer who saw its end.
      if (failure.code === 'unknown-camera' || (this.recorded && this.#liveSince !== undefined)) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
        break
      }
      await delay(wait * (0.8 + Math.random() * 0.4), undefined, { signal }).catch(() => undefined)
      wait = Math.min(longest, wait * 2)
    }
    this.#giveSlotBack()
  }

  #giveSlotBack(): void {
    this.#leaveSlots?.()
    this.#leaveSlots = undefined
    this.#slot?.()
    this.#slot = undefined
  }

  #wantSlot(): void {
    if (!this.watched || this.#slot || this.#leaveSlots || !transcodable.has(this.#init?.sampleEntry ?? '')) return
    const slot = this.#context.slots.take()
    if (slot) this.#transcodeWith(slot)
    else this.#leaveSlots = this.#context.slots.wait((free) => this.#transcodeWith(free))
  }

  /** The source is opened anew with this slot, decoding. */
  #transcodeWith(slot: () => void): void {
    this.#leaveSlots = undefined
    this.#slot = slot
    // Whoever asks now waits for its picture, as at every opening.
    if (this.#state === 'codec') this.#become('connecting')
    this.#giveUp?.(new CameraFailure('changed', 'picture'))
  }

  #liveSince: number | undefined
  get #liveFor(): number {
    return this.#liveSince === undefined ? 0 : performance.now() - this.#liveSince
  }

  /** One start of the source until it ends; never rejects. */
  async #attempt(): Promise<CameraFailure> {
    const { signal } = this.#closing
    const { queue, openSource } = this.#context
    this.#steps = []
    this.#liveSince = undefined
    // A live picture that is opened anew is silent from now on.
    if (this.#state === 'live') this.#silence = 0
    this.#step('queue')
    let leaveQueue: (() => void) | undefined
    let feed: Feed | undefined
    try {
      leaveQueue = await queue.enter({ priority: () => this.#priority, restart: this.#starts > 0, signal })
      this.#starts++
      this.#step('source')
      const source = await openSource(this.id)
      if (!source) return new CameraFailure('unknown-camera', 'source')
      this.#backend = source.backend
      const { networks, resolve, servers, font } = this.#context
      feed = await backendOf(source).open(source, {
        id: this.id,
        quality: this.quality,
        ...(this.recorded && { recorded: this.recorded }),
        networks,
        ...(resolve && { resolve }),
        ...(servers && { servers }),
        signal,
        step: (step) => this.#step(step),
        font,
      })
      return await this.#pull(feed, () => leaveQueue?.())
    } catch (error) {
      if (error instanceof CameraFailure) return error
      this.#context.note('camera source broke', { camera: this.id, step: this.#steps.at(-1)?.step, error: (error as Error).name })
      return new CameraFailure('ffmpeg', this.#steps.at(-1)?.step ?? 'source')
    } finally {
      this.#silence = undefined
      this.#init = undefined
      leaveQueue?.()
      await feed?.close()
    }
  }

  async #pull(feed: Feed, started: () => void): Promise<CameraFailure> {
    const output = await openBytePipe((bytes) => {
      if (decided) return
      const before = this.ring.nextMsn
      try {
        cutter.push(bytes)
      } catch {
        giveUp(new CameraFailure('protocol', 'picture'))
      }
      if (this.ring.nextMsn === before) return
      const { frames, seconds } = groups.spare
      feed.hold?.(frames, seconds * 1000 + holdMarginMs)
    })
    if (this.#closing.signal.aborted) {
      output.close()
      output.far.destroy()
      return new CameraFailure('ended', 'picture')
    }
    const process = startFfmpeg(this.#context.ffmpeg, ffmpegArguments(feed, this.#slot && this.quality), { ...feed, output })
    this.#process = process
    this.#silence = 0
    this.#pieceMs = feed.pieceMs ?? 0
    let hadPicture = false
    let parameters: string | undefined
    let recordedAt = feed.recordedAt
    let decided: CameraFailure | undefined
    const giveUp = (failure: CameraFailure) => {
      decided ??= failure
      process.kill()
    }
    this.#giveUp = giveUp
    void feed.failed.then(giveUp)
    let arrivedAt = performance.now()
    const cutter = new FragmentCutter({
      init: (init) => {
        this.#init = init
        this.#step('picture')
        if (!this.#slot) {
          this.#codec = init.codec
          this.#wantSlot()
          if (this.#slot) return
        }
        this.ring.begin(init)
      },
      fragment: (fragment) => {
        if (decided) return
        if (fragment.parameters !== undefined && fragment.parameters !== parameters) {
          if (parameters !== undefined) return giveUp(new CameraFailure('changed', 'picture'))
          parameters = fragment.parameters
        }
        groups.push(fragment)
      },
    })
    // Of a source that hands on whole fragments each is a group already.
    const groups = new FrameGroups(segmentSeconds, (segment) => {
      const now = performance.now()
      if (hadPicture) this.#interval += (now - arrivedAt - this.#interval) / 8
      else {
        hadPicture = true
        const running = this.#steps.at(-1)
        if (running) running.to = now
        this.#liveSince = now
        started()
        feed.started?.()
      }
      arrivedAt = now
      this.#silence = 0
      if (recordedAt !== undefined) recordedAt += segment.duration * 1000
      this.#lastFrameAt = recordedAt ?? this.#context.now()
      const kept = this.ring.add(segment, this.#lastFrameAt)
      if (this.#init) this.#context.kept?.(this, kept, this.#init)
      if (browserCodecs.has(this.#init?.sampleEntry ?? '')) this.#become('live')
      else this.#become('codec', this.#leaveSlots && new CameraFailure('slots-taken', 'picture'))
    })
    const exit = await process.exited
    this.#process = undefined
    this.#giveUp = undefined
    // The feed's word on why the source ended is better than ffmpeg's, and may come a moment after the pipes closed.
    const told = decided ?? feed.failure
    if (!told) return exitFailure(exit, hadPicture)
    if (told.code === 'changed' || told.code === 'codec') return told
    return hadPicture ? new CameraFailure(told.code, 'picture') : told
  }
}

const ffmpegArguments = ({ input, draw }: Feed, transcode: Quality | undefined): string[] => [
  ...['-v', 'error', '-nostdin', ...input],
  ...(draw ?? (transcode ? transcoding(transcode) : ['-map', '0:v:0', '-an', '-c', 'copy'])),
  ...fragmentedOutput(draw ? 240_000 : 'frame'),
]

/** At the size of a tile, or of the enlarged one; a key frame every second. */
const transcoding = (quality: Quality): string[] => [
  ...['-map', '0:v:0', '-an', '-vf', `scale=w='min(${quality === 'sub' ? 640 : 1280},iw)':h=-2`],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
  ...['-crf', '27', '-g', '250', '-force_key_frames', 'expr:gte(t,n_forced)', '-sc_threshold', '0', '-threads', '1'],
]
