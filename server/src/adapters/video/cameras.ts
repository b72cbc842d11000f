/** What reaches the cameras: joins the gateway, the rounds and the poller to addresses from the sealed store, places from the tables, and the journal. */
import { setMaxListeners } from 'node:events'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Dispatcher } from '../../commands/dispatch.ts'
import { type Journal, JournalUnavailable } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import { backendOf } from './backends/backends.ts'
import type { MediaServers } from './backends/media-servers.ts'
import { CameraFailure } from './camera-failure.ts'
import { parseCameraNetworks } from './camera-networks.ts'
import { probeCamera } from './camera-probe.ts'
import { startRounds } from './camera-rounds.ts'
import type { Dvr } from './dvr.ts'
import { startDvrKeeper } from './dvr-keeper.ts'
import { type CameraSource, createGateway, type Gateway } from './gateway.ts'
import { watchGatewayBeats } from './gateway-beats.ts'
import { startPoller } from './picture-poller.ts'
import { orderFor } from './remote-gateway.ts'
import { createStateReports } from './state-reports.ts'
import { createStillPictures } from './still-pictures.ts'
import type { StreamSource } from './streams.ts'
import { startWatchBeats } from './watch-beats.ts'

/** Only one node makes the rounds; it renews this with every hundred cameras, which take a few seconds. */
const ROUNDS_LEASE = 60_000

/** In the server itself, or in a gateway process. */
export interface Cameras extends StreamSource {
  readonly streams: Gateway
}

export interface CameraRooms {
  readonly journal: Journal
  readonly state: LiveState
  readonly dispatcher: Dispatcher
  readonly cameraNetworks: string
  readonly mediaServers: MediaServers
  /** Cameras whose H.265 may be turned into H.264 at the same time. */
  readonly transcodeSlots: number
  /** Cameras that may be open ahead of need at the same time; 0: none. */
  readonly maxAhead: number
  /** Milliseconds a camera stays open after the last request for it. */
  readonly idleMs: number
  readonly nodeId: string
  /** Minutes between two rounds past the cameras that nobody watches; 0: none. */
  readonly roundMinutes: number
  /** Cameras that nobody watches whose pictures are looked at, a minute; 0: none. */
  readonly pollPerMinute: number
  readonly dvr: Dvr
  readonly log: { info(o: object, m: string): void; warn(o: object, m: string): void; error(o: object, m: string): void }
}

