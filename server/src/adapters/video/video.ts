/** What viewers ask for: signed addresses, stills and what was kept, of a gateway in this process or of gateway processes. */
import { hkdfSync, randomBytes } from 'node:crypto'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import type { WebSocket } from 'ws'
import { backendOf } from './backends/backends.ts'
import { type CameraRooms, openCameras } from './cameras.ts'
import type { CameraSource, Quality, Span, StepTime, StreamState } from './gateway.ts'
import { watchGatewayBeats } from './gateway-beats.ts'
import { createHlsServer, type ServeHls } from './hls-server.ts'
import { keptBefore } from './kept-before.ts'
import { createMediaSocket, type MediaIdentity } from './media-socket.ts'
import { startOpeningAhead } from './open-ahead.ts'
import { createPlayUrls } from './play-urls.ts'
import { playlistName, recordedName } from './playlist.ts'
import { openRemoteGateway } from './remote-gateway.ts'
import { createStillPictures } from './still-pictures.ts'
import type { StreamSource } from './streams.ts'
import { createViewerPlaces } from './viewer-places.ts'

/** Milliseconds that one address of kept pictures plays at most. */
const MOST_KEPT = 600_000
/** Milliseconds by which the disk may begin later or end sooner than a span and still have all of it: it keeps pieces of some seconds. */
const EDGE = 5_000

/** Backends of cameras that our own gateway pulls from directly. */
const OPENED_AHEAD: ReadonlySet<string> = new Set<CameraRow['backend']>(['gateway', 'demo'])

/** A span of epoch milliseconds that may be open at its end. */
type Wanted = Pick<Span, 'from'> & Partial<Span>
const isSpan = (wanted: Wanted): wanted is Span => wanted.to !== undefined

