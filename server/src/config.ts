/** The only reader of the environment: one schema, checked at start, with a sentence for everything unsafe. */
import { availableParallelism, hostname } from 'node:os'
import { resolve } from 'node:path'
import type { BaseMap } from '@orchid/shared/protocol/api'
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
  CAMERA_IDLE_SECONDS: Type.Integer({ default: 45, minimum: 1, maximum: 3600 }),
  CAMERA_ROUND_MINUTES: Type.Number({ default: 10, minimum: 0, maximum: 1440 }),
  CAMERA_PICTURES_PER_MINUTE: Type.Number({ default: 6, minimum: 0, maximum: 120 }),
  CAMERA_DVR_MB: Type.Integer({ default: 2048, minimum: 0 }),
  MEDIA_SERVERS: Type.String({ default: '' }),
  TRANSCODE_SLOTS: Type.Integer({ default: availableParallelism() > 2 ? 2 : 1, minimum: 0, maximum: 32 }),
  CAMERAS_AHEAD: Type.Integer({ default: 8, minimum: 0, maximum: 32 }),
  GATEWAY: Type.String({ default: 'own', enum: ['own', 'processes'] }),
  GATEWAY_URL: Type.String({ default: 'https://127.0.0.1:7761' }),
  GATEWAY_LISTEN: Type.String({ default: '' }),
  INTAKE_LIMIT: Type.String({ default: '200/5000', pattern: '^\\d+/\\d+$' }),
  BASE_TILES: Type.String({ default: '' }),
  BASE_PMTILES: Type.String({ default: '' }),
  TIANDITU_KEY: Type.String({ default: '', pattern: '^[A-Za-z0-9]{0,64}$' }),
  TIANDITU_LAYER: Type.String({ default: 'vec', enum: ['vec', 'img', 'ter'] }),
  TIANDITU_URL: Type.String({ default: 'https://t0.tianditu.gov.cn', pattern: '^https?://[^/?#@]+/?$' }),
  BASE_CRS: Type.String({ default: '', enum: ['', 'WGS84', 'GCJ02', 'BD09', 'BD09MC', 'CGCS2000'] }),
  BASE_LOOK: Type.String({ default: '', enum: ['', 'light', 'dark'] }),
  BASE_ATTRIBUTION: Type.String({ default: '', maxLength: 80 }),
  LOG_LEVEL: Type.String({ default: 'warn', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] }),
  NODE_ID: Type.String({ default: `${hostname()}-${process.pid}` }),
})

/** The one base map under our drawing. Paths are absolute; `key` goes to `url` and nowhere else. */
export type BaseConfig = Pick<BaseMap, 'crs' | 'look' | 'attribution'> &
  (
    | { readonly kind: 'folder' | 'pmtiles'; readonly path: string }
    | { readonly kind: 'tianditu'; readonly key: string; readonly url: string; readonly layer: string }
  )

/** Where a gateway process is. Port 0: any free one, which then stands in the address too. */
export interface GatewayProcessConfig {
  /** `https://host:port` under which servers reach it. */
  readonly url: string
  readonly host: string
  readonly port: number
}

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
  /** Seconds a camera stays open after the last of its viewers left. */
  readonly cameraIdleSeconds: number
  /** Minutes from one round of probes past all unwatched cameras to the next; 0: none. */
  readonly cameraRoundMinutes: number
  /** Cameras whose picture is looked at by the server, a minute; 0: none. */
  readonly cameraPicturesPerMinute: number
  /** MiB on disk for the last minutes of all cameras that are kept. */
  readonly dvrMegabytes: number
  /** Absolute path of the file with the credentials of media servers; undefined: none are known. */
  readonly mediaServersFile?: string | undefined
  /** Cameras whose H.265 may be turned into H.264 at the same time; each takes up to a core. */
  readonly transcodeSlots: number
  /** Cameras that may be open ahead of need at the same time, before anybody has asked for them; 0: none. */
  readonly camerasAhead: number
  /** Where the server's pictures come from: its own gateway, or gateway processes found through Redis. */
  readonly gateway: 'own' | 'processes'
  /** Of a gateway process. */
  readonly gatewayProcess: GatewayProcessConfig
  /** Per sender and second. */
  readonly intakeLimit: { readonly requests: number; readonly events: number }
  /** Undefined: our own drawing alone. */
  readonly base?: BaseConfig | undefined
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

