/** Sixty cameras open at once: what each ffmpeg and the server itself cost, and whether a second of any of them is lost. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClipCamera } from '@orchid/server/adapters/video/testing/clip-camera'
import { median } from '../goal.ts'
import { cpuSeconds, family, memoryShare } from '../machine.ts'
import type { Stage } from './stage.ts'

export interface Remuxes {
  readonly open: number
  /** Cameras of which something is missing at the end: stopped, started anew, or fewer seconds than went by. */
  readonly lost: number
  /** Share of a core of one ffmpeg, median and most. */
  readonly core: number
  readonly mostCore: number
  /** Bytes of one ffmpeg, median and most. */
  readonly memory: number
  readonly mostMemory: number
  /** While nobody asks for anything: between the looks at the playlists. */
  readonly unwatched: Cost
  /** While every camera has a viewer who fetches each segment at once. */
  readonly watched: Cost
}

/** Shares of a core. */
export interface Cost {
  /** Of the server. */
  readonly server: number
  /** Of the process that holds the streams; the same one where that is the server. */
  readonly gateway: number
}

interface Playlist {
  readonly first: number
  readonly seconds: readonly number[]
  readonly generations: number
}

const read = (text: string): Playlist => ({
  first: Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]),
  seconds: [...text.matchAll(/#EXTINF:([\d.]+),/g)].map(([, seconds]) => Number(seconds)),
  generations: text.match(/#EXT-X-MAP/g)?.length ?? 0,
})

export async function measureRemuxes(stage: Stage, camera: ClipCamera, cameras: number, seconds: number): Promise<Remuxes> {
  const { base, pid: server } = stage.product.server
  const { gateway } = stage
  /** Begins to count; the returned function gives the cost since. */
  const count = (): (() => Cost) => {
    const [begun, serverBefore, gatewayBefore] = [performance.now(), cpuSeconds(server), cpuSeconds(gateway)]
    return () => {
      const took = (performance.now() - begun) / 1000
      return { server: (cpuSeconds(server) - serverBefore) / took, gateway: (cpuSeconds(gateway) - gatewayBefore) / took }
    }
  }
  const headers = { authorization: `Bearer ${stage.product.readToken}` }
  const ids = await stage.register(Array.from({ length: cameras }, (_, i) => camera.address(`remux-${i}`)))
  const urls = await Promise.all(
    ids.map(async (id) => {
      const answer = await fetch(`${base}/api/cameras/${id}/play`, { method: 'POST', headers })
      return `${base}${((await answer.json()) as { url: string }).url}`
    }),
  )
  const playlist = async (url: string, msn?: number): Promise<string | undefined> => {
    const answer = await fetch(msn === undefined ? url : `${url}?_HLS_msn=${msn}`, { headers })
    const text = await answer.text()
    return answer.ok ? text : undefined
  }
  for (const url of urls) for (let tries = 0; (await playlist(url)) === undefined && tries < 20; tries++) await sleep(500)
  await sleep(3_000)

  /** Seconds of each segment seen, by its number. */
  const seen = urls.map(() => new Map<number, number>())
  const broken = new Set<number>()
  const look = async (i: number): Promise<void> => {
    const text = await playlist(urls[i] as string)
    if (text === undefined) return void broken.add(i)
    const { first, seconds: lengths, generations } = read(text)
    if (generations !== 1) broken.add(i)
    for (const [at, length] of lengths.entries()) seen[i]?.set(first + at, length)
  }
  const everybody = async (): Promise<void> => {
    for (const i of urls.keys()) await look(i)
  }
  const ffmpegs = family(gateway).filter(({ program }) => program === 'ffmpeg')
  const cpu = (): number[] => ffmpegs.map((one) => cpuSeconds(one.pid))
  await everybody()
  const begun = performance.now()
  const before = cpu()
  const resting: Cost[] = []
  const newestBefore = seen.map((one) => Math.max(...one.keys()))
  for (const end = begun + seconds * 1000; performance.now() < end; ) {
    await everybody()
    const cost = count()
    await sleep(3_000)
    resting.push(cost())
  }
  const took = (performance.now() - begun) / 1000
  const after = cpu()
  const mean = (of: keyof Cost): number => resting.reduce((sum, one) => sum + one[of], 0) / resting.length
  await everybody()
  for (const [i, one] of seen.entries()) {
    const from = newestBefore[i] as number
    const kept = [...one].filter(([msn]) => msn > from)
    const last = Math.max(...one.keys())
    // Numbers without a hole, and as many seconds as went by, but for what was under way at the two ends.
    if (kept.length !== last - from || Math.abs(kept.reduce((sum, [, length]) => sum + length, 0) - (performance.now() - begun) / 1000) > 2)
      broken.add(i)
  }
  const cores = after.map((now, i) => (now - (before[i] as number)) / took)
  const memories = ffmpegs.map((one) => memoryShare(one.pid))
  return {
    open: ffmpegs.length,
    lost: broken.size,
    core: median(cores),
    mostCore: Math.max(...cores),
    memory: median(memories),
    mostMemory: Math.max(...memories),
    unwatched: { server: mean('server'), gateway: mean('gateway') },
    watched: await watched(urls, headers, count, seconds / 2),
  }
}

/** Everybody's viewer waits for each next segment and fetches it. */
async function watched(
  urls: readonly string[],
  headers: Readonly<Record<string, string>>,
  count: () => () => Cost,
  seconds: number,
): Promise<Cost> {
  const end = performance.now() + seconds * 1000
  const cost = count()
  await Promise.all(
    urls.map(async (url) => {
      let next: number | undefined
      while (performance.now() < end) {
        const answer = await fetch(next === undefined ? url : `${url}?_HLS_msn=${next}`, { headers })
        const name = /(\d+)\.m4s\n$/.exec(await answer.text())?.[1]
        if (name === undefined) {
          await sleep(500)
          continue
        }
        const segment = await fetch(url.replace('index.m3u8', `${name}.m4s`), { headers })
        await segment.arrayBuffer()
        next = Number(name) + 1
      }
    }),
  )
  return cost()
}
