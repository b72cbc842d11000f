/** The product as it runs in a county, on a temporary folder: one private Redis, a city, two server nodes, and tokens for whoever takes part. */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AccessStore } from '@orchid/server/commands/access-store'
import type { Journal } from '@orchid/server/journal/journal'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import type { Role } from '@orchid/shared/domain/access/roles'
import { CITY, prepare } from '../bench/product.ts'
import { Node } from './node.ts'
import { Victim } from './redis.ts'

/** While Redis is away its journal says so once a second: that is expected here. */
const quiet = { warn: () => undefined }

export interface Ground {
  readonly dataDir: string
  readonly redis: Victim
  readonly nodes: readonly Node[]
  /** Our own view of the journal, beside the nodes. */
  readonly journal: Journal
  /** Codes of the grids that may be reported from. */
  readonly grids: readonly string[]
  token(name: string, role: Role, area?: string): Promise<string>
  /** Stops everything; the folder goes with `endAll` of the benchmarks. */
  stop(): Promise<void>
}

/** `env`: settings of the nodes beside the usual ones. */
export async function makeGround(nodeCount: number, env: NodeJS.ProcessEnv = {}): Promise<Ground> {
  const { dataDir, redis, where } = await prepare()
  const victim = new Victim(redis, dataDir)
  const nodes: Node[] = []
  const journal = await openJournal({ url: redis.url, city: CITY, secret: await readSecret(dataDir), log: quiet })
  const access = new AccessStore(journal.store)
  const stop = async (): Promise<void> => {
    victim.wakeUp()
    await Promise.all(nodes.map((node) => node.stop()))
    await journal.close()
    await victim.stop()
  }
  try {
    for (let i = 1; i <= nodeCount; i++) {
      const own = join(dataDir, `node-${i}`)
      mkdirSync(own, { mode: 0o700 })
      copyFileSync(join(dataDir, 'journal.key'), join(own, 'journal.key'))
      nodes.push(await Node.start({ name: `node-${i}`, dataDir: own, redisUrl: redis.url, env }))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    dataDir,
    redis: victim,
    nodes,
    journal,
    grids: where.map(({ grid }) => grid),
    token: (name, role, area = CITY) => access.addToken({ name, role, area }),
    stop,
  }
}
