/** G1 and G2: how fast entries are taken in durably, singly and in batches, against what this machine allows in the same minutes. */
import type { AppendJob } from './append-load.ts'
import type { BatchJob } from './batch-load.ts'
import type { Goal, Result } from './goal.ts'
import { median } from './goal.ts'
import { type Measured, quietly } from './machine.ts'
import { end, runPeer, startPeer } from './processes.ts'
import { type Product, startProduct } from './product.ts'
import type { SingleJob } from './single-load.ts'
import type { XaddJob } from './xadd-load.ts'

const CONNECTIONS = 100
const BATCH = 100
const IN_FLIGHT = 8
const WANTED = 0.8
/** One entry in five opens an incident: twice the events, and rows with numbers and deadlines. */
const MIX = ['person', 'person', 'hazard', 'person', 'person'] as const

interface Rate {
  readonly perSecond: number
}

export interface Effort {
  /** Seconds of one measurement. */
  readonly seconds: number
  /** Times that product and limit take turns. */
  readonly rounds: number
  /** Tries to find a quiet window. */
  readonly tries: number
}

const busiest = (rounds: readonly Measured<unknown>[]): number => Math.max(...rounds.map((round) => round.busy))

/** Takes turns between the measurements given, so that a drift of the machine meets all alike; medians of each. */
async function takeTurns<K extends string>(
  { rounds, tries }: Effort,
  measurements: Readonly<Record<K, () => Promise<Rate>>>,
): Promise<{ rates: Record<K, number>; busy: number }> {
  const done: Measured<Record<K, number>>[] = []
  for (let round = 0; round < rounds; round++)
    done.push(
      await quietly(tries, async () => {
        const rates = {} as Record<K, number>
        for (const name of Object.keys(measurements) as K[]) rates[name] = (await measurements[name]()).perSecond
        return rates
      }),
    )
  const rates = {} as Record<K, number>
  for (const name of Object.keys(measurements) as K[]) rates[name] = median(done.map(({ value }) => value[name]))
  return { rates, busy: busiest(done) }
}

/** Every run of a sender writes ids that no other run writes. */
let run = 0
const source = ({ where }: Product) => ({ prefix: `bench-${process.pid.toString(36)}-${(run++).toString(36).padStart(4, '0')}0`, where })

export async function runIngest(effort: Effort): Promise<Result> {
  const product = await startProduct()
  const bare = await startPeer<object, { base: string }>('./bare-fastify.js', {})
  const { seconds } = effort
  const target = { base: product.server.base, token: product.writeToken }
  const single = (at: { base: string; token: string }, s = seconds): Promise<Rate> =>
    runPeer<SingleJob, Rate>('./single-load.js', { ...at, source: source(product), connections: CONNECTIONS, seconds: s })
  const batches = (kinds: BatchJob['kinds'], s = seconds): Promise<Rate> =>
    runPeer<BatchJob, Rate>('./batch-load.js', { ...target, source: source(product), kinds, size: BATCH, inFlight: IN_FLIGHT, seconds: s })
  try {
    await single({ base: bare.ready.base, token: '' }, 2)
    await single(target, 3)
    const g1 = await takeTurns(effort, {
      bare: () => single({ base: bare.ready.base, token: '' }),
      xadd: () =>
        runPeer<XaddJob, Rate>('./xadd-load.js', { path: product.redis.path, inFlight: CONNECTIONS, seconds: Math.min(seconds, 3) }),
      product: () => single(target),
    })
    await end(bare.child)

    await batches(['person'], 2)
    const g2 = await takeTurns(effort, {
      limit: () =>
        runPeer<AppendJob, Rate>('./append-load.js', {
          path: product.redis.path,
          source: source(product),
          size: BATCH,
          inFlight: IN_FLIGHT,
          seconds: Math.min(seconds, 3),
        }),
      product: () => batches(['person']),
    })
    const mix = await quietly(effort.tries, () => batches(MIX, Math.min(seconds, 4)))

    const model = 1 / (1 / g1.rates.bare + 1 / g1.rates.xadd)
    const goals: Goal[] = [
      {
        id: 'G1',
        what: `single durable POST, ${CONNECTIONS} connections`,
        value: g1.rates.product,
        unit: 'entries/s',
        against: { what: '1/(1/bare Fastify + 1/XADD)', value: model, unit: 'entries/s' },
        ratio: g1.rates.product / model,
        goal: `≥ ${WANTED} ×`,
        met: g1.rates.product / model >= WANTED,
        busy: g1.busy,
      },
      {
        id: 'G2',
        what: `POSTs of ${BATCH} visits, ${IN_FLIGHT} in flight`,
        value: g2.rates.product,
        unit: 'entries/s',
        against: { what: 'append.lua, prepared calls', value: g2.rates.limit, unit: 'entries/s' },
        ratio: g2.rates.product / g2.rates.limit,
        goal: `≥ ${WANTED} ×`,
        met: g2.rates.product / g2.rates.limit >= WANTED,
        busy: g2.busy,
      },
    ]
    const figures = [
      { what: `bare Fastify POST with schema, ${CONNECTIONS} connections`, value: g1.rates.bare, unit: 'requests/s' },
      { what: `XADD of 593 bytes, ${CONNECTIONS} in flight`, value: g1.rates.xadd, unit: 'entries/s' },
      { what: `POSTs of ${BATCH}, one in five a hazard`, value: mix.value.perSecond, unit: 'entries/s' },
    ]
    return { goals, figures }
  } finally {
    await end(bare.child)
    await product.stop()
  }
}
