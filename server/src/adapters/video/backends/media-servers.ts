/** What we know of the media servers beside the addresses of their streams: credentials, and where MediaMTX plays its recordings. */
import { readAddress } from '../camera-connection.ts'
import { CameraFailure } from '../camera-failure.ts'

export interface MediaServer {
  /** Base address of its streams, e.g. `http://10.1.1.6:8888`. */
  readonly address: string
  /** WVP: access token or API key; MediaMTX: `user:password`; ZLMediaKit: secret of its API. */
  readonly credential?: string
  /** MediaMTX: base address of its playback server; default port 9996 of the same host. */
  readonly playback?: string
}

export type MediaServers = readonly MediaServer[]

const FIELDS = ['address', 'credential', 'playback']

/** Reads the file that `MEDIA_SERVERS` names: a JSON array of MediaServer. Throws with one sentence that names the entry and holds no value. */
export function readMediaServers(text: string): MediaServers {
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch {
    throw new Error('MEDIA_SERVERS: the file is not JSON')
  }
  if (!Array.isArray(entries)) throw new Error('MEDIA_SERVERS: the file holds no array')
  return entries.map((entry: Record<string, unknown>, index) => {
    const wrong = (what: string) => new Error(`MEDIA_SERVERS: entry ${index + 1}: ${what}`)
    if (typeof entry !== 'object' || entry === null) throw wrong('no object')
    const unknown = Object.keys(entry).find((name) => !FIELDS.includes(name))
    if (unknown !== undefined) throw wrong(`unknown field ${JSON.stringify(unknown)}`)
    for (const name of ['address', 'playback'] as const) {
      const value = entry[name]
      if (value === undefined && name === 'playback') continue
      if (typeof value !== 'string' || !/^https?:\/\/[^\s?#@\\]+$/.test(value) || !URL.canParse(value))
        throw wrong(`${name} must be an address such as http://10.1.1.6:8888, without a login`)
    }
    if (entry.credential !== undefined && typeof entry.credential !== 'string') throw wrong('credential must be a text')
    const { address, playback } = entry as unknown as MediaServer
    return { ...(entry as unknown as MediaServer), address: plain(address), ...(playback !== undefined && { playback: plain(playback) }) }
  })
}

const plain = (address: string): string => new URL(address).href.replace(/\/+$/, '')

/** A stream of a media server, taken apart. */
export interface ServedStream {
  /** Base address without login. */
  readonly base: string
  /** Path behind the base, without the first slash, as it stands in the address. */
  readonly path: string
  /** `#fingerprint=` of the address. */
  readonly fingerprint: string | undefined
  readonly credential: string | undefined
  readonly playback: string | undefined
}

/**
 * Takes the sealed address of a stream apart; the base is the longest known one, else its host. A login in the address goes before the one
 * of the settings: `http://user:password@host/…`, or `http://:key@host/…` where there is only a key. Throws CameraFailure `unsupported-address`.
 */
export function servedStream(url: string, servers: MediaServers = []): ServedStream {
  const { target, credentials, fingerprint } = readAddress(url, ['http', 'https'])
  const server = servers.filter(({ address }) => target.startsWith(`${address}/`)).sort((a, b) => b.address.length - a.address.length)[0]
  const base = server?.address ?? new URL(target).origin
  const path = target.slice(base.length + 1).replace(/\/+$/, '')
  if (!path || path.includes('?')) throw new CameraFailure('unsupported-address', 'source')
  const own = credentials && (credentials.user ? `${credentials.user}:${credentials.password}` : credentials.password)
  return { base, path, fingerprint, credential: own ?? server?.credential, playback: server?.playback }
}

/** The camera address of a path behind the base, with a login of `user:password` where it is given. */
export function addressAt(
  base: string,
  path: string,
  { fingerprint, login }: { fingerprint?: string | undefined; login?: string | undefined } = {},
) {
  const address = readAddress(`${base}/${path}`, ['http', 'https'])
  const colon = login?.indexOf(':') ?? -1
  return {
    ...address,
    fingerprint,
    credentials: login === undefined || colon < 0 ? undefined : { user: login.slice(0, colon), password: login.slice(colon + 1) },
  }
}
