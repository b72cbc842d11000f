/** REDIS_URL in its five forms, and the connections made from it. */
import { Cluster, Redis, type RedisOptions } from 'ioredis'

export type RedisTarget =
  | { readonly kind: 'single'; readonly options: RedisOptions }
  | { readonly kind: 'sentinel'; readonly options: RedisOptions }
  | { readonly kind: 'cluster'; readonly nodes: { host: string; port: number }[]; readonly options: RedisOptions }

/** Milliseconds a command may take; a longer one is "unknown". */
export const COMMAND_TIMEOUT = 2_000

const FORMS = 'redis://, rediss://, unix://<path>, redis+sentinel://user:password@h1,h2/<master> or redis+cluster://h1,h2'

/** Takes REDIS_URL apart. Throws RangeError without repeating its password. */
export function parseRedisUrl(text: string): RedisTarget {
  const m = /^(redis|rediss|unix|redis\+sentinel|redis\+cluster):\/\/(?:([^@/]*)@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/.exec(text)
  if (!m) throw new RangeError(`REDIS_URL must be one of ${FORMS}`)
  const [, scheme, login = '', hosts = '', path = '', query = ''] = m
  const [user = '', password] = login.includes(':')
    ? [login.slice(0, login.indexOf(':')), login.slice(login.indexOf(':') + 1)]
    : ['', login || undefined]
  const auth: RedisOptions = {
    ...(user && { username: decoded(user) }),
    ...(password && { password: decoded(password) }),
  }
  const tls = new URLSearchParams(query).get('tls') === '1'
  if (scheme === 'unix') {
    if (!path && !hosts) throw new RangeError('REDIS_URL unix:// needs the path of a socket')
    return { kind: 'single', options: { ...auth, path: `${hosts}${path}` } }
  }
  const nodes = hosts.split(',').map((host) => hostAndPort(host, scheme === 'redis+sentinel' ? 26379 : 6379))
  if (scheme === 'redis+sentinel') {
    const name = path.slice(1)
    if (!name) throw new RangeError('REDIS_URL redis+sentinel:// needs the name of the master after the hosts: …/<master>')
    return { kind: 'sentinel', options: { ...auth, sentinels: nodes, name, ...(tls && { tls: {}, enableTLSForSentinelMode: true }) } }
  }
  if (scheme === 'redis+cluster') {
    if (path.length > 1) throw new RangeError('REDIS_URL redis+cluster:// takes no path: a cluster has one database')
    return { kind: 'cluster', nodes, options: { ...auth, ...(tls && { tls: {} }) } }
  }
  const [node, ...more] = nodes as [{ host: string; port: number }]
  if (more.length) throw new RangeError('REDIS_URL names several hosts: that needs redis+sentinel:// or redis+cluster://')
  const db = path.slice(1)
  if (db && !/^\d{1,3}$/.test(db)) throw new RangeError('REDIS_URL: the database after the host must be a number')
  return { kind: 'single', options: { ...auth, ...node, ...(db && { db: Number(db) }), ...(scheme === 'rediss' && { tls: {} }) } }
}

function hostAndPort(text: string, usual: number): { host: string; port: number } {
  const m = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text)
  const port = m?.[2] ? Number(m[2]) : usual
  if (!m?.[1] || port < 1 || port > 65_535)
    throw new RangeError(
      'REDIS_URL names a host or port that is not understood. Write @ / : ? # % in a password as %40 %2F %3A %3F %23 %25',
    )
  return { host: m[1].replace(/^\[|\]$/g, ''), port }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new RangeError('REDIS_URL holds a % that is not followed by two hexadecimal digits; a % itself is written %25')
  }
}

export type Connection = Redis | Cluster

/**
 * A connection that never queues while it is away, never sends a command twice and gives up after COMMAND_TIMEOUT:
 * what happened to a command that failed is unknown, and only the journal's ids may decide about a repetition.
 */
export function connect(target: RedisTarget, more: RedisOptions = {}): Connection {
  const options: RedisOptions = {
    ...target.options,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_TIMEOUT,
    connectTimeout: COMMAND_TIMEOUT,
    enableReadyCheck: true,
    // It would look for its version in a file beside it, and a bundle has none.
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(50 * times, 1_000),
    lazyConnect: false,
    ...more,
  }
  if (target.kind !== 'cluster') return new Redis(options)
  return new Cluster(target.nodes, {
    redisOptions: options,
    enableOfflineQueue: false,
    clusterRetryStrategy: (times) => Math.min(50 * times, 1_000),
  })
}