/** Which base map is meant. Throws UnsafeConfig when it is not clear. */
function baseOf(e: Static<typeof Environment>): BaseConfig | undefined {
  const given = (['BASE_TILES', 'BASE_PMTILES', 'TIANDITU_KEY'] as const).filter((name) => e[name] !== '')
  if (given.length > 1) throw new UnsafeConfig(`${given.join(' and ')} are given, but the map lies on one base: keep one of them.`)
  const [name] = given
  const about = { ...(e.BASE_ATTRIBUTION && { attribution: e.BASE_ATTRIBUTION }) }
  const crs = e.BASE_CRS as BaseMap['crs'] | ''
  const look = e.BASE_LOOK as BaseMap['look'] | ''
  if (name === undefined) {
    const idle = (['BASE_CRS', 'BASE_LOOK', 'BASE_ATTRIBUTION'] as const).find((one) => e[one] !== '')
    if (idle) throw new UnsafeConfig(`${idle} tells about a base map, but none is given: set BASE_TILES, BASE_PMTILES or TIANDITU_KEY.`)
    return undefined
  }
  if (name === 'TIANDITU_KEY') {
    if (crs !== '' && crs !== 'CGCS2000')
      throw new UnsafeConfig(`BASE_CRS=${crs} does not go with TIANDITU_KEY: Tianditu is in CGCS2000; leave BASE_CRS out.`)
    const [key, url, layer] = [e.TIANDITU_KEY, e.TIANDITU_URL.replace(/\/$/, ''), e.TIANDITU_LAYER]
    return { kind: 'tianditu', key, url, layer, crs: 'CGCS2000', look: look || (layer === 'img' ? 'dark' : 'light'), ...about }
  }
  if (name === 'BASE_PMTILES' && crs === 'BD09MC')
    throw new UnsafeConfig(
      "BASE_CRS=BD09MC is Baidu's own tiling, which a .pmtiles archive cannot have: use BASE_TILES, or another BASE_CRS.",
    )
  const kind = name === 'BASE_TILES' ? 'folder' : 'pmtiles'
  return { kind, path: resolve(e[name]), crs: crs || 'WGS84', look: look || 'light', ...about }
}

/** Where a gateway process listens and is reached. Throws UnsafeConfig. */
function gatewayProcessOf({ GATEWAY_URL, GATEWAY_LISTEN }: Static<typeof Environment>): GatewayProcessConfig {
  if (!/^https:\/\/[^/?#@\s]+\/?$/.test(GATEWAY_URL) || !URL.canParse(GATEWAY_URL))
    throw new UnsafeConfig(
      'GATEWAY_URL must be an address such as https://10.1.1.7:7761, without login and path: the link to the servers is always encrypted.',
    )
  const { hostname, port, origin } = new URL(GATEWAY_URL)
  const own = hostname.replace(/^\[|\]$/g, '')
  if (own === '0.0.0.0' || own === '::')
    throw new UnsafeConfig(
      `GATEWAY_URL=${GATEWAY_URL} is no address to reach: name this machine, and set GATEWAY_LISTEN if it is to listen elsewhere.`,
    )
  if (GATEWAY_LISTEN === '') return { url: origin, host: own, port: port === '' ? 443 : Number(port) }
  const [, bracketed, plain, number] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(GATEWAY_LISTEN) ?? []
  const host = bracketed ?? plain
  if (host === undefined || Number(number) > 65_535)
    throw new UnsafeConfig('GATEWAY_LISTEN must be an address and a port, such as 0.0.0.0:7761 or [::]:7761.')
  if (!isLoopback(host) && isLoopback(own))
    throw new UnsafeConfig(
      `GATEWAY_LISTEN=${GATEWAY_LISTEN} listens to the network, but GATEWAY_URL=${GATEWAY_URL} sends servers to themselves: set it to the address under which they reach this machine.`,
    )
  return { url: origin, host, port: Number(number) }
}

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
    cameraIdleSeconds: e.CAMERA_IDLE_SECONDS,
    cameraRoundMinutes: e.CAMERA_ROUND_MINUTES,
    cameraPicturesPerMinute: e.CAMERA_PICTURES_PER_MINUTE,
    dvrMegabytes: e.CAMERA_DVR_MB,
    mediaServersFile: e.MEDIA_SERVERS === '' ? undefined : resolve(e.MEDIA_SERVERS),
    transcodeSlots: e.TRANSCODE_SLOTS,
    camerasAhead: e.CAMERAS_AHEAD,
    gateway: e.GATEWAY as Config['gateway'],
    gatewayProcess: gatewayProcessOf(e),
    intakeLimit: { requests, events },
    base: baseOf(e),
    logLevel: e.LOG_LEVEL,
    nodeId: e.NODE_ID,
  }
}