export interface Play {
  readonly url: string
  readonly type: 'hls'
  readonly viewId: string
  /** Epoch milliseconds; ask again with the same view id before. */
  readonly expiresAt: number
  readonly state: StreamState | 'recorded'
  /** Steps of opening with milliseconds spent in each. */
  readonly steps: readonly StepTime[]
  /** It is no live picture: epoch milliseconds of what was kept and plays. */
  readonly recorded?: Span
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

export interface Video extends Pick<StreamSource, 'recordings' | 'openStreams' | 'aheadStreams' | 'round' | 'close'> {
  /**
   * Opens the camera and signs an address for this viewer alone. `sub`: its smaller stream, where it has one. `recorded`: what was kept, its
   * program date-times being those of the recording. Without `to` from the disk, ten minutes at most; a span from the disk where that has all of
   * it, else from its backend, played once at the speed of life. Undefined when nothing is kept of it.
   */
  play(camera: string, viewer: string, options?: { viewId?: string; quality?: Quality; recorded?: Wanted }): Promise<Play | undefined>
  /**
   * Opens the stream that a tile would play before anybody asks for it; `by`: for whom. Gives no picture and no address, and is no view. False
   * where it is not opened: no place is free, many were just now, or the camera stands behind a media server, which is not made to fetch what nobody may ever look at.
   */
  ahead(camera: string, by: string): Promise<boolean>
  /** Whether the backend of the camera has recordings to ask for. */
  keepsRecordings(camera: string): boolean
  /** The last key frame as a JPEG. Opens the camera and waits some seconds for its first picture. Rejects with GatewayFull. */
  snapshot(camera: string, viewer: string, signal: AbortSignal): Promise<Snapshot>
  readonly serveHls: ServeHls
  readonly serveSocket: (socket: WebSocket, identity: MediaIdentity) => void
}

interface Rooms extends CameraRooms {
  readonly secret: Buffer
  /** Told of whatever is asked of a view: who it belongs to, and the name of its picture and view. */
  readonly seen?: (viewer: string, key: string) => void
  /** As in `open-ahead.ts`; absent: cameras are opened ahead for who asks for that alone. */
  readonly audience?: (area: string) => string | undefined
}

/** The gateway processes, for a server that reaches no camera itself. */
function openProcesses({ journal, state, secret, nodeId, dvr, log }: Rooms): StreamSource {
  const beats = watchGatewayBeats({ store: journal.store, nodeId, log })
  const streams = openRemoteGateway({
    ...{ secret, log },
    processes: () => beats.processes(),
    hasSubStream: (id) => state.tables.get<CameraRow>('cameras', id)?.subStream ?? false,
  })
  const keepMsOf = (id: string): number | undefined => {
    const minutes = state.tables.get<CameraRow>('cameras', id)?.dvrMinutes
    return minutes === undefined ? undefined : minutes * 60_000
  }
  const kept = keptBefore({ dvr, keeping: streams.keeping, keepMs: () => (state.ready ? keepMsOf : undefined), log })
  return {
    streams,
    kept,
    recordings: (camera, span) => streams.recordings(camera, span),
    get aheadStreams() {
      return beats.processes().reduce((sum, { ahead }) => sum + ahead, 0)
    },
    get openStreams() {
      return new Set(beats.processes().flatMap(({ open }) => [...open])).size
    },
    round: undefined,
    async close() {
      await beats.close()
      streams.close()
      await kept.close()
    },
  }
}

/** @param gateway `own`: in this process; `processes`: in processes of their own, found through Redis */
export function openVideo({ gateway, ...rooms }: Rooms & { readonly gateway: 'own' | 'processes' }): Video {
  const source: StreamSource = gateway === 'own' ? openCameras(rooms) : openProcesses(rooms)
  const { streams } = source
  const backend = (id: string) => rooms.state.tables.get<CameraRow>('cameras', id)?.backend ?? 'gateway'
  const stills = createStillPictures()
  const places = createViewerPlaces((name) => streams.has(name))
  const playUrls = createPlayUrls(new Uint8Array(hkdfSync('sha256', rooms.secret, '', 'orchid play addresses', 32)))
  const serveHls = createHlsServer(streams, playUrls, { kept: source.kept, ...(rooms.seen && { seen: rooms.seen }) })
  const keepsRecordings = (camera: string): boolean => backendOf({ backend: backend(camera) } as CameraSource).recordings !== undefined
  /** What lies on disk of what is wanted; of a span only where it is all there, or nobody else has it. */
  async function keptOf(camera: string, wanted: Wanted): Promise<Span | undefined> {
    const { from, to } = wanted
    const kept = await source.kept.kept(camera, { from, to: Math.min(to ?? Number.POSITIVE_INFINITY, from + MOST_KEPT, Date.now()) })
    const isWhole = kept !== undefined && kept.from - from < EDGE && (to === undefined || to - kept.to < EDGE)
    return isWhole || to === undefined || !keepsRecordings(camera) ? kept : undefined
  }

  const ahead = async (camera: string, by: string): Promise<boolean> =>
    OPENED_AHEAD.has(backend(camera)) && streams.ahead(streams.nameOf(camera, 'sub'), by)
  const { state, audience, maxAhead, log } = rooms
  const endOpening = maxAhead === 0 || !audience ? undefined : startOpeningAhead({ state, audience, open: ahead, log })

  return {
    async play(camera, viewer, { viewId = randomBytes(9).toString('base64url'), quality = 'main', recorded: wanted } = {}) {
      const kept = wanted && (await keptOf(camera, wanted))
      if (kept) {
        const { path, expiresAt } = playUrls.sign({ camera, viewer, viewId })
        const url = `${path.replace(playlistName, recordedName)}?from=${kept.from}&to=${kept.to}`
        return { url, type: 'hls', viewId, expiresAt, state: 'recorded', steps: [], recorded: kept }
      }
      if (wanted && !(isSpan(wanted) && keepsRecordings(camera))) return undefined
      const recorded = wanted && isSpan(wanted) ? wanted : undefined
      const name = streams.nameOf(camera, quality, recorded)
      if (recorded) places.take(viewer, name)
      const { state: now, steps } = await streams.touch(name)
      const { path, expiresAt } = playUrls.sign({ camera: name, viewer, viewId })
      return { url: path, type: 'hls', viewId, expiresAt, state: now, steps, ...(recorded && { recorded }) }
    },
    ahead,
    keepsRecordings,
    recordings: (camera, span) => source.recordings(camera, span),
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
    get aheadStreams() {
      return source.aheadStreams
    },
    get round() {
      return source.round
    },
    close() {
      endOpening?.()
      return source.close()
    },
  }
}
