/** Joins the gateway to the product: addresses from the sealed store, places from the tables, changes of state into the journal. */
import { hkdfSync, randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { holdBefore } from '@orchid/shared/domain/cameras/flapping'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { WebSocket } from 'ws'
import type { Dispatcher } from '../../commands/dispatch.ts'
import { type Journal, JournalUnavailable } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { Recording } from './backends/backend.ts'
import { backendOf } from './backends/backends.ts'
import type { MediaServers } from './backends/media-servers.ts'
import { CameraFailure } from './camera-failure.ts'
import { parseCameraNetworks } from './camera-networks.ts'
import { type Probed, probeCamera } from './camera-probe.ts'
import { type Round, startRounds } from './camera-rounds.ts'
import type { Dvr, Kept } from './dvr.ts'
import {
  type CameraSource,
  createGateway,
  type Gateway,
  GatewayFull,
  type Quality,
  type ReportedState,
  type Span,
  type StateInfo,
  type StepTime,
  type StreamHandle,
  type StreamState,
} from './gateway.ts'
import { watchGatewayBeats } from './gateway-beats.ts'
import { createHlsServer, type ServeHls } from './hls-server.ts'
import { createMediaSocket, type MediaIdentity } from './media-socket.ts'
import { startPoller } from './picture-poller.ts'
import { createPlayUrls } from './play-urls.ts'
import { playlistName, recordedName } from './playlist.ts'
import { openRemoteGateway } from './remote-gateway.ts'
import { createStillPictures } from './still-pictures.ts'
import type { Streams } from './streams.ts'
import { createViewerPlaces } from './viewer-places.ts'
import { startWatchBeats } from './watch-beats.ts'

/** Only one node makes the rounds; it renews this with every hundred cameras, which take a few seconds. */
const ROUNDS_LEASE = 60_000
/** Milliseconds between two looks at which cameras are to be kept on disk, and what is too old. */
const DVR_EVERY = 2_000
/** What whoever decoded the picture said of it; an answer or a codec refutes none of them. */
const SEEN: ReadonlySet<string | undefined> = new Set(['live', 'frozen', 'black'])
/** Milliseconds that one address of kept pictures plays at most. */
const MOST_KEPT = 600_000

export interface Play {
  readonly url: string
  readonly type: 'hls'
  readonly viewId: string
  /** Epoch milliseconds; ask again with the same view id before. */
  readonly expiresAt: number
  readonly state: StreamState | 'recorded'
  /** Steps of opening with milliseconds spent in each. */
  readonly steps: readonly StepTime[]
  /** It is no live picture: epoch milliseconds of what was kept on disk and plays. */
  readonly recorded?: Kept
}

export interface Snapshot {
  /** Absent: there is none. */
  readonly jpeg?: Buffer
  /** Epoch milliseconds of the frame. */
  readonly at?: number
  /** How the camera is now: the picture is an old one unless it is live. */
  readonly state: StreamState
  readonly reason?: string
}

export interface Video {
  /**
   * Opens the camera and signs an address for this viewer alone. `sub`: its smaller stream, where it has one. `recorded`: what its backend kept
   * of that span, played once at the speed of life; its program date-times are those of the recording.
   */
  play(camera: string, viewer: string, options?: { viewId?: string; quality?: Quality; recorded?: Span }): Promise<Play>
  /** Whether the backend of the camera has recordings to ask for. */
  keepsRecordings(camera: string): boolean
  /** Recordings that touch the span, oldest first; or why they cannot be had. */
  recordings(camera: string, span: Span): Promise<{ recordings: readonly Recording[] } | { reason: string }>
  /** Signs an address of what was kept on disk from a moment on, ten minutes at most. Undefined when nothing is kept of it. */
  playKept(camera: string, viewer: string, from: number): Play | undefined
  /** The last key frame as a JPEG. Opens the camera and waits some seconds for its first picture. Rejects with GatewayFull. */
  snapshot(camera: string, viewer: string, signal: AbortSignal): Promise<Snapshot>
  readonly serveHls: ServeHls
  readonly serveSocket: (socket: WebSocket, identity: MediaIdentity) => void
  /** Streams open in this process, or cameras open in the gateway processes that live. */
  readonly openStreams: number
  /** The round past the unwatched cameras that goes on here, or the last one; undefined on a node that makes none. */
  readonly round: Round | undefined
  close(): Promise<void>
}

/** Where the streams of a server come from. */
interface Source extends Pick<Video, 'recordings' | 'openStreams' | 'round' | 'close'> {
  readonly streams: Streams
}

/** What reaches the cameras: in the server itself, or in a gateway process. */
export interface Cameras extends Source {
  readonly streams: Gateway
}

interface Rooms {
  readonly journal: Journal
  readonly state: LiveState
  readonly dispatcher: Dispatcher
  readonly secret: Buffer
  readonly cameraNetworks: string
  readonly mediaServers: MediaServers
  /** Cameras whose H.265 may be turned into H.264 at the same time. */
  readonly transcodeSlots: number
  readonly nodeId: string
  /** Minutes between two rounds past the cameras that nobody watches; 0: none. */
  readonly roundMinutes: number
  /** Cameras that nobody watches whose pictures are looked at, a minute; 0: none. */
  readonly pollPerMinute: number
  /** Told of whatever is asked of a view: who it belongs to, and the name of its picture and view. */
  readonly seen?: (viewer: string, key: string) => void
  readonly dvr: Dvr
  readonly log: { info(o: object, m: string): void; warn(o: object, m: string): void; error(o: object, m: string): void }
}

/** @param url at which servers reach the gateway here, where they do */
export function openCameras(
  {
    journal,
    state,
    dispatcher,
    cameraNetworks,
    mediaServers,
    transcodeSlots,
    nodeId,
    roundMinutes,
    pollPerMinute,
    dvr,
    log,
  }: Omit<Rooms, 'secret' | 'seen' | 'dvr'> & {
    /** Absent: nothing is kept on disk. */
    readonly dvr?: Dvr
  },
  url: () => string | undefined = () => undefined,
): Cameras {
  const holding = new Map<string, NodeJS.Timeout>()
  const row = (id: string): CameraRow | undefined => state.tables.get<CameraRow>('cameras', id)

  const known = (id: string): CameraStateRow | undefined => state.tables.get<CameraStateRow>('cameraStates', id)
  /** Frozen or black, as far as is known. */
  const isSuspect = (id: string): boolean => ['frozen', 'black'].includes(known(id)?.state ?? '')

  const report = async (
    id: string,
    to: ReportedState | Probed['state'] | 'frozen' | 'black',
    { reason, lastFrameAt }: StateInfo,
  ): Promise<void> => {
    try {
      await watching.begun
      const data = { id, state: to, ...(lastFrameAt !== undefined && { lastFrameAt }), ...(reason && { reason }) }
      await dispatcher.internal('camera.report-state', `camera-${id}-${randomBytes(6).toString('hex')}`, data)
    } catch (error) {
      if (!(error instanceof JournalUnavailable)) throw error
      log.warn({ camera: id, state: to }, 'the journal is away: a change of this camera was not written')
    }
  }

  const gateway = createGateway({
    log,
    cameraNetworks,
    transcodeSlots,
    servers: mediaServers,
    onState(id, to, info) {
      // Bytes alone do not make a frozen or black picture well: the poller soon looks again, at demo cameras it does not look.
      if (to === 'live' && pollPerMinute > 0 && isSuspect(id) && row(id)?.backend !== 'demo') return clearTimeout(holding.get(id))
      // H.265 is shown by transcoding: that it is H.265 is no news while there are slots, and a taken one does not make a picture bad.
      if (to === 'codec' && info.transcodable && transcodeSlots > 0 && (info.reason === undefined || SEEN.has(known(id)?.state)))
        return clearTimeout(holding.get(id))
      clearTimeout(holding.get(id))
      holding.set(
        id,
        setTimeout(
          () => {
            holding.delete(id)
            // Nobody looks any more: that it has lasted is not known, and the next round asks.
            if (to === 'live' && !gateway.isOpen(id)) return
            report(id, to, info).catch((error) => log.error({ err: error, camera: id }, 'a change of a camera could not be written'))
          },
          holdBefore(to, known(id), Date.now()),
        ),
      )
    },
    onSegment(id, segment, init) {
      if (row(id)?.dvrMinutes !== undefined) dvr?.add(id, segment, init)
    },
    hasSubStream: (id) => row(id)?.subStream ?? false,
    openSource,
  })
  async function openSource(id: string): Promise<CameraSource | undefined> {
    const camera = row(id)
    if (!camera) return undefined
    if (camera.backend === 'demo')
      return { backend: 'demo', title: camera.name, place: placeOf(state, camera.grid), siteKind: camera.siteKind }
    const url = await addressOf(id)
    return url === undefined ? undefined : { backend: camera.backend, url }
  }
  const addressOf = async (id: string): Promise<string | undefined> => {
    const sealed = await journal.openPrivate(`camera:${id}`)
    return typeof sealed?.source === 'string' ? sealed.source : undefined
  }
  const networks = parseCameraNetworks(cameraNetworks)
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const beats = watchGatewayBeats({
    ...{ store: journal.store, nodeId, log },
    tell() {
      const at = url()
      return { open: gateway.openCameras(), ...(at !== undefined && { url: at, room: gateway.room }) }
    },
  })
  const watching = startWatchBeats({
    ...{ store: journal.store, log, isReady: () => state.ready },
    async unwatched(since) {
      const byGrid = new Map<string, string[]>()
      for (const [id, { grid }] of state.tables.entries('cameraStates', '') as Iterable<readonly [string, CameraStateRow]>)
        byGrid.set(grid, [...(byGrid.get(grid) ?? []), id])
      // Under the same id from every node that finds it.
      for (const [grid, ids] of byGrid)
        await dispatcher.internal('cameras.report-unwatched', `unwatched-${since}-${grid}`, { grid, ids, since })
    },
  })
  const rounds =
    roundMinutes > 0
      ? startRounds({
          log,
          pauseMs: roundMinutes * 60_000,
          cameras: () => state.tables.keys('cameras', '').filter((id) => row(id)?.backend === 'gateway'),
          isWatched: (id) => gateway.isOpen(id) || beats.has(id),
          isOurs: async () =>
            state.ready && ((await journal.store.lease('camera-rounds', nodeId, ROUNDS_LEASE).catch(notWhileAway)) ?? false),
          known: (id) => known(id)?.state,
          transcodes: transcodeSlots > 0,
          async probe(id) {
            const source = await addressOf(id).catch(notWhileAway)
            return source === undefined ? undefined : probeCamera(source, { networks, signal: leaving.signal })
          },
          async report(id, { state: to, reason }) {
            const now = known(id)
            // One that comes and goes is believed to be back when it has been so for a while: the next round asks again.
            if (now?.state === 'offline' && Date.now() - now.since < holdBefore(to, now, Date.now())) return
            await report(id, to, { ...(reason && { reason }) })
          },
        })
      : undefined
  /** Cameras that are kept on disk are held open here. */
  const held = new Map<string, StreamHandle>()
  /** Those that found no place; told once, not every two seconds. */
  const turnedAway = new Set<string>()
  let sweeping: Promise<void> | undefined
  const keeping = setInterval(() => {
    if (!dvr) return
    if (!state.ready) return
    const chosen = new Map(
      state.tables.keys('cameras', '').flatMap((id) => {
        const minutes = row(id)?.dvrMinutes
        return minutes === undefined ? [] : [[id, minutes * 60_000] as const]
      }),
    )
    for (const [id, handle] of held)
      if (!chosen.has(id)) {
        handle.close()
        held.delete(id)
      }
    for (const id of chosen.keys()) {
      if (held.has(id)) continue
      try {
        held.set(id, gateway.open(id, { priority: 2 }))
        turnedAway.delete(id)
      } catch (error) {
        if (!(error instanceof GatewayFull)) throw error
        if (turnedAway.has(id)) continue
        turnedAway.add(id)
        log.warn({ camera: id }, 'too many cameras are open: this one is not kept on disk now')
      }
    }
    sweeping ??= dvr
      .sweep((id) => chosen.get(id), Date.now())
      .catch((error) => log.error({ err: error }, 'what was kept of cameras could not be cleaned'))
      .finally(() => {
        sweeping = undefined
      })
  }, DVR_EVERY)
  keeping.unref()
  const stills = createStillPictures()
  const poller =
    pollPerMinute > 0
      ? startPoller({
          log,
          perMinute: pollPerMinute,
          // One that is known to be gone is left to the rounds, and one that another node has open to its viewers, unless its picture was bad.
          cameras: () =>
            state.tables
              .keys('cameras', '')
              .filter((id) => row(id)?.backend !== 'demo' && known(id)?.state !== 'offline' && (isSuspect(id) || !beats.has(id))),
          urgent: (id) => isSuspect(id) || gateway.isOpen(id),
          isOurs: async () =>
            state.ready && ((await journal.store.lease('camera-pictures', nodeId, ROUNDS_LEASE).catch(notWhileAway)) ?? false),
          async keyFrame(id) {
            const seen = await gateway.keyFrame(gateway.nameOf(id, 'sub'), { signal: leaving.signal, passing: true })
            // A look needs no slot: a key frame of H.265 is decoded as it is.
            return seen.state === 'codec' && seen.transcodable && transcodeSlots > 0 ? { ...seen, state: 'live' } : seen
          },
          leave: (id, since) => gateway.leave(gateway.nameOf(id, 'sub'), since),
          luma: (frame) => stills.luma(frame),
          report: (id, to, lastFrameAt) => report(id, to, { lastFrameAt }),
        })
      : undefined

  return {
    streams: gateway,
    async recordings(camera, span) {
      const source = await openSource(camera)
      if (!source) return { reason: 'unknown-camera' }
      try {
        const reach = { networks, servers: mediaServers, signal: leaving.signal }
        return { recordings: (await backendOf(source).recordings?.(source, span, reach)) ?? [] }
      } catch (error) {
        if (error instanceof CameraFailure) return { reason: error.code }
        throw error
      }
    },
    get openStreams() {
      return gateway.status().length
    },
    get round() {
      return rounds?.round
    },
    async close() {
      for (const timer of holding.values()) clearTimeout(timer)
      leaving.abort()
      // First nobody is sent here any more.
      await beats.close()
      await watching.close()
      await rounds?.stop()
      await poller?.stop()
      clearInterval(keeping)
      await gateway.stop()
      await sweeping
      await dvr?.settled()
    },
  }
}

/** The gateway processes, for a server that reaches no camera itself. */
function openProcesses({ journal, state, secret, nodeId, log }: Rooms): Source {
  const beats = watchGatewayBeats({ store: journal.store, nodeId, log })
  const streams = openRemoteGateway({
    ...{ secret, log },
    processes: () => beats.processes(),
    hasSubStream: (id) => state.tables.get<CameraRow>('cameras', id)?.subStream ?? false,
  })
  return {
    streams,
    recordings: (camera, span) => streams.recordings(camera, span),
    get openStreams() {
      return new Set(beats.processes().flatMap(({ open }) => [...open])).size
    },
    round: undefined,
    async close() {
      await beats.close()
      streams.close()
    },
  }
}

/** @param gateway `own`: in this process; `processes`: in processes of their own, found through Redis */
export function openVideo({ gateway, ...rooms }: Rooms & { readonly gateway: 'own' | 'processes' }): Video {
  const source: Source = gateway === 'own' ? openCameras(rooms) : openProcesses(rooms)
  const { streams } = source
  const backend = (id: string) => rooms.state.tables.get<CameraRow>('cameras', id)?.backend ?? 'gateway'
  const stills = createStillPictures()
  const places = createViewerPlaces((name) => streams.has(name))
  const playUrls = createPlayUrls(new Uint8Array(hkdfSync('sha256', rooms.secret, '', 'orchid play addresses', 32)))
  const serveHls = createHlsServer(streams, playUrls, { dvr: rooms.dvr, ...(rooms.seen && { seen: rooms.seen }) })

  return {
    async play(camera, viewer, { viewId = randomBytes(9).toString('base64url'), quality = 'main', recorded } = {}) {
      const name = streams.nameOf(camera, quality, recorded)
      if (recorded) places.take(viewer, name)
      const { state: now, steps } = await streams.touch(name)
      const { path, expiresAt } = playUrls.sign({ camera: name, viewer, viewId })
      return { url: path, type: 'hls', viewId, expiresAt, state: now, steps }
    },
    keepsRecordings: (camera) => backendOf({ backend: backend(camera) } as CameraSource).recordings !== undefined,
    recordings: (camera, span) => source.recordings(camera, span),
    playKept(camera, viewer, from) {
      const recorded = rooms.dvr.kept(camera, { from, to: Math.min(from + MOST_KEPT, Date.now()) })
      if (!recorded) return undefined
      const viewId = randomBytes(9).toString('base64url')
      const { path, expiresAt } = playUrls.sign({ camera, viewer, viewId })
      const url = `${path.replace(playlistName, recordedName)}?from=${recorded.from}&to=${recorded.to}`
      return { url, type: 'hls', viewId, expiresAt, state: 'recorded', steps: [], recorded }
    },
    async snapshot(camera, viewer, signal) {
      const name = streams.nameOf(camera, 'main')
      places.take(viewer, name)
      const { frame, state: now, reason } = await streams.keyFrame(name, { signal })
      const jpeg = frame && (await stills.jpeg(name, frame))
      return { state: now, ...(reason && { reason }), ...(frame && jpeg && { jpeg, at: frame.at }) }
    },
    serveHls,
    serveSocket: createMediaSocket(serveHls),
    get openStreams() {
      return source.openStreams
    },
    get round() {
      return source.round
    },
    close: () => source.close(),
  }
}

/** While the journal is away nothing is ours and nothing is known: the round goes on later. */
function notWhileAway(error: unknown): undefined {
  if (!(error instanceof JournalUnavailable)) throw error
}

/** Township and village of a grid, as words for the picture. */
function placeOf(state: LiveState, grid: string): string {
  const name = (code: string): string => state.tables.get<{ updatedSeq: number; name: string }>('areas', code)?.name ?? ''
  return `${name(grid.slice(0, 9))} ${name(grid.slice(0, 12))}`.trim() || grid
}
