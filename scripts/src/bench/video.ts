/** Goals of video: the wait for a picture and its age beside plain HLS, the price of sixty cameras, and faults named in time, in a real browser. */
import { makeClip } from '@orchid/server/adapters/video/testing/clip'
import { startClipCamera } from '@orchid/server/adapters/video/testing/clip-camera'
import { type Goal, median, type Result } from './goal.ts'
import type { Effort } from './ingest.ts'
import { type Measured, quietly } from './machine.ts'
import { type Clips, measureCalm, measureFaults } from './video/faults.ts'
import { measureWaits, type Waits } from './video/first-picture.ts'
import { buildScript } from './video/page.ts'
import { measureRemuxes } from './video/remuxes.ts'
import { type Stage, setStage } from './video/stage.ts'

const REMUXES = 60
const MB = 1024 * 1024

/** What to measure. */
export const PARTS = ['waits', 'remuxes', 'faults'] as const
export type Part = (typeof PARTS)[number]

export async function runVideo(effort: Effort, parts: readonly Part[] = PARTS): Promise<Result> {
  const script = await buildScript()
  const [moving, still, black, h265, street, night, slow] = await Promise.all([
    makeClip('moving'),
    makeClip('still'),
    makeClip('black'),
    makeClip('moving', { codec: 'h265' }),
    makeClip('street'),
    makeClip('night'),
    makeClip('moving', { gop: 50 }),
  ])
  const stage = await setStage()
  const camera = await startClipCamera(moving)
  try {
    const results: Result[] = []
    if (parts.includes('waits')) {
      const measured: Measured<Waits>[] = []
      for (let round = 0; round < effort.rounds; round++)
        measured.push(await quietly(effort.tries, () => measureWaits(stage, script, camera, 1000, effort.seconds)))
      results.push(judgeWaits(measured))
    }
    if (parts.includes('remuxes')) results.push(await judgeRemuxes(stage, camera, effort))
    if (parts.includes('faults')) {
      const well = { moving, street, night, 'key frame every 2 s': slow }
      results.push(await judgeFaults(stage, script, { moving, still, black, h265, well }, effort))
    }
    return { goals: results.flatMap((result) => result.goals), figures: results.flatMap((result) => result.figures) }
  } finally {
    await camera.kill()
    await stage.stop()
  }
}

function judgeWaits(rounds: readonly Measured<Waits>[]): Result {
  const busy = Math.max(...rounds.map((round) => round.busy))
  const of = (field: keyof Waits): number => median(rounds.map(({ value }) => value[field]))
  const goal = (what: string, value: number, peer: string, against: number, most: number): Goal => ({
    id: 'video',
    what,
    value,
    unit: 'ms',
    against: { what: peer, value: against, unit: 'ms' },
    ratio: value / against,
    goal: `≤ ${most.toFixed(2)} ×`,
    met: value / against <= most,
    busy,
  })
  return {
    goals: [
      goal('first picture, camera closed', of('cold'), 'plain 1 s HLS, tuned', of('plain'), 0.45),
      goal('first picture, camera open', of('warm'), 'plain 1 s HLS, tuned, closed', of('plain'), 0.1),
      goal('age of the picture', of('latency'), 'plain 2 s HLS as it comes', of('defaultLatency'), 0.2),
    ],
    figures: [
      { what: 'camera opened ahead, a second before the click: first picture', value: of('ahead'), unit: 'ms' },
      { what: 'plain 1 s HLS, tuned, open: first picture', value: of('plainWarm'), unit: 'ms' },
      { what: 'plain 1 s HLS, tuned: age of the picture', value: of('tunedLatency'), unit: 'ms' },
    ],
  }
}

async function judgeRemuxes(stage: Stage, camera: Parameters<typeof measureRemuxes>[1], effort: Effort): Promise<Result> {
  const apart = await setStage({ processes: true })
  const { value: elsewhere } = await quietly(1, () => measureRemuxes(apart, camera, REMUXES, effort.seconds * 5)).finally(() =>
    apart.stop(),
  )
  const { value, busy } = await quietly(1, () => measureRemuxes(stage, camera, REMUXES, effort.seconds * 5))
  const goal = (what: string, amount: number, unit: string, most: number): Goal => ({
    id: 'video',
    what,
    value: amount,
    unit,
    goal: `≤ ${most} ${unit}`,
    met: amount <= most,
    busy,
  })
  const cost = (what: string, share: number) => ({ what, value: share * 100, unit: '% of a core' })
  const lost = value.lost + elsewhere.lost + 2 * REMUXES - value.open - elsewhere.open
  return {
    goals: [
      { id: 'video', what: `${REMUXES} cameras open, twice: lost`, value: lost, unit: 'cameras', goal: '0', met: lost === 0, busy },
      goal('one remux', value.core * 100, '% of a core', 0.5),
      goal('one remux, memory (PSS)', value.memory / MB, 'MB', 16),
      goal(`server for ${REMUXES} remuxes`, value.unwatched.server * 100, '% of a core', 10),
    ],
    figures: [
      { what: 'one remux, the dearest', value: value.mostCore * 100, unit: '% of a core' },
      { what: 'one remux, most memory (PSS)', value: value.mostMemory / MB, unit: 'MB' },
      cost(`server, every one of the ${REMUXES} watched by a viewer over HTTP`, value.watched.server),
      cost('streams in a gateway process: server', elsewhere.unwatched.server),
      cost('streams in a gateway process: that process', elsewhere.unwatched.gateway),
      cost('streams in a gateway process, all watched: server', elsewhere.watched.server),
      cost('streams in a gateway process, all watched: that process', elsewhere.watched.gateway),
    ],
  }
}

async function judgeFaults(stage: Stage, script: string, clips: Clips, effort: Effort): Promise<Result> {
  const ill = await quietly(effort.tries, () => measureFaults(stage, script, clips))
  const calm = await quietly(effort.tries, () => measureCalm(stage, script, clips, effort.seconds * 7))
  const right = ill.value.filter((named) => named.right).length
  return {
    goals: [
      {
        ...{ id: 'video', what: 'faults named right in time', value: right, unit: `of ${ill.value.length}`, busy: ill.busy },
        ...{ goal: 'all', met: right === ill.value.length },
        note: ill.value
          .map(({ fault, ms, said }) => `${fault} ${ms === undefined ? `never (said ${said.join(', ') || 'nothing'})` : `${ms} ms`}`)
          .join(', '),
      },
      {
        ...{
          id: 'video',
          what: `false words on ${calm.value.watched} cameras that run well`,
          value: calm.value.false.length,
          unit: 'words',
        },
        ...{ goal: '0', met: calm.value.false.length === 0, busy: calm.busy },
        ...(calm.value.false.length > 0 && { note: calm.value.false.join(', ') }),
      },
    ],
    figures: [],
  }
}
