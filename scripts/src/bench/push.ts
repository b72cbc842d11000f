/** G3, G4 and G7: from the POST of an entry to its rows on a client's screen, beside plain `ws` and Feathers in the same run. */
import type { FeathersJob } from './feathers-peer.ts'
import { type Goal, QUIET, type Result } from './goal.ts'
import type { Effort } from './ingest.ts'
import type { LiveAnswer, LiveJob } from './live-load.ts'
import { type Measured, quietly } from './machine.ts'
import type { PlainJob } from './plain-ws-peer.ts'
import { end, runPeer, startPeer } from './processes.ts'
import { type Product, startProduct } from './product.ts'

const RATE = 500
const RED_RATE = 10
/** What the wall of a county watches once its map stands. */
const TABLES = ['cityTally', 'townshipTallies', 'gridTallies', 'incidents', 'hazardDays', 'patrolFeed', 'patrolHours', 'sources']
/** Clients and the p99 wanted of all rows, ms. */
const WANTED = { 500: 70, 1000: 95 } as const
const RED_CLIENTS = 100
/** Clients of the load before the first measurement. */
const WARM_CLIENTS = 500
const RED_WANTED = 20
const CORE_WANTED = 0.6
const AGAINST_PLAIN = 1.2
const AGAINST_FEATHERS = 1 / 5
/** Feathers is past its limit, as it was where the goal was set, where half of the rows come later than so many ms. */
const BEHIND = 100
/** Entries a second up to which its limit is looked for. */
const MOST_RATE = 2000

interface Peer {
  readonly base: string
  readonly pid: number
}

let run = 0

function job(product: Product, { seconds }: Effort, clients: number, over: Partial<LiveJob> = {}): LiveJob {
  return {
    base: product.server.base,
    wire: 'orchid',
    path: '/api/patrol/events',
    writeToken: product.writeToken,
    readToken: product.readToken,
    tables: TABLES,
    source: { prefix: `push-${process.pid.toString(36)}-${run++}`, where: product.where },
    clients,
    rate: RATE,
    redRate: RED_RATE,
    warmUp: 3,
    seconds: Math.max(5, seconds),
    pid: product.server.pid,
    ...over,
  }
}

const load = (work: LiveJob): Promise<LiveAnswer> => runPeer<LiveJob, LiveAnswer>('./live-load.js', work)

/** The same clients and entries over plain `ws` with frames of the size just measured. */
async function besidePlain(product: Product, effort: Effort, clients: number, bytesPerEntry: number): Promise<LiveAnswer> {
  const { child, ready } = await startPeer<PlainJob, Peer>('./plain-ws-peer.js', { path: product.redis.path, bytesPerEntry })
  try {
    return await load(job(product, effort, clients, { ...ready, wire: 'plain', path: '/' }))
  } finally {
    await end(child)
  }
}

async function onFeathers(product: Product, effort: Effort, rate: number): Promise<LiveAnswer> {
  const { child, ready } = await startPeer<FeathersJob, Peer>('./feathers-peer.js', { path: product.redis.path })
  try {
    return await load(job(product, effort, RED_CLIENTS, { ...ready, rate, wire: 'feathers', path: '/events' }))
  } finally {
    await end(child)
  }
}

/** The lowest rate tried that is too much for Feathers; the highest tried if none was. */
async function feathersLimit(product: Product, effort: Effort): Promise<number> {
  for (let rate = RATE; ; rate = Math.min(MOST_RATE, Math.round((rate * 1.25) / 50) * 50)) {
    const { core, all } = await onFeathers(product, { ...effort, seconds: 0 }, rate)
    process.stderr.write(`  Feathers at ${rate} entries/s: ${percent(core)} of a core, p50 ${all.p50.toFixed(1)} ms\n`)
    if (all.p50 >= BEHIND || rate === MOST_RATE) return rate
  }
}

interface SideBySide {
  readonly ours: LiveAnswer
  readonly feathers: LiveAnswer
}

/** Both at one rate in one window. */
const sideBySide = (product: Product, effort: Effort, rate: number): Promise<Measured<SideBySide>> =>
  quietly(effort.tries, async () => ({
    feathers: await onFeathers(product, effort, rate),
    ours: await load(job(product, effort, RED_CLIENTS, { rate })),
  }))

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

/** How busy each side was, so that a reader sees whether the server, or the clients in front of it, were at their limit. */
const side = (name: string, { all, core, loadCore }: LiveAnswer): string =>
  `${name} p50 ${all.p50.toFixed(1)} / p99 ${all.p99.toFixed(1)} ms with ${percent(core)} of a core (its clients: ${percent(loadCore)})`

