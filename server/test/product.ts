/** The whole app for a test: a private Redis, a small city, tokens for whoever is needed, on a free port; `close` leaves nothing behind. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Role } from '@orchid/shared/domain/access/roles'
import type { EventBody } from '@orchid/shared/kernel/event'
import { type App, buildApp } from '../src/app.ts'
import { AccessStore } from '../src/commands/access-store.ts'
import type { Config } from '../src/config.ts'
import { startEmbeddedRedis } from '../src/journal/embedded-redis.ts'
import type { Journal } from '../src/journal/journal.ts'
import { openJournal } from '../src/journal/redis-journal.ts'
import { readSecret } from '../src/journal/secret.ts'
import { CITY, cameraOf, cityEvents, TOWNSHIPS } from './city.ts'
import { type Answer, type Call, call } from './http.ts'

const quiet = { warn: () => undefined }

/** Redis with the city in it, and a journal of the test's own beside the app's. */
export interface Ground {
  readonly dataDir: string
  readonly redisUrl: string
  readonly journal: Journal
  readonly access: AccessStore
  /** Process id of redis-server now; another one after it was killed. */
  redisPid(): number
  close(): Promise<void>
}

export interface Product extends Ground {
  readonly app: App
  /** `http://127.0.0.1:<port>` */
  readonly base: string
  readonly port: number
  /** A token for a role in an area, made at the first asking; its sender is `<role>-<area>`. */
  token(role: Role, area?: string): Promise<string>
  /** A request of a bearer of that token, or of nobody. */
  call(path: string, options?: Call): Promise<Answer>
  /** Ends and builds the app anew on the same data; the port changes. */
  restart(): Promise<void>
}

export async function startGround(
  more: readonly EventBody[] = [],
  { recordedAt = Date.now() }: { recordedAt?: number } = {},
): Promise<Ground> {
  const dataDir = mkdtempSync(join(tmpdir(), 'orchid-int-'))
  const redis = await startEmbeddedRedis({ dataDir, log: quiet })
  const journal = await openJournal({ url: redis.url, city: CITY, secret: await readSecret(dataDir), log: quiet })
  const events = [...cityEvents(), ...TOWNSHIPS.map(cameraOf), ...more]
  const verdicts = await journal.append(
    events.map((event, i) => ({
      sender: 'city',
      id: `city-${i}`,
      bodyHash: '',
      // Sources, incidents and cameras are versioned from their first event on.
      expect: /^(source|incident|camera):/.test(event.subject) ? [[event.subject, 0] as const] : [],
      events: [event],
      recordedAt,
      origin: 'demo' as const,
    })),
  )
  const odd = verdicts.find((verdict) => verdict.status !== 'stored')
  if (odd) throw new Error(`the city was not stored: ${JSON.stringify(odd)}`)
  return {
    dataDir,
    redisUrl: redis.url,
    journal,
    access: new AccessStore(journal.store),
    redisPid: () => Number(readFileSync(join(dataDir, 'redis', 'redis.pid'), 'utf8')),
    async close() {
      await journal.close()
      await redis.stop()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export interface Options {
  readonly config?: Partial<Config>
  /** Events beside the city's. */
  readonly events?: readonly EventBody[]
  /** Epoch ms at which the city was recorded. */
  readonly recordedAt?: number
  /** A second node: the ground of the first, whose Redis it shares; it has a data folder of its own. */
  readonly on?: Ground
}

export async function startProduct({ config = {}, events = [], recordedAt, on }: Options = {}): Promise<Product> {
  const ground = on ?? (await startGround(events, recordedAt === undefined ? {} : { recordedAt }))
  const dataDir = on ? join(ground.dataDir, `node-${process.hrtime.bigint()}`) : ground.dataDir
  if (on) {
    mkdirSync(dataDir, { mode: 0o700 })
    copyFileSync(join(ground.dataDir, 'journal.key'), join(dataDir, 'journal.key'))
  }
  const settings: Config = {
    host: '127.0.0.1',
    port: 0,
    dataDir,
    city: CITY,
    redisUrl: ground.redisUrl,
    waitReplicas: 0,
    demo: false,
    publicUrl: '',
    trustedProxies: [],
    cameraNetworks: '127.0.0.1/32',
    cameraIdleSeconds: 45,
    cameraRoundMinutes: 0,
    cameraPicturesPerMinute: 0,
    dvrMegabytes: 64,
    transcodeSlots: 1,
    camerasAhead: 8,
    gateway: 'own',
    gatewayProcess: { url: 'https://127.0.0.1:0', host: '127.0.0.1', port: 0 },
    intakeLimit: { requests: 100_000, events: 1_000_000 },
    logLevel: process.env.TEST_LOG ?? 'silent',
    nodeId: `test-${process.hrtime.bigint()}`,
    ...config,
  }
  const tokens = new Map<string, Promise<string>>()
  let running = await run()
  async function run(): Promise<{ app: App; base: string }> {
    const app = await buildApp(settings)
    return { app, base: await app.listen() }
  }
  return {
    ...ground,
    get app() {
      return running.app
    },
    get base() {
      return running.base
    },
    get port() {
      return Number(new URL(running.base).port)
    },
    token(role, area = CITY) {
      const key = `${role}-${area}`
      const known = tokens.get(key) ?? ground.access.addToken({ name: key, role, area })
      tokens.set(key, known)
      return known
    },
    call: (path, options) => call(running.base, path, options),
    async restart() {
      await running.app.close()
      running = await run()
    },
    async close() {
      await running.app.close()
      if (!on) await ground.close()
    },
  }
}
