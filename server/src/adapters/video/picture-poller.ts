/**
 * Looks at the pictures of all cameras in turn, a few a minute: those that stream already and those it opens for some seconds. Every second
 * look goes to one that is urgent, so that a bad word is soon taken back where it no longer holds. It decodes key frames only, and judges them for black and frozen. What it has not come to reads 未巡检, or what a probe knows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { PictureJudge } from '@orchid/shared/domain/cameras/picture'
import { GatewayFull } from './gateway.ts'
import type { KeyFrame } from './still-pictures.ts'

export interface PollerOptions {
  /** Ids of the cameras to be looked at, in any order. */
  cameras(): readonly string[]
  /** Whether it must not wait for its turn among all: frozen or black when last seen, or open now. */
  urgent(id: string): boolean
  /** Opens the camera where it is not, and gives its newest key frame; no frame: it gives no picture, and the stream reports why. Rejects when too many are open. */
  keyFrame(id: string): Promise<{ readonly frame?: KeyFrame; readonly state: string }>
  /** Gives back a camera that was opened for the look; `since` (monotonic milliseconds) is when it began. Somebody may watch it meanwhile. */
  leave(id: string, since: number): Promise<void>
  luma(frame: KeyFrame): Promise<Uint8Array | undefined>
  report(id: string, seen: 'live' | 'frozen' | 'black', lastFrameAt: number): Promise<void>
  isOurs(): Promise<boolean>
  /** Budget: cameras begun a minute. */
  readonly perMinute: number
  /** Milliseconds: how long a camera is looked at, from one key frame to the next, and after which it is believed to be frozen or black. */
  readonly times?: { readonly look: number; readonly every: number; readonly frozen: number; readonly black: number }
  readonly log: { error(o: object, m: string): void }
}

export interface Poller {
  /** Cameras whose picture was judged so far. */
  readonly judged: number
  stop(): Promise<void>
}

/** Frozen and black as in a tile. Four decodings a camera. */
const TIMES = { look: 12_000, every: 4_000, frozen: 10_000, black: 3_000 }

export function startPoller(options: PollerOptions): Poller {
  const { perMinute, times = TIMES, log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  /** Number of the look at which a camera had its last turn. */
  const turns = new Map<string, number>()
  /** Looks that go on, by camera. */
  const under = new Map<string, Promise<void>>()
  let turn = 0
  let judged = 0

  /** The camera that waits longest; at every second turn among the urgent ones, if there are any. */
  function next(): string | undefined {
    const free = options.cameras().filter((id) => !under.has(id))
    const urgent = turn % 2 === 0 ? free.filter(options.urgent) : []
    let best: string | undefined
    let least = Number.POSITIVE_INFINITY
    for (const id of urgent.length ? urgent : free) {
      const last = turns.get(id) ?? 0
      if (last < least) [best, least] = [id, last]
    }
    return best
  }

  async function look(id: string): Promise<void> {
    const judge = new PictureJudge()
    const began = performance.now()
    let frameId: string | undefined
    let sampledAt: number | undefined
    let verdict: { frozenMs: number; blackMs: number } | undefined
    let lastFrameAt = 0
    let moved = false
    try {
      while (!signal.aborted) {
        const { frame, state } = await options.keyFrame(id)
        // No picture: the stream itself has reported why.
        if (!frame || state !== 'live') return
        if (frame.id !== frameId) {
          frameId = frame.id
          const luma = await options.luma(frame)
          if (!luma) return
          verdict = judge.judge(luma, sampledAt === undefined ? 0 : frame.at - sampledAt)
          if (sampledAt !== undefined && verdict.frozenMs === 0) moved = true
          sampledAt = lastFrameAt = frame.at
        }
        if (performance.now() - began >= times.look) break
        await sleep(times.every, undefined, { signal })
      }
      if (!verdict || signal.aborted) return
      const seen = verdict.blackMs >= times.black ? 'black' : verdict.frozenMs >= times.frozen ? 'frozen' : moved ? 'live' : undefined
      // Key frames that come seldom show neither: nothing is claimed.
      if (seen === undefined) return
      await options.report(id, seen, lastFrameAt)
      judged++
    } catch (error) {
      // Viewers have taken the places: it is looked at when they leave some.
      if (!signal.aborted && !(error instanceof GatewayFull))
        log.error({ err: error, camera: id }, 'the picture of a camera could not be judged')
    } finally {
      await options.leave(id, began)
    }
  }

  const running = (async () => {
    while (!signal.aborted) {
      try {
        const id = (await options.isOurs()) ? next() : undefined
        if (id !== undefined) {
          turns.set(id, ++turn)
          under.set(
            id,
            look(id).finally(() => under.delete(id)),
          )
        }
      } catch (error) {
        log.error({ err: error }, 'the pictures of unwatched cameras are not looked at')
      }
      await sleep(60_000 / perMinute, undefined, { signal }).catch(() => undefined)
    }
  })()

  return {
    get judged() {
      return judged
    },
    async stop() {
      stopping.abort()
      await running
      await Promise.all(under.values())
    },
  }
}
