/** Loads the demo city into an empty journal, with 14 days of marked history unless DEMO_HISTORY=0, and makes its accounts and tokens. */
import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { AccessStore } from '@orchid/server/commands/access-store'
import { type Config, readConfig } from '@orchid/server/config'
import { startEmbeddedRedis } from '@orchid/server/journal/embedded-redis'
import type { Append, Journal } from '@orchid/server/journal/journal'
import { openJournal } from '@orchid/server/journal/redis-journal'
import { readSecret } from '@orchid/server/journal/secret'
import { DAY } from '@orchid/shared/kernel/time'
import { cityDefinitions, readGrids } from '../city/definitions.ts'
import { LANXI } from '../city/lanxi.ts'
import { makeDemoAccess } from './access.ts'
import { firstOf, makeHistory, type Past } from './history.ts'

const CHUNK = 2_000
/** Kept beside the journal until everything is stored: the moment (epoch ms) as of which the city is being loaded. */
const LOADING = 'demo-loading'

/** What must not be loaded over, or cannot be. The message is one sentence for the person at the terminal. */
class NotLoadable extends Error {}

/**
 * Fills an empty journal, or finishes what a loader that was cut off had begun; gives how many requests were stored, 0 when a city is there already.
 * `now`: epoch ms up to which history goes. Rejects with NotLoadable when the journal holds something that is no demo city.
 */
export async function loadCity(
  journal: Journal,
  {
    history,
    now = Date.now(),
    progress = () => undefined,
  }: { history: boolean; now?: number; progress?: (stored: number, all: number) => void },
): Promise<number> {
  const begun = await journal.store.get(LOADING)
  if (begun === undefined) {
    if ((await journal.head()).seq > 0) {
      await mustBeDemo(journal)
      return 0
    }
    await journal.store.set(LOADING, String(now))
  }
  const past = makePast(history, Number(begun ?? now))
  for (let i = 0; i < past.length; i += CHUNK) {
    const chunk = past.slice(i, i + CHUNK)
    const verdicts = await journal.append(chunk.map(asAppend))
    // The same moment gives the same history: what had been stored before answers as a duplicate.
    const odd = verdicts.find((v) => v.status !== 'stored' && !(v.status === 'duplicate' && begun !== undefined))
    if (odd) throw new NotLoadable(`The demo city could not be stored (${odd.status}). Remove DATA_DIR and start again.`)
    progress(i + chunk.length, past.length)
  }
  await journal.store.del(LOADING)
  return past.length
}

/** The requests in the order of time. Without history the city is there as of `now`, and nothing has happened in it. */
function makePast(history: boolean, now: number): Past[] {
  const grids = readGrids()
  const definitions = cityDefinitions(grids, now - 15 * DAY)
  if (history) return makeHistory(grids, definitions, now)
  return definitions.map((event, i) => ({
    at: now,
    sender: 'demo-city',
    id: `demo-city-${i + 1}`,
    body: event,
    expect: firstOf(event),
    events: [event],
  }))
}

const asAppend = ({ at, sender, id, body, expect, events }: Past): Append => ({
  sender,
  id,
  // Sample data holds no secrets: a plain hash will do.
  bodyHash: createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22),
  expect,
  events,
  recordedAt: at,
  origin: 'demo',
})

/** Demo accounts must never be made for a real city. The first event of a journal begins a day; the next tells what kind of city it is. */
async function mustBeDemo(journal: Journal): Promise<void> {
  const first = await journal.read(0, 5)
  if (!first.some(({ event }) => event.origin === 'demo'))
    throw new NotLoadable(
      'This journal holds a real city: the demo city is not loaded into it. Use npm run serve, or another REDIS_URL or DATA_DIR.',
    )
}

const log = { warn: (details: object, message: string): void => void process.stderr.write(`${message} ${JSON.stringify(details)}\n`) }

/** On a terminal one line that counts; elsewhere a line at the end of each quarter. */
function tell(stored: number, all: number): void {
  const line = `demo city: ${stored} of ${all} requests stored`
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${stored === all ? '\n' : ''}`)
  else if (Math.floor((4 * stored) / all) > Math.floor((4 * (stored - CHUNK)) / all)) process.stdout.write(`${line}\n`)
}

async function main(): Promise<void> {
  const config = readConfig()
  if (config.city !== LANXI.city.code)
    throw new NotLoadable(`CITY=${config.city} has no demo city; the one there is has the code ${LANXI.city.code} (${LANXI.city.name}).`)
  // The private Redis goes on when we end: the server finds it.
  const redis = config.redisUrl ? undefined : await startEmbeddedRedis({ dataDir: config.dataDir, log })
  const secret = await readSecret(config.dataDir)
  const journal = await openJournal({ url: redis?.url ?? config.redisUrl, city: config.city, secret, log })
  const began = Date.now()
  const stored = await loadCity(journal, { history: process.env.DEMO_HISTORY !== '0', progress: tell })
  process.stdout.write(
    stored > 0
      ? `demo city loaded: ${stored} requests in ${((Date.now() - began) / 1000).toFixed(1)} s, all marked as demo\n`
      : 'the demo city is there already: only its accounts and tokens are made anew\n',
  )
  const grid = readGrids().find((g) => g.code.startsWith('330781109'))?.code as string
  await makeDemoAccess(new AccessStore(journal.store), config.dataDir, config.publicUrl || addressOf(config), grid)
  await journal.close()
}

/** Where a browser on this machine finds the server. */
function addressOf({ host, port }: Config): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().then(
    () => process.exit(0),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  )
}
