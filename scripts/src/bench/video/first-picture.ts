/** How long a viewer waits for the first picture, and how far behind life it is, ours and plain HLS by turns on the same camera. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClipCamera } from '@orchid/server/adapters/video/testing/clip-camera'
import { median } from '../goal.ts'
import { openPage, type Tile } from './page.ts'
import { DEFAULTS, TUNED } from './plain-hls.ts'
import type { Stage } from './stage.ts'

export interface Waits {
  /** Milliseconds to the first picture: camera not open yet; opened ahead of need; open already; and plain 1 s HLS, not open yet. */
  readonly cold: number
  readonly ahead: number
  readonly warm: number
  readonly plain: number
  readonly plainWarm: number
  /** Milliseconds from the sending of a frame to its being shown, median over some seconds. */
  readonly latency: number
  readonly tunedLatency: number
  readonly defaultLatency: number
}

/** Parts of a group of pictures after its key frame at which a viewer comes: all moments are as likely. */
const MOMENTS = [0.1, 0.35, 0.6, 0.85]

/** Milliseconds from the opening ahead of need to the wish to see: a hand that points, reads and clicks. */
const POINTED = 1_000

/** One camera for each moment, since a camera is cold only once. `gopMs`: milliseconds between two of its key frames. */
export async function measureWaits(stage: Stage, script: string, camera: ClipCamera, gopMs: number, seconds: number): Promise<Waits> {
  const ids = await stage.register(MOMENTS.map((_, i) => camera.address(`first-${Date.now()}-${i}`)))
  const pointedAt = await stage.register(MOMENTS.map((_, i) => camera.address(`ahead-${Date.now()}-${i}`)))
  const ours = await openPage(script, stage.product.server.base, stage.pairing)
  const theirs = await openPage(script, stage.plain.base)
  try {
    // Neither side pays for the page's first player.
    const moment = async (part: number): Promise<void> => {
      await sleep((((camera.untilKeyFrame() + part * gopMs) % gopMs) + gopMs) % gopMs)
    }
    const wait = async (open: () => Promise<Tile>): Promise<{ tile: Tile; ms: number }> => {
      const tile = await open()
      return { tile, ms: await tile.first() }
    }
    const [cold, ahead, warm, plain, plainWarm]: number[][] = [[], [], [], [], []]
    let latency = 0
    let tunedLatency = 0
    for (const [i, part] of MOMENTS.entries()) {
      const id = ids[i] as string
      await moment(part)
      const first = await wait(() => ours.ours(id))
      cold?.push(first.ms)
      if (i === 0) latency = await behind(first.tile, camera, seconds)
      await first.tile.stop()
      await sleep(1_000)
      await moment(part)
      const second = await wait(() => ours.ours(id))
      warm?.push(second.ms)
      await second.tile.stop()

      const pointed = pointedAt[i] as string
      await moment(part)
      await ours.ahead(pointed)
      await sleep(POINTED)
      const clicked = await wait(() => ours.ours(pointed))
      ahead?.push(clicked.ms)
      await clicked.tile.stop()

      await moment(part)
      let url = ''
      const third = await wait(() => {
        url = stage.plain.open(camera.address(`plain-${i}`), TUNED)
        return theirs.plain(url, TUNED.player)
      })
      plain?.push(third.ms)
      if (i === 0) tunedLatency = await behind(third.tile, camera, seconds)
      await third.tile.stop()
      await sleep(1_000)
      await moment(part)
      const fourth = await wait(() => theirs.plain(url, TUNED.player))
      plainWarm?.push(fourth.ms)
      await fourth.tile.stop()
      await stage.plain.closeStreams()
    }
    const late = await wait(() => theirs.plain(stage.plain.open(camera.address('defaults'), DEFAULTS), DEFAULTS.player))
    const defaultLatency = await behind(late.tile, camera, seconds)
    await late.tile.stop()
    await stage.plain.closeStreams()
    const of = (values: number[] | undefined): number => median(values ?? [])
    return {
      cold: of(cold),
      ahead: of(ahead),
      warm: of(warm),
      plain: of(plain),
      plainWarm: of(plainWarm),
      latency,
      tunedLatency,
      defaultLatency,
    }
  } finally {
    await ours.close()
    await theirs.close()
  }
}

/** Median milliseconds between the sending and the showing of a frame, over `seconds` once the player has settled. */
async function behind(tile: Tile, camera: ClipCamera, seconds: number): Promise<number> {
  await sleep(5_000)
  const from = (await tile.frames()).length
  await sleep(seconds * 1000)
  const shown = (await tile.frames()).slice(from).filter(([, number]) => number >= 0)
  if (shown.length < seconds) throw new Error(`only ${shown.length} frames were shown in ${seconds} s`)
  return median(shown.map(([at, number]) => at - camera.sentAt(number, at)))
}
