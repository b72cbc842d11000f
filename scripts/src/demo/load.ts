/** Loads the demo city into an empty journal, with 14 days of marked history unless DEMO_HISTORY=0, and makes its accounts and tokens. */
import { createHash } from 'node:crypto'
import { AccessStore } from '@orchid/server/commands/access-store'
import { readConfig } from '@orchid/server/config'
import { startEmbeddedRedis } from '@orchid/server/journal/embedded-redis'
import type { Append, Journal } from '@orchid/server/journal/journal'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { DAY } from '@orchid/shared/kernel/time'
import { cityDefinitions, readGrids } from '../city/definitions.ts'
import { makeDemoAccess } from './access.ts'
import { makeHistory, type Past } from './history.ts'

const CHUNK = 2_000
const log = { warn: (o: object, m: string): void => void process.stderr.write(`${m} ${JSON.stringify(o)}\n`) }

/** Fills an empty journal; gives how many requests were stored, 0 when it holds something already. */
export async function loadCity(
  journal: Journal,
  { history, now = Date.now(), progress = () => undefined }: { history: boolean; now?: number; progress?: (line: string) => void },
): Promise<number> {
  if ((await journal.head()).seq > 0) return 0
  const grids = readGrids()
  const definitions = cityDefinitions(grids, now - 15 * DAY)
  const past: Past[] = history
    ? makeHistory(grids, definitions, now)
    : definitions.map((event, i) => ({ at: now, sender: 'demo-city', id: `demo-city-${i + 1}`, body: event, expect: [], events: [event] }))
  for (let i = 0; i < past.length; i += CHUNK) {
    const verdicts = await journal.append(
      past
        .slice(i, i + CHUNK)
        .map(
          ({ at, sender, id, body, expect, events }): Append => ({
            sender,
            id,
            bodyHash: createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22),
            expect,
            events,
            recordedAt: at,
            origin: 'demo',
          }),
        ),
    )
    const odd = verdicts.find((v) => v.status !== 'stored')
    if (odd) throw new Error(`the demo history was not stored: ${JSON.stringify(odd)}`)
    progress(`demo city: ${Math.min(past.length, i + CHUNK)} of ${past.length} requests stored`)
  }
  return past.length
}

async function main(): Promise<void> {
  const config = readConfig()
  const redis = config.redisUrl ? undefined : await startEmbeddedRedis({ dataDir: config.dataDir, log })
  const journal = await openJournal({
    url: redis?.url ?? config.redisUrl,
    city: config.city,
    secret: await readSecret(config.dataDir),
    log,
  })
  const began = Date.now()
  const stored = await loadCity(journal, {
    history: process.env.DEMO_HISTORY !== '0',
    progress: (line) => process.stdout.write(`${line}\n`),
  })
  process.stdout.write(
    stored > 0
      ? `demo city loaded: ${stored} requests in ${((Date.now() - began) / 1000).toFixed(1)} s, all marked as demo\n`
      : 'the journal holds something already: no demo city was loaded\n',
  )
  const grid = readGrids().find((g) => g.code.startsWith('330781109'))?.code as string
  await makeDemoAccess(new AccessStore(journal.store), config.dataDir, config.publicUrl || `http://${config.host}:${config.port}`, grid)
  await journal.close()
  // The private Redis goes on: the server finds it.
}

if (import.meta.url === `file://${process.argv[1]}`) {
  main().then(
    () => process.exit(0),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  )
}
