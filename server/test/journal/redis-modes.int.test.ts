/** The journal on a Redis of somebody else's, really started in each mode: by host, with TLS, behind Sentinel, as a Cluster; and which settings are refused. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/redis-journal.ts'
import { connect, parseRedisUrl } from '../../src/journal/redis-url.ts'
import { until } from '../http.ts'
import { type Servers, startServers } from '../redis-servers.ts'
import { append, seqsOf } from './journals.ts'

const SAFE = { appendonly: 'yes', appendfsync: 'always' }
const secret = randomBytes(32)
let servers: Servers | undefined
const journals: Journal[] = []

afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.close()
  await servers?.close()
  servers = undefined
})

const begin = (): Servers => {
  servers = startServers()
  return servers
}

interface Warning {
  readonly message: string
  readonly fields: object
}

async function open(url: string, { city = '330781', waitReplicas = 0 } = {}): Promise<{ journal: Journal; warnings: Warning[] }> {
  const warnings: Warning[] = []
  const log = { warn: (fields: object, message: string) => void warnings.push({ fields, message }) }
  const journal = await openJournal({ url, city, secret, waitReplicas, log })
  journals.push(journal)
  return { journal, warnings }
}

/** Appends, repeats, reads, follows, seals: everything that is asked of Redis. */
async function works(journal: Journal): Promise<void> {
  const seen: number[] = []
  const { seq: head } = await journal.head()
  const handlers = { onEvents: (batch: { event: { seq: number } }[]) => seen.push(...batch.map(({ event }) => event.seq)) }
  const follower = journal.follow(head, { ...handlers, onAway: () => undefined, onBack: () => undefined })
  try {
    const request = append({ subject: 's:1', private: { subject: 'p:1', fields: { name: '甲' } } })
    const [verdict] = await journal.append([request])
    const [seq] = seqsOf(verdict) as [number]
    expect(await journal.append([request])).toEqual([{ status: 'duplicate', seq }])
    expect((await journal.read(seq - 1, 1))[0]?.event.id).toBe(request.id)
    expect(await journal.openPrivate('p:1')).toEqual({ name: '甲' })
    expect(await journal.store.lease(`job-${seq}`, 'me', 1_000)).toBe(true)
    await until(() => seen.includes(seq), 3_000, 'the follower did not see it')
  } finally {
    await follower.close()
  }
}

describe('settings', () => {
  test('an eviction policy is refused with a sentence', async () => {
    const { port } = await begin().start({ ...SAFE, 'maxmemory-policy': 'allkeys-lru' })
    await expect(open(`redis://127.0.0.1:${port}`)).rejects.toThrow(/maxmemory-policy allkeys-lru.*noeviction/)
  })

  test.each([
    ['everysec', { appendonly: 'yes', appendfsync: 'everysec' }],
    ['no append-only file', { appendonly: 'no' }],
  ])('with %s it warns loudly that acknowledged events may be lost', async (_what, settings) => {
    const { port } = await begin().start(settings)
    const { warnings } = await open(`redis://127.0.0.1:${port}`)
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringContaining('MAY LOSE ACKNOWLEDGED EVENTS')])
  })

  test('safe ones need no word, a user who may not read them gets one', async () => {
    const { port } = await begin().start({ ...SAFE, requirepass: 'a:long/secret@1' })
    const url = `redis://:a%3Along%2Fsecret%401@127.0.0.1:${port}`
    const { journal, warnings } = await open(url)
    expect(warnings).toEqual([])
    await works(journal)
    const redis = connect(parseRedisUrl(url))
    await until(() => redis.status === 'ready', 3_000, 'no connection')
    await redis.call('ACL', 'SETUSER', 'orchid', 'on', '>pass', '~{330781}:*', '+@all', '-@dangerous', '+info')
    redis.disconnect()
    const bounded = await open(`redis://orchid:pass@127.0.0.1:${port}`)
    expect(bounded.warnings.map((warning) => warning.message)).toEqual(
      expect.arrayContaining([expect.stringContaining('COULD NOT BE CHECKED')]),
    )
    await works(bounded.journal)
  })
})

