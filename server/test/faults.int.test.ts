/** Redis hangs, dies, is full or is emptied: what is answered meanwhile, who is told, and that it heals by itself. */
import { createHash } from 'node:crypto'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, gridsOf } from './city.ts'
import { type Answer, entry, sleep, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { straight } from './redis.ts'
import { compared, expected, foldJournal, Screen } from './screen.ts'

const GRIDS = gridsOf()
/** The promise is 2.5 s; the rest is the machine's. */
const ANSWERED_WITHIN = 2_900

/** A product with a screen that watches, closed at the end of the surrounding block. */
function running(): { readonly product: Product; readonly screen: Screen; token(role: 'intake' | 'viewer' | 'duty-officer'): string } {
  let product: Product | undefined
  let screen: Screen | undefined
  const tokens = new Map<string, string>()
  beforeAll(async () => {
    product = await startProduct()
    for (const role of ['intake', 'viewer', 'duty-officer'] as const) tokens.set(role, await product.token(role))
    screen = new Screen(product.base, { token: tokens.get('viewer') as string, tables: ['incidents', 'cityTally', 'gridTallies'] })
    await until(() => screen?.modes.length, 5_000, 'the screen did not open')
  })
  afterAll(async () => {
    screen?.close()
    await product?.close()
  })
  return {
    get product() {
      return product as Product
    },
    get screen() {
      return screen as Screen
    },
    token: (role) => tokens.get(role) as string,
  }
}

function isHonestRefusal(answer: Answer): void {
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.json).toMatchObject({ status: 503, code: expect.any(String), detail: expect.any(String) })
  expect(answer.text).not.toMatch(/redis|ioredis|ECONN|\.ts|\.js|stack|OOM|timed out/i)
}

const storedIds = async (product: Product): Promise<string[]> => {
  const ids: string[] = []
  for (let cursor = 0; ; ) {
    const batch = await product.journal.read(cursor, 2_000)
    if (batch.length === 0) return ids
    for (const { event } of batch) if ((event as JournalEvent).type === 'patrol.recorded') ids.push(event.id)
    cursor = batch.at(-1)?.event.seq as number
  }
}

