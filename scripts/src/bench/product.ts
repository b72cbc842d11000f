/** The product under test: its real server process on a private Redis, with a city and tokens but no history and no simulator. */
import { AccessStore } from '@orchid/server/commands/access-store'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { inRing } from '@orchid/shared/kernel/geo'
import { readGrids } from '../city/definitions.ts'
import { LANXI } from '../city/lanxi.ts'
import { loadCity } from '../demo/load.ts'
import type { EntrySource } from './entries.ts'
import { folder, type PrivateRedis, type Server, startRedis, startServer } from './processes.ts'

export const CITY = '330781'

export interface Prepared {
  readonly dataDir: string
  readonly redis: PrivateRedis
  /** Token that may write entries in the whole city, and one that may read it. */
  readonly writeToken: string
  readonly readToken: string
  /** Grids to write to. */
  readonly where: EntrySource['where']
}

export interface Product extends Prepared {
  readonly server: Server
  stop(): Promise<void>
}

const log = {
  warn(details: object, message: string): void {
    process.stderr.write(`${message} ${JSON.stringify(details)}\n`)
  },
}

/** Opens the journal of a prepared city with the product's own code. */
export const openPrepared = async (dataDir: string, url: string) => openJournal({ url, city: CITY, secret: await readSecret(dataDir), log })

/** A Redis with the city and the tokens, without a server. `loadedAt`: epoch ms at which the city's areas are recorded. */
export async function prepare(loadedAt = Date.now()): Promise<Prepared> {
  const dataDir = folder('data')
  const redis = await startRedis(dataDir)
  const journal = await openPrepared(dataDir, redis.url)
  try {
    await loadCity(journal, { history: false, now: loadedAt })
    const access = new AccessStore(journal.store)
    return {
      dataDir,
      redis,
      // A schematic cell at the border may have its middle just outside the outline, where a report is refused.
      where: readGrids().flatMap(({ code, centroid }) => (inRing(centroid, LANXI.outline) ? [{ grid: code, centroid }] : [])),
      writeToken: await access.addToken({ name: 'bench-intake', role: 'intake', area: CITY }),
      readToken: await access.addToken({ name: 'bench-viewer', role: 'viewer', area: CITY }),
    }
  } finally {
    await journal.close()
  }
}

/** The prepared city with its server running; `env`: settings beside the usual ones. */
export async function startProduct(env: Readonly<Record<string, string>> = {}): Promise<Product> {
  const prepared = await prepare()
  const server = await startServer(prepared.dataDir, prepared.redis.url, { env })
  return {
    ...prepared,
    server,
    async stop() {
      await server.stop()
      await prepared.redis.stop()
    },
  }
}
