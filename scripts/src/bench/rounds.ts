/** The round past thousands of cameras that nobody watches: how long it takes, and whether the counts on the wall are the injected truth. */
import { setTimeout as sleep } from 'node:timers/promises'
import { FATES, type Fate, startRtspResponder } from '@orchid/server/adapters/video/testing/rtsp-responder'
import { AccessStore } from '@orchid/server/commands/access-store'
import { type CameraCount, countCameras } from '@orchid/shared/domain/cameras/count'
import type { CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Goal, Result } from './goal.ts'
import { cpuSeconds, quietly } from './machine.ts'
import { CITY, openPrepared, type Product, startProduct } from './product.ts'

const CAMERAS = 7_000
const WANTED_SECONDS = 120
/** Of a hundred cameras; the rest plays H.264. */
const ILL: Readonly<Partial<Record<Fate, number>>> = { dead: 5, silent: 3, slow: 5, secured: 3, missing: 2, h265: 12 }
/** Without an address: nobody can ask them. */
const UNADDRESSED = 50

/** What each fate must read as. */
const TRUTH: Readonly<Record<Fate, 'answering' | 'codec' | 'denied' | 'offline'>> = {
  ...{ h264: 'answering', slow: 'answering', h265: 'codec', dead: 'offline', silent: 'offline', missing: 'offline', secured: 'denied' },
} as const

const fateOf = (i: number): Fate => {
  let at = i % 100
  for (const fate of FATES) {
    const share = ILL[fate] ?? 0
    if (at < share) return fate
    at -= share
  }
  return 'h264'
}

/** Registers the cameras by the import of a list; gives the count that the wall must come to. */
async function register(product: Product, address: (name: string, fate: Fate) => string): Promise<CameraCount['states']> {
  const journal = await openPrepared(product.dataDir, product.redis.url)
  const token = await new AccessStore(journal.store).addToken({ name: 'bench-admin', role: 'system-admin', area: CITY })
  await journal.close()
  const truth: Record<string, number> = {}
  const lines = ['编号,名称,经度,纬度,点位类型,网格编码,取流地址']
  for (let i = 0; i < CAMERAS + UNADDRESSED; i++) {
    const { grid, centroid } = product.where[i % product.where.length] as Product['where'][number]
    const fate = fateOf(i)
    const isAddressed = i < CAMERAS
    if (isAddressed) truth[TRUTH[fate]] = (truth[TRUTH[fate]] ?? 0) + 1
    lines.push(`round-${i},点位 ${i},${centroid[0]},${centroid[1]},重点路段,${grid},${isAddressed ? address(String(i), fate) : ''}`)
  }
  const answer = await fetch(`${product.server.base}/api/cameras/import?crs=WGS84&mode=all-or-nothing&backend=gateway`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: lines.join('\n'),
  })
  const text = await answer.text()
  if (!answer.ok || (JSON.parse(text) as { created: number }).created !== CAMERAS + UNADDRESSED)
    throw new Error(`the cameras were not registered: ${answer.status} ${text.slice(0, 300)}`)
  return truth
}

async function rowsOf<R>(product: Product, table: string): Promise<readonly (readonly [string, R])[]> {
  const answer = await fetch(`${product.server.base}/api/tables/${table}?all=1`, {
    headers: { authorization: `Bearer ${product.readToken}` },
  })
  return ((await answer.json()) as { rows: [string, R][] }).rows
}

/** As the wall counts: rows of the registry by rows of their states. The demo city's own cameras are left out. */
async function countOnWall(product: Product): Promise<CameraCount> {
  const states = new Map(await rowsOf<CameraStateRow>(product, 'cameraStates'))
  const cameras = (await rowsOf<object>(product, 'cameras')).flatMap(([id]) => (id.startsWith('round-') ? [id] : []))
  return countCameras(cameras, (id) => states.get(id))
}

const words = (states: CameraCount['states']): string => JSON.stringify(Object.fromEntries(Object.entries(states).sort()))

export async function runRounds(): Promise<Result> {
  const responder = await startRtspResponder()
  // The round begins a few seconds after the last one, which found nothing.
  const product = await startProduct({
    CAMERA_NETWORKS: `127.0.0.1/32:${responder.port}`,
    CAMERA_ROUND_MINUTES: '0.05',
    CAMERA_PICTURES_PER_MINUTE: '0',
  })
  try {
    const { value, busy } = await quietly(1, async () => {
      const truth = await register(product, responder.address)
      const begun = performance.now()
      const cpu = cpuSeconds(product.server.pid)
      let count = await countOnWall(product)
      while ((count.checked < CAMERAS || words(count.states) !== words(truth)) && performance.now() - begun < 3 * WANTED_SECONDS * 1000) {
        await sleep(1_000)
        count = await countOnWall(product)
      }
      const seconds = (performance.now() - begun) / 1000
      return { truth, count, seconds, core: (cpuSeconds(product.server.pid) - cpu) / seconds }
    })
    const { truth, count, seconds } = value
    const isTrue = words(count.states) === words(truth) && count.checked === CAMERAS && count.all === CAMERAS + UNADDRESSED
    const goals: Goal[] = [
      {
        ...{
          id: 'rounds',
          what: `${CAMERAS} cameras told apart, ${responder.mostAtOnce} in flight at most`,
          value: seconds,
          unit: 's',
          busy,
        },
        ...{ goal: `≤ ${WANTED_SECONDS} s`, met: seconds <= WANTED_SECONDS && isTrue },
        note: `read ${words(count.states)}, ${count.checked}/${count.all} checked; injected ${words(truth)}`,
      },
      {
        ...{ id: 'rounds', what: 'counts on the wall that are not the truth', value: isTrue ? 0 : 1, unit: '', busy },
        ...{ goal: '0', met: isTrue },
      },
    ]
    return { goals, figures: [{ what: 'server during the round', value: value.core * 100, unit: '% of a core' }] }
  } finally {
    await product.stop()
    await responder.close()
  }
}