/** G7 is judged where the peer is at its limit, as when the goal was set; the same at the rate of the other goals is told beside it. */
async function againstFeathers(product: Product, effort: Effort): Promise<Result> {
  const usual = await sideBySide(product, effort, RATE)
  const limit = await feathersLimit(product, effort)
  const { value, busy } = limit === RATE ? usual : await sideBySide(product, effort, limit)
  const { ours, feathers } = value
  const ratio = ours.all.p99 / feathers.all.p99
  const full = feathers.all.p50 >= BEHIND
  const beside = usual.value
  return {
    goals: [
      {
        id: 'G7',
        what: `POST → row, ${limit} entries/s (${full ? 'too much for Feathers' : 'Feathers keeps up'}), ${RED_CLIENTS} clients, p99`,
        value: ours.all.p99,
        unit: 'ms',
        against: { what: `Feathers + fsync, ${percent(feathers.core)} of a core`, value: feathers.all.p99, unit: 'ms' },
        ratio,
        goal: `≤ ${AGAINST_FEATHERS.toFixed(2)} ×`,
        met: ratio <= AGAINST_FEATHERS,
        busy,
        note: `${side('ours', ours)}; ${side('Feathers', feathers)}`,
      },
    ],
    figures: [
      {
        what: `G7 at ${RATE} entries/s, not judged: ${side('ours', beside.ours)}; ${side('Feathers', beside.feathers)}; ratio of the p99`,
        value: beside.ours.all.p99 / beside.feathers.all.p99,
        unit: '×',
      },
    ],
  }
}

/** The goal of a latency: the absolute figure in a quiet window; else the ratio to plain `ws`, which had the same neighbours. */
function latencyGoal(measured: Measured<LiveAnswer>, plain: Measured<LiveAnswer>, clients: number, wanted: number): Goal {
  const { p99, p50 } = measured.value.all
  const busy = Math.max(measured.busy, plain.busy)
  const ratio = p99 / plain.value.all.p99
  const quiet = measured.busy <= QUIET
  return {
    id: 'G3',
    what: `POST → row, ${RATE} entries/s, ${clients} clients, p99`,
    value: p99,
    unit: 'ms',
    against: { what: 'plain ws frames', value: plain.value.all.p99, unit: 'ms' },
    ratio,
    goal: quiet ? `≤ ${wanted} ms` : `≤ ${AGAINST_PLAIN} × (no quiet window; ≤ ${wanted} ms in one)`,
    met: quiet ? p99 <= wanted : ratio <= AGAINST_PLAIN,
    busy,
    note: `${clients} clients: p50 ${p50.toFixed(1)} ms (plain ws ${plain.value.all.p50.toFixed(1)}), ${measured.value.framesPerSecond.toFixed(0)} frames/s, ${measured.value.bytesPerEntry.toFixed(0)} bytes of frame an entry, ${measured.value.gaps} gaps`,
  }
}

export async function runPush(effort: Effort): Promise<Result> {
  const { tries } = effort
  // Cameras of the demo city are drawn by this machine instead of by cameras elsewhere: a storm of red rows would have it draw whole cores full.
  const product = await startProduct({ CAMERAS_AHEAD: '0' })
  try {
    const goals: Goal[] = []
    // A server that has just started still compiles: its first ten seconds under load say nothing about the days after them.
    await load(job(product, { ...effort, seconds: 10 }, WARM_CLIENTS))
    const few = await quietly(tries, () => load(job(product, effort, RED_CLIENTS)))
    const { red } = few.value
    goals.push({
      id: 'G3',
      what: `POST → red row, ${RED_CLIENTS} clients, p99`,
      value: red.p99,
      unit: 'ms',
      goal: `≤ ${RED_WANTED} ms`,
      met: red.p99 <= RED_WANTED,
      busy: few.busy,
      note: `red: p50 ${red.p50.toFixed(1)} ms over ${red.count} rows`,
    })
    const answers = [few]
    for (const clients of [500, 1000] as const) {
      const measured = await quietly(tries, () => load(job(product, effort, clients)))
      const plain = await quietly(1, () => besidePlain(product, effort, clients, measured.value.bytesPerEntry))
      goals.push(latencyGoal(measured, plain, clients, WANTED[clients]))
      answers.push(measured)
      if (clients === 1000)
        goals.push({
          id: 'G4',
          what: `server CPU, ${RATE} entries/s, ${clients} clients`,
          value: measured.value.core * 100,
          unit: '% of a core',
          against: { what: 'plain ws frames', value: plain.value.core * 100, unit: '% of a core' },
          ratio: measured.value.core / plain.value.core,
          goal: `< ${CORE_WANTED * 100} %`,
          met: measured.value.core < CORE_WANTED,
          busy: measured.busy,
        })
    }
    const converged = Math.min(...answers.map(({ value }) => value.converged ?? 0))
    goals.push({
      id: 'G4',
      what: `rows equal on every client (${answers
        .map(({ value }) => value.all.count / (RATE * Math.max(5, effort.seconds)))
        .map(Math.round)
        .join(', ')} clients)`,
      value: converged * 100,
      unit: '%',
      goal: '100 %',
      met: converged === 1,
      busy: Math.max(...answers.map(({ busy }) => busy)),
    })
    const peer = await againstFeathers(product, effort)
    return { goals: [...goals, ...peer.goals], figures: peer.figures }
  } finally {
    await product.stop()
  }
}
