/** The product under test: its real server process on a private Redis, with a city and tokens but no history and no simulator. */
import { AccessStore } from '@orchid/server/commands/access-store'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { cityEvents } from './city.ts'
import type { EntrySource } from './entries.ts'
import { folder, type Server, startRedis, startServer } from './processes.ts'

export const CITY = '330781'

export interface Prepared {
  readonly dataDir: string
  readonly redis: Awaited<ReturnType<typeof startRedis>>
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
  const redis = await startRedis()
  const journal = await openPrepared(dataDir, redis.url)
  try {
    const events = cityEvents()
    for (let i = 0; i < events.length; i += 100)
      await journal.append([
        {
          sender: 'bench',
          id: `city-${i}`,
          bodyHash: '',
          expect: [],
          events: events.slice(i, i + 100),
          recordedAt: loadedAt,
          origin: 'demo',
        },
      ])
    const access = new AccessStore(journal.store)
    const where = events.flatMap(({ type, data }) => {
      const { code, centroid } = data as { code: string; centroid: [number, number] }
      return type === 'grid.defined' ? [{ grid: code, centroid }] : []
    })
    return {
      dataDir,
      redis,
      where,
      writeToken: await access.addToken({ name: 'bench-intake', role: 'intake', area: CITY }),
      readToken: await access.addToken({ name: 'bench-viewer', role: 'viewer', area: CITY }),
    }
  } finally {
    await journal.close()
  }
}

/** The prepared city with its server running. */
export async function startProduct(): Promise<Product> {
  const prepared = await prepare()
  const server = await startServer(prepared.dataDir, prepared.redis.url)
  return {
    ...prepared,
    server,
    async stop() {
      await server.stop()
      await prepared.redis.stop()
    },
  }
}
