/** What is done to the product. Each fault is injected, lasts, and is over when what it hit is there again; the dice choose which and how long. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pick, type Random } from '../city/random.ts'
import type { Link } from './link.ts'
import type { Node } from './node.ts'
import type { Victim } from './redis.ts'

/** What can be hit. */
export interface Targets {
  readonly nodes: readonly Node[]
  readonly redis: Victim
  /** Of walls, controls and senders; `screens` are those of walls and controls. */
  readonly links: readonly Link[]
  readonly screens: readonly Link[]
}

/** What came back when the fault was over; the promise of catching up depends on it. */
export type Returned = 'server' | 'redis' | 'link'

export interface Fault {
  readonly returned: Returned
  /** Settles when it is over. `tell` says what exactly is being done; an abort ends the waiting, not the clearing up. */
  act(targets: Targets, random: Random, tell: (what: string) => void, signal: AbortSignal): Promise<void>
}

const SECOND = 1_000
const between = (random: Random, from: number, to: number): number => from + random() * (to - from)
const seconds = (ms: number): string => `${(ms / SECOND).toFixed(1)} s`

async function lasting(ms: number, signal: AbortSignal, end: () => void): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } finally {
    end()
  }
}

const restore = (links: readonly Link[]) => (): void => {
  for (const link of links) link.restore()
}

const cutEvery: Fault = {
  returned: 'link',
  async act({ links }, random, tell, signal) {
    const ms = between(random, 3 * SECOND, 7 * SECOND)
    tell(`every link is cut for ${seconds(ms)}`)
    for (const link of links) link.cut()
    await lasting(ms, signal, restore(links))
  },
}

const FAULTS: readonly Fault[] = [
  cutEvery,
  {
    returned: 'server',
    async act({ nodes }, random, tell) {
      const node = pick(random, nodes)
      tell(`kill -9 of ${node.name} (process ${node.pid})`)
      await node.kill()
      await node.back()
    },
  },
  {
    returned: 'server',
    async act({ nodes }, _random, tell) {
      tell('kill -9 of every server node')
      await Promise.all(nodes.map((node) => node.kill()))
      await Promise.all(nodes.map((node) => node.back()))
    },
  },
  {
    returned: 'server',
    async act({ nodes }, random, tell) {
      const node = pick(random, nodes)
      tell(`SIGTERM to ${node.name} (process ${node.pid})`)
      await node.restart()
      await node.back()
    },
  },
  {
    returned: 'redis',
    async act({ redis }, _random, tell) {
      tell(`kill -9 of Redis (process ${redis.pid})`)
      redis.kill()
      await redis.back()
    },
  },
  {
    returned: 'redis',
    async act({ redis }, random, tell, signal) {
      const ms = between(random, 3 * SECOND, 9 * SECOND)
      tell(`Redis hangs for ${seconds(ms)} (SIGSTOP of process ${redis.pid})`)
      redis.hang()
      await lasting(ms, signal, () => redis.wakeUp())
      await redis.back()
    },
  },
  {
    returned: 'server',
    async act({ nodes, redis }, random, tell) {
      const hit = random() < 0.5 ? nodes : [pick(random, nodes)]
      tell(`kill -9 of Redis and of ${hit.map((node) => node.name).join(' and ')}`)
      redis.kill()
      await Promise.all(hit.map((node) => node.kill()))
      await redis.back()
      await Promise.all(hit.map((node) => node.back()))
    },
  },
  {
    returned: 'link',
    async act({ links }, random, tell, signal) {
      const link = pick(random, links)
      const ms = between(random, 2 * SECOND, 8 * SECOND)
      tell(`the link of ${link.name} is cut for ${seconds(ms)}`)
      link.cut()
      await lasting(ms, signal, restore([link]))
    },
  },
  {
    returned: 'link',
    async act({ screens }, random, tell, signal) {
      const link = pick(random, screens)
      const ms = between(random, 10 * SECOND, 15 * SECOND)
      tell(`the link of ${link.name} is held half-open for ${seconds(ms)}`)
      link.hold()
      await lasting(ms, signal, restore([link]))
    },
  },
  {
    returned: 'link',
    async act({ links }, random, tell, signal) {
      const times = 4 + Math.floor(random() * 5)
      tell(`every link flaps ${times} times`)
      for (let i = 0; i < times; i++) {
        for (const link of links) link.cut()
        await lasting(between(random, 200, SECOND), signal, restore(links))
        await sleep(between(random, 300, SECOND), undefined, { signal })
      }
    },
  },
]

/** Every fault once in a random order, then again. Each run begins with a cut of every link, without which the control could not fail. */
export function* deck(random: Random): Generator<Fault, never> {
  yield cutEvery
  for (let first = true; ; first = false) {
    const rest = first ? FAULTS.filter((fault) => fault !== cutEvery) : [...FAULTS]
    for (let i = rest.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[rest[i], rest[j]] = [rest[j] as Fault, rest[i] as Fault]
    }
    yield* rest
  }
}