test('TLS: an unknown certificate is refused, one of a known authority is taken', async () => {
  const all = begin()
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: all.dir, stdio: 'pipe' })
  const subject = ['-subj', '/CN=Orchid Test', '-days', '2', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  openssl('req', '-x509', ...subject, '-keyout', 'ca.key', '-out', 'ca.crt')
  openssl('req', '-new', ...subject.filter((part) => part !== '-days' && part !== '2'), '-keyout', 'own.key', '-out', 'own.csr')
  all.write('san', 'subjectAltName=IP:127.0.0.1\n')
  openssl(
    'x509',
    '-req',
    '-in',
    'own.csr',
    '-CA',
    'ca.crt',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'san',
    '-out',
    'own.crt',
  )
  const files = {
    'tls-cert-file': join(all.dir, 'own.crt'),
    'tls-key-file': join(all.dir, 'own.key'),
    'tls-ca-cert-file': join(all.dir, 'ca.crt'),
  }
  const port = await all.port()
  await all.start({ ...SAFE, ...files, port: '0', 'tls-port': String(port), 'tls-auth-clients': 'no' })
  const url = `rediss://127.0.0.1:${port}`

  const stranger = connect(parseRedisUrl(url))
  const refused = await new Promise<Error>((done) => stranger.once('error', done))
  stranger.disconnect()
  expect((refused as NodeJS.ErrnoException).code).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET/)

  // In service the authority comes from NODE_EXTRA_CA_CERTS, which Node reads at its start only.
  const known = connect(parseRedisUrl(url), { tls: { ca: readFileSync(files['tls-ca-cert-file']) } })
  await until(() => known.status === 'ready', 5_000, 'no TLS connection')
  expect(await known.ping()).toBe('PONG')
  known.disconnect()
})

/** Servers that have just changed their parts, or share a busy disk, may leave a command unanswered for seconds. */
const patiently = <T>(what: () => Promise<T>): Promise<NonNullable<T>> =>
  until(
    () =>
      what().catch((error: Error) => {
        if (!/timed out|not answer/.test(error.message)) throw error
        return undefined
      }),
    20_000,
    'Redis did not answer',
  )

test('Sentinel: the master is found by name; replicas are waited for; after a failover the journal goes on at the new one', async () => {
  const all = begin()
  const master = await all.start(SAFE)
  const replica = await all.start({ ...SAFE, replicaof: `127.0.0.1 ${master.port}` })
  const sentinel = await all.startSentinel('orchid', master.port)
  const { journal } = await patiently(() => open(`redis+sentinel://127.0.0.1:${sentinel.port}/orchid`, { waitReplicas: 1 }))
  await until(async () => journal.append([append()]).catch(() => undefined), 10_000, 'the replica never confirmed')
  await patiently(() => works(journal).then(() => true))
  const { epoch, seq } = await patiently(() => journal.head())

  await until(() => all.ask(sentinel.port, 'SENTINEL', 'FAILOVER', 'orchid').catch(() => undefined), 10_000, 'no failover began')
  await until(async () => String(await all.ask(replica.port, 'ROLE')).startsWith('master'), 15_000, 'the replica did not become master')
  master.kill()
  // Nobody is left to confirm: a 2xx would promise more than is kept.
  await until(
    async () =>
      journal.append([append()]).then(
        () => 'stored',
        (error: Error) => (/replicas/.test(error.message) ? 'unknown' : undefined),
      ),
    15_000,
    'the journal did not find the new master',
  ).then((outcome) => expect(outcome).toBe('unknown'))
  const alone = await patiently(() => open(`redis+sentinel://127.0.0.1:${sentinel.port}/orchid`))
  await patiently(() => works(alone.journal).then(() => true))
  const head = await patiently(() => alone.journal.head())
  expect(head.epoch).toBe(epoch)
  expect(head.seq).toBeGreaterThan(seq)
}, 60_000)

test('Cluster: many cities on three masters, each in one slot', async () => {
  const all = begin()
  const nodes = await all.startCluster(3, SAFE)
  const url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
  for (const city of ['330781', '330782', '330783', '110101', '440300']) await works((await open(url, { city })).journal)
  const sizes = await Promise.all(nodes.map(({ port }) => all.ask(port, 'DBSIZE')))
  expect(sizes.filter((size) => Number(size) > 0).length).toBeGreaterThan(1)
}, 60_000)
