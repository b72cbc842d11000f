/** `npm run admin`: opens the same store as the server, with or without the server running, and does one thing. */
import { AccessStore } from '@orchid/server/commands/access-store'
import { readConfig } from '@orchid/server/config'
import { startEmbeddedRedis } from '@orchid/server/journal/embedded-redis'
import type { Journal } from '@orchid/server/journal/journal'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { areas, grids, waters } from '@orchid/shared/domain/areas/projections'
import { type Projection, type Row, Tables } from '@orchid/shared/kernel/projection'
import { administer } from './administer.ts'
import { type Definition, isNews } from './city-file.ts'
import { askPassword } from './password.ts'

const log = { warn: (o: object, m: string): void => void process.stderr.write(`${m} ${JSON.stringify(o)}\n`) }

async function main(): Promise<void> {
  // DEMO only loosens what a server may listen to; nothing listens here.
  const config = readConfig({ ...process.env, DEMO: '1', HOST: '127.0.0.1' })
  const redis = config.redisUrl ? undefined : await startEmbeddedRedis({ dataDir: config.dataDir, log })
  const journal = await openJournal({
    url: redis?.url ?? config.redisUrl,
    city: config.city,
    secret: await readSecret(config.dataDir),
    log,
  })
  process.stderr.write(`The journal in ${redis ? `the private Redis under ${config.dataDir}` : 'the Redis of REDIS_URL'}:\n`)
  const renewEpoch = async (): Promise<string> => journal.renewEpoch((await journal.head()).epoch)
  const address = config.publicUrl || `http://127.0.0.1:${config.port}`
  try {
    const lines = await administer(new AccessStore(journal.store), process.argv.slice(2), {
      city: config.city,
      address,
      renewEpoch,
      define: (definitions) => define(journal, definitions),
      askPassword,
    })
    process.stdout.write(`${lines.join('\n')}\n`)
  } finally {
    // The private Redis may be the server's: whoever started us stops it when nobody uses it.
    await journal.close()
  }
}

const CHUNK = 500
const AREAS = [areas, grids, waters] as unknown as readonly Projection[]

/** Stores what differs from the present; its id rests on the row that it changes, so that one may also go back to what was. */
async function define(journal: Journal, all: readonly Definition[]): Promise<number> {
  const tables = new Tables(AREAS)
  for (;;) {
    const batch = await journal.read(tables.cursor, 1_000)
    for (const { event } of batch) tables.fold(event)
    if (batch.length === 0) break
  }
  const definitions = all.flatMap((definition) => {
    const [kind = '', key = ''] = definition.event.subject.split(':')
    const row = tables.get<Row>(`${kind}s`, key)
    return isNews(definition, row) ? [{ ...definition, id: `${definition.id}-${row?.updatedSeq ?? 0}` }] : []
  })
  let stored = 0
  for (let i = 0; i < definitions.length; i += CHUNK) {
    const verdicts = await journal.append(
      definitions.slice(i, i + CHUNK).map(({ id, event }) => ({ sender: 'admin', id, bodyHash: id, expect: [], events: [event] })),
    )
    stored += verdicts.filter((verdict) => verdict.status === 'stored').length
    process.stderr.write(`${Math.min(definitions.length, i + CHUNK)} of ${definitions.length}\n`)
  }
  return stored
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  },
)
