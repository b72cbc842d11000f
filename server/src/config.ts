/** The only reader of the environment: one schema, checked at start, with a sentence for everything unsafe. */
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'

const Environment = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 7760, minimum: 0, maximum: 65535 }),
  DATA_DIR: Type.String({ default: './.data' }),
  CITY: Type.String({ default: '330781', pattern: '^\\d{6}$' }),
  REDIS_URL: Type.String({ default: '' }),
  REDIS_WAIT_REPLICAS: Type.Integer({ default: 0, minimum: 0 }),
  DEMO: Type.String({ default: '0', enum: ['0', '1'] }),
  DEMO_EXPOSE: Type.String({ default: '0', enum: ['0', '1'] }),
  PUBLIC_URL: Type.String({ default: '' }),
  TRUSTED_PROXIES: Type.String({ default: '' }),
  CAMERA_NETWORKS: Type.String({ default: '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7' }),
  INTAKE_LIMIT: Type.String({ default: '200/5000', pattern: '^\\d+/\\d+$' }),
  LOG_LEVEL: Type.String({ default: 'warn', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] }),
  NODE_ID: Type.String({ default: `${hostname()}-${process.pid}` }),
})

export interface Config {
  readonly host: string
  readonly port: number
  /** Absolute path. */
  readonly dataDir: string
  /** 6-digit code of the one city this deployment serves. */
  readonly city: string
  /** Empty: a private redis-server under `dataDir`. */
  readonly redisUrl: string
  readonly waitReplicas: number
  readonly demo: boolean
  /** Origin under which browsers reach us, without a path; empty: loopback addresses only. */
  readonly publicUrl: string
  readonly trustedProxies: readonly string[]
  readonly cameraNetworks: string
  /** Per sender and second. */
  readonly intakeLimit: { readonly requests: number; readonly events: number }
  readonly logLevel: string
  readonly nodeId: string
}

/** Settings that must not be started with. The message is one sentence for the person at the terminal. */
export class UnsafeConfig extends Error {}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host) || /^::ffff:127(\.\d{1,3}){3}$/.test(host)

/** Reads and checks the environment. Throws UnsafeConfig with one sentence that names the variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  let e: Static<typeof Environment>
  try {
    e = envSchema<Static<typeof Environment>>({ schema: Environment, data: env, env: false })
  } catch (error) {
    throw new UnsafeConfig(`The environment is not usable: ${(error as Error).message}`)
  }
  const demo = e.DEMO === '1'
  if (demo && !isLoopback(e.HOST) && e.DEMO_EXPOSE !== '1')
    throw new UnsafeConfig(
      `HOST=${e.HOST} would show the demo city, whose passwords lie in a file, to the network. Set DEMO_EXPOSE=1 if you mean it, or DEMO=0.`,
    )
  if (e.PUBLIC_URL && !/^https?:\/\/[^/?#@]+\/?$/.test(e.PUBLIC_URL))
    throw new UnsafeConfig('PUBLIC_URL must be an address without path, such as https://wall.example.gov.cn')
  if (!demo && !isLoopback(e.HOST) && !e.PUBLIC_URL.startsWith('https://'))
    throw new UnsafeConfig(
      `HOST=${e.HOST} listens to the network: set PUBLIC_URL to the https address of the TLS proxy in front (and TRUSTED_PROXIES to its address), or keep HOST=127.0.0.1.`,
    )
  const [requests, events] = e.INTAKE_LIMIT.split('/').map(Number) as [number, number]
  return {
    host: e.HOST,
    port: e.PORT,
    dataDir: resolve(e.DATA_DIR),
    city: e.CITY,
    redisUrl: e.REDIS_URL,
    waitReplicas: e.REDIS_WAIT_REPLICAS,
    demo,
    publicUrl: e.PUBLIC_URL.replace(/\/$/, ''),
    trustedProxies: list(e.TRUSTED_PROXIES),
    cameraNetworks: e.CAMERA_NETWORKS,
    intakeLimit: { requests, events },
    logLevel: e.LOG_LEVEL,
    nodeId: e.NODE_ID,
  }
}