/** @param url in a gateway process: at which servers reach it, once they do */
export function openCameras(rooms: CameraRooms, url?: () => string | undefined): Cameras {
  const { journal, state, dispatcher, cameraNetworks, mediaServers, transcodeSlots, maxAhead, idleMs } = rooms
  const { nodeId, roundMinutes, pollPerMinute, dvr, log } = rooms
  const row = (id: string): CameraRow | undefined => state.tables.get<CameraRow>('cameras', id)
  const known = (id: string): CameraStateRow | undefined => state.tables.get<CameraStateRow>('cameraStates', id)
  const ids = (): string[] => state.tables.keys('cameras', '')

  const addressOf = async (id: string): Promise<string | undefined> => {
    const sealed = await journal.openPrivate(`camera:${id}`)
    return typeof sealed?.source === 'string' ? sealed.source : undefined
  }
  async function openSource(id: string): Promise<CameraSource | undefined> {
    const camera = row(id)
    if (!camera) return undefined
    if (camera.backend === 'demo')
      return { backend: 'demo', title: camera.name, place: placeOf(state, camera.grid), siteKind: camera.siteKind }
    const address = await addressOf(id)
    return address === undefined ? undefined : { backend: camera.backend, url: address }
  }

  const reports = createStateReports({
    ...{ dispatcher, known, log },
    begun: () => watching.begun,
    isOpen: (id) => gateway.isOpen(id),
    // At demo cameras nobody looks.
    isLookedAt: (id) => pollPerMinute > 0 && row(id)?.backend !== 'demo',
    transcodes: transcodeSlots > 0,
  })
  const gateway = createGateway({
    ...{ log, cameraNetworks, transcodeSlots, maxAhead, idleMs, openSource },
    servers: mediaServers,
    onState: reports.stream,
    onSegment(id, segment, init) {
      if (row(id)?.dvrMinutes !== undefined) dvr.add(id, segment, init)
    },
    hasSubStream: (id) => row(id)?.subStream ?? false,
  })
  const aheadStreams = (): number => gateway.status().filter(({ ahead }) => ahead).length
  const networks = parseCameraNetworks(cameraNetworks)
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const beats = watchGatewayBeats({
    ...{ store: journal.store, nodeId, log },
    tell() {
      const at = url?.()
      return { open: gateway.openCameras(), ...(at !== undefined && { url: at, room: gateway.room, ahead: aheadStreams() }) }
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
  const isOurs = (lease: string) => async (): Promise<boolean> =>
    state.ready && ((await journal.store.lease(lease, nodeId, ROUNDS_LEASE).catch(notWhileAway)) ?? false)
  const rounds =
    roundMinutes > 0
      ? startRounds({
          log,
          pauseMs: roundMinutes * 60_000,
          cameras: () => ids().filter((id) => row(id)?.backend === 'gateway'),
          isWatched: (id) => gateway.isOpen(id) || beats.has(id),
          isOurs: isOurs('camera-rounds'),
          known: (id) => known(id)?.state,
          transcodes: transcodeSlots > 0,
          async probe(id) {
            const source = await addressOf(id).catch(notWhileAway)
            return source === undefined ? undefined : probeCamera(source, { networks, signal: leaving.signal })
          },
          report: (id, { state: to, reason }) => reports.probed(id, to, { ...(reason && { reason }) }),
        })
      : undefined
  /** Of gateway processes one keeps a camera: the one servers ask for it first. A server keeps all of them. */
  function keptHere(chosen: readonly string[]): readonly string[] {
    if (!url) return chosen
    const at = url()
    if (at === undefined) return []
    const me = { node: nodeId, url: at, open: new Set(gateway.openCameras()), room: gateway.room }
    const all = [me, ...beats.processes()]
    return chosen.filter((id) => orderFor(id, all)[0] === me)
  }
  const endKeeping = startDvrKeeper({
    ...{ dvr, gateway, log },
    chosen() {
      if (!state.ready) return undefined
      const keepMs = new Map<string, number>()
      for (const id of ids()) {
        const minutes = row(id)?.dvrMinutes
        if (minutes !== undefined) keepMs.set(id, minutes * 60_000)
      }
      return { keepMs, ours: keptHere([...keepMs.keys()]) }
    },
  })
  const stills = createStillPictures()
  const poller =
    pollPerMinute > 0
      ? startPoller({
          log,
          perMinute: pollPerMinute,
          // One that is known to be gone is left to the rounds, and one that another node has open to its viewers, unless its picture was bad.
          cameras: () =>
            ids().filter(
              (id) => row(id)?.backend !== 'demo' && known(id)?.state !== 'offline' && (reports.isSuspect(id) || !beats.has(id)),
            ),
          urgent: (id) => reports.isSuspect(id) || gateway.isOpen(id),
          isOurs: isOurs('camera-pictures'),
          async keyFrame(id) {
            const seen = await gateway.keyFrame(gateway.nameOf(id, 'sub'), { signal: leaving.signal, passing: true })
            // A look needs no slot: a key frame of H.265 is decoded as it is.
            return seen.state === 'codec' && seen.transcodable && transcodeSlots > 0 ? { ...seen, state: 'live' } : seen
          },
          leave: (id, since) => gateway.leave(gateway.nameOf(id, 'sub'), since),
          luma: (frame) => stills.luma(frame),
          report: (id, to, lastFrameAt) => reports.seen(id, to, { lastFrameAt }),
        })
      : undefined

  return {
    streams: gateway,
    kept: dvr,
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
    get aheadStreams() {
      return aheadStreams()
    },
    get round() {
      return rounds?.round
    },
    async close() {
      reports.close()
      leaving.abort()
      // First nobody is sent here any more.
      await beats.close()
      await watching.close()
      await rounds?.stop()
      await poller?.stop()
      const kept = endKeeping()
      await gateway.stop()
      await kept
      await dvr.settled()
    },
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
