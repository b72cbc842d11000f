/** Cameras that fall ill while a real tile plays them: whether the tile names each fault, how soon, and whether it ever cries wolf. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clip } from '@orchid/server/adapters/video/testing/clip'
import { type ClipCamera, startClipCamera } from '@orchid/server/adapters/video/testing/clip-camera'
import { openPage, type Tile } from './page.ts'
import type { Stage } from './stage.ts'

export type Fault = 'killed' | 'silent' | 'black' | 'frozen' | 'h265'

/** Words that name a fault, and the milliseconds within which one of them must stand. */
const NAMES: Readonly<Record<Fault, { words: readonly string[]; within: number }>> = {
  killed: { words: ['offline', 'stalled'], within: 3_000 },
  silent: { words: ['stalled', 'offline'], within: 3_000 },
  black: { words: ['black'], within: 5_000 },
  frozen: { words: ['frozen'], within: 15_000 },
  // Named, or transcoded where a slot is free: then its picture plays.
  h265: { words: ['codec', 'live'], within: 8_000 },
}

export interface Named {
  readonly fault: Fault
  /** Milliseconds from the fault to its right name; undefined: never. */
  readonly ms: number | undefined
  readonly right: boolean
  /** What the tile said instead, or before. */
  readonly said: readonly string[]
}

export interface Clips {
  readonly moving: Clip
  readonly still: Clip
  readonly black: Clip
  readonly h265: Clip
  /** Played without a fault. */
  readonly well: Readonly<Record<string, Clip>>
}

/** All faults at once, each on a camera of its own that played well before. */
export async function measureFaults(stage: Stage, script: string, { moving, still, black, h265 }: Clips): Promise<Named[]> {
  const faults = ['killed', 'silent', 'black', 'frozen'] as const
  const cameras: Record<string, ClipCamera> = {}
  for (const fault of faults) cameras[fault] = await startClipCamera(moving)
  cameras.h265 = await startClipCamera(h265)
  const page = await openPage(script, stage.product.server.base, stage.pairing)
  try {
    const named = Object.keys(cameras) as Fault[]
    const ids = await stage.register(named.map((fault) => (cameras[fault] as ClipCamera).address(fault)))
    const tiles = new Map<Fault, Tile>()
    for (const [i, fault] of named.entries()) if (fault !== 'h265') tiles.set(fault, await page.ours(ids[i] as string))
    await Promise.all([...tiles.values()].map((tile) => tile.first()))
    await sleep(5_000)
    const at = new Map<Fault, number>([['h265', Date.now()]])
    tiles.set('h265', await page.ours(ids[named.indexOf('h265')] as string))
    const camera = (fault: Fault): ClipCamera => cameras[fault] as ClipCamera
    at.set('black', camera('black').play(black))
    at.set('frozen', camera('frozen').play(still))
    at.set('silent', Date.now())
    camera('silent').fallSilent()
    at.set('killed', Date.now())
    await camera('killed').kill()
    await sleep(20_000)
    const results: Named[] = []
    for (const [fault, tile] of tiles) {
      const { words, within } = NAMES[fault]
      const states = await tile.states()
      const begun = at.get(fault) as number
      const right = states.find(([when, state]) => when >= begun && words.includes(state))
      const said = states.filter(([when]) => when >= begun).map(([, state]) => state)
      // Before it is named, the picture may be live or be connected to; every other word would be wrong.
      const wrong = said
        .slice(0, right ? said.indexOf(right[1]) : said.length)
        .filter((state) => state !== 'live' && state !== 'connecting')
      results.push({
        fault,
        ms: right && right[0] - begun,
        right: right !== undefined && right[0] - begun <= within && wrong.length === 0,
        said,
      })
    }
    return results
  } finally {
    await page.close()
    await Promise.all(Object.values(cameras).map((one) => one.kill()))
  }
}

/** The same tiles on clips that run well; gives the words said of them that were false. */
export async function measureCalm(
  stage: Stage,
  script: string,
  { well }: Clips,
  seconds: number,
): Promise<{ watched: number; false: string[] }> {
  const cameras = await Promise.all(Object.values(well).map((clip) => startClipCamera(clip)))
  const page = await openPage(script, stage.product.server.base, stage.pairing)
  try {
    const ids = await stage.register(cameras.map((camera, i) => camera.address(`well-${i}`)))
    const tiles: Tile[] = []
    for (const id of ids) tiles.push(await page.ours(id))
    await Promise.all(tiles.map((tile) => tile.first()))
    await sleep(seconds * 1000)
    const wrong: string[] = []
    for (const [i, tile] of tiles.entries())
      for (const [, state] of await tile.states())
        if (state !== 'connecting' && state !== 'live') wrong.push(`${Object.keys(well)[i]}: ${state}`)
    return { watched: tiles.length, false: wrong }
  } finally {
    await page.close()
    await Promise.all(cameras.map((camera) => camera.kill()))
  }
}