describe('Redis that hangs', () => {
  const at = running()
  const entries = Array.from({ length: 20 }, (_, i) => entry(GRIDS[i % 12] as string, { kind: i % 4 ? 'person' : 'hazard' }))
  const post = (body: object) => at.product.call('/api/patrol/events', { method: 'POST', token: at.token('intake'), body })

  test('is answered for with 503 in time, told in the beat, and healed with nothing lost and nothing doubled', async () => {
    const { product, screen } = at
    // Everybody is known to the server, as on a running system.
    for (const role of ['intake', 'duty-officer'] as const) await product.call('/api/session', { token: at.token(role) })
    const pid = product.redisPid()
    const stoppedAt = Date.now()
    process.kill(pid, 'SIGSTOP')
    try {
      const body = { id: 'while-hung', data: { incident: '0123456789abcdef' } }
      const first = await Promise.all([
        ...entries.map(post),
        product.call('/api/commands/incident.accept', { method: 'POST', token: at.token('duty-officer'), body }),
        product.call('/api/sources/hung/beat', { method: 'POST', token: at.token('intake') }),
        product.call('/api/events', { token: at.token('viewer') }),
        product.call('/api/session', { token: 'a token never seen before' }),
        product.call('/readyz'),
      ])
      for (const answer of first) {
        isHonestRefusal(answer)
        expect(answer.ms).toBeLessThan(ANSWERED_WITHIN)
      }
      // Known to be away by now: nobody waits any more.
      const next = await post(entries[0] as object)
      isHonestRefusal(next)
      expect(next.ms).toBeLessThan(1_000)

      // Who looks goes on to see what is known.
      expect((await product.call('/healthz')).status).toBe(200)
      expect((await product.call('/api/tables/cityTally', { token: at.token('viewer') })).status).toBe(200)
      const told = await until(() => screen.beats.findLast((beat) => beat.journalAwaySince), 7_000, 'no beat tells it')
      expect(told.journalAwaySince).toBeGreaterThanOrEqual(stoppedAt)
      expect(screen.socket.connected).toBe(true)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await until(async () => (await product.call('/readyz')).status === 200, 5_000, 'it does not become ready again')
    const again = await Promise.all(entries.map(post))
    expect(again.every((answer) => answer.status === 201 || answer.status === 200)).toBe(true)
    const stored = (await storedIds(product)).filter((id) => entries.some((e) => e.id === id))
    expect(stored.sort()).toEqual(entries.map((e) => e.id).sort())
    const { shown, expected } = await compared(screen, product.journal)
    expect(shown).toEqual(expected)
    await until(() => screen.beats.at(-1)?.journalAwaySince === undefined, 7_000, 'the beat still tells that the journal is away')
  })
})

describe('an entry that this version cannot read', () => {
  const at = running()

  test('stands the tables still, and that is told: not ready, and in the beat; once it is gone they start anew', async () => {
    const { product, screen } = at
    const { seq } = await product.journal.head()
    await straight(product.redisUrl, async (redis) => {
      await redis.call('XADD', `{${CITY}}:journal`, `${seq + 1}-0`, 'e', 'written by a later version')
      await redis.call('HSET', `{${CITY}}:meta`, 'seq', String(seq + 1))
    })
    const answer = await until(
      () => product.call('/readyz').then((a) => (a.status === 503 ? a : undefined)),
      9_000,
      'it still says that it is ready',
    )
    expect(answer.json).toMatchObject({ code: 'behind' })
    await until(() => screen.beats.at(-1)?.journalAwaySince, 1_000, 'no beat tells it')
    await straight(product.redisUrl, async (redis) => {
      await redis.call('XDEL', `{${CITY}}:journal`, `${seq + 1}-0`)
      await redis.call('HSET', `{${CITY}}:meta`, 'seq', String(seq))
    })
    await until(async () => (await product.call('/readyz')).status === 200, 9_000, 'it does not become ready again')
    await until(() => screen.beats.at(-1)?.journalAwaySince === undefined, 1_000, 'the beat still tells it')
  })
})

describe('Redis that dies again and again', () => {
  const at = running()

  test('loses nothing that was acknowledged; every other answer is an honest 503; the screen catches up', async () => {
    const { product, screen } = at
    const acknowledged = new Set<string>()
    const odd = new Set<string>()
    let over = false
    const sender = async (lane: number): Promise<void> => {
      while (!over) {
        const body = entry(GRIDS[lane % 12] as string, { kind: 'hazard' })
        // A sender repeats with the same id until it knows.
        for (;;) {
          const answer = await product.call('/api/patrol/events', { method: 'POST', token: at.token('intake'), body })
          if (answer.ms > ANSWERED_WITHIN) odd.add(`${answer.ms} ms`)
          if (answer.status === 201 || answer.status === 200) {
            acknowledged.add(body.id)
            break
          }
          if (answer.status !== 503) odd.add(`${answer.status} ${answer.text}`)
          await sleep(20)
        }
      }
    }
    const senders = Array.from({ length: 8 }, (_, lane) => sender(lane))
    for (let kill = 0; kill < 3; kill++) {
      await sleep(300)
      const pid = product.redisPid()
      process.kill(pid, 'SIGKILL')
      await until(
        async () => product.redisPid() !== pid && (await product.call('/readyz')).status === 200,
        10_000,
        'Redis or the server did not come back',
      )
    }
    await sleep(200)
    over = true
    await Promise.all(senders)
    expect([...odd]).toEqual([])
    // What reads may find Redis a moment later than what writes.
    const stored = await until(() => storedIds(product).catch(() => undefined), 5_000, 'the journal cannot be read')
    expect(new Set(stored).size).toBe(stored.length)
    expect([...acknowledged].filter((id) => !stored.includes(id))).toEqual([])
    const { shown, expected } = await compared(screen, product.journal, '', 10_000)
    expect(shown).toEqual(expected)
    expect(screen.beats.some((beat) => beat.historyLostAt !== undefined)).toBe(false)
  })
})

describe('Redis without memory left', () => {
  const at = running()

  test('refuses to store with 503 while everything can be read; with memory again it stores', async () => {
    const { product, screen } = at
    const body = entry(GRIDS[0] as string, { kind: 'hazard' })
    const post = () => product.call('/api/patrol/events', { method: 'POST', token: at.token('intake'), body })
    await straight(product.redisUrl, (redis) => redis.call('CONFIG', 'SET', 'maxmemory', '1'))
    isHonestRefusal(await post())
    expect((await product.call('/api/tables/incidents?all=1', { token: at.token('viewer') })).status).toBe(200)
    expect((await product.call('/api/events?limit=5', { token: at.token('viewer') })).status).toBe(200)
    await straight(product.redisUrl, (redis) => redis.call('CONFIG', 'SET', 'maxmemory', '0'))
    expect((await post()).status).toBe(201)
    const { shown, expected } = await compared(screen, product.journal)
    expect(shown).toEqual(expected)
  })
})

describe('Redis that was emptied', () => {
  const at = running()

  test('is another history: new epoch, every row gone from the screens, and the loss is said aloud in every beat', async () => {
    const { product, screen } = at
    const body = [entry(GRIDS[0] as string, { kind: 'hazard' })]
    await product.call('/api/patrol/events', { method: 'POST', token: at.token('intake'), body })
    await until(() => screen.tables.get('incidents')?.size === 1, 3_000, 'the incident is not shown')
    const { epoch } = screen
    const watched = screen.modes.length
    const viewer = createHash('sha256').update(at.token('viewer')).digest('hex')
    await straight(product.redisUrl, (redis) => redis.flushall())
    // Accounts stand in the same Redis; the screen's own is put back, so that it may stay.
    await product.journal.store.hset('tokens', viewer, JSON.stringify({ name: `viewer-${CITY}`, role: 'viewer', area: CITY }))
    await until(() => screen.epoch !== epoch, 5_000, 'the epoch did not change')
    // It may have come back once more meanwhile, cut while its token was away.
    expect(screen.modes.slice(watched)).toContain('snapshot')
    expect(screen.tables.get('incidents')?.size).toBe(0)
    expect(screen.tables.get('cityTally')?.size).toBe(0)
    // One that goes out while the tables are made anew tells the loss under the epoch they still have.
    const told = () => screen.beats.some((beat) => beat.historyLostAt !== undefined && beat.epoch === screen.epoch)
    await until(told, 7_000, 'no beat tells it')

    // What comes now is a history of its own, and is shown.
    const area = { type: 'area.defined', area: CITY, subject: `area:${CITY}`, data: { code: CITY, name: '新城', tier: 'city' } }
    const [verdict] = await product.journal.append([{ sender: 'x', id: 'anew', bodyHash: '', expect: [], events: [area] }])
    expect(verdict?.status).toBe('stored')
    await until(() => screen.tables.get('cityTally')?.size === 1, 3_000, 'the new history is not shown')
    expect(screen.shown()).toEqual(expected(await foldJournal(product.journal, screen.cursor), screen.tables.keys(), ''))
  })
})
