/** Intake over HTTP: what is stored, what is known already, what is refused and how it is told. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../src/journal/journal.ts'
import { keysOf } from '../src/journal/keys.ts'
import { CITY, gridsOf, MIDDLE } from './city.ts'
import { type Answer, entry } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { straight } from './redis.ts'

const GRIDS = gridsOf()
const [HERE] = GRIDS as [string]
let product: Product
let token: string
let viewer: string

beforeAll(async () => {
  product = await startProduct()
  token = await product.token('intake')
  viewer = await product.token('viewer')
})
afterAll(() => product?.close())

const post = (body: unknown, as = token): Promise<Answer> => product.call('/api/patrol/events', { method: 'POST', token: as, body })
const ndjson = (raw: string): Promise<Answer> =>
  product.call('/api/patrol/events', { method: 'POST', token, raw, headers: { 'content-type': 'application/x-ndjson' } })
const statuses = (answer: Answer): string[] => answer.json.results.map((r: { status: string }) => r.status)

describe('what is stored', () => {
  test('one entry: 201 with its seq; the same again: 200 duplicate with the same seq; another content: 409', async () => {
    const e = entry(HERE, { kind: 'hazard', level: 'red', title: '楼道电动车起火苗' })
    const first = await post(e)
    expect(first.status).toBe(201)
    expect(first.json.results).toEqual([{ index: 0, id: e.id, status: 'stored', seq: expect.any(Number) }])
    const again = await post(e)
    expect(again.status).toBe(200)
    expect(again.json.results).toEqual([{ ...first.json.results[0], status: 'duplicate' }])
    const other = await post({ ...e, title: '别的' })
    expect(other.status).toBe(409)
    expect(other.headers.get('content-type')).toContain('application/problem+json')
    expect(other.json).toMatchObject({
      status: 409,
      code: 'id-reused',
      results: [{ index: 0, id: e.id, status: 'refused', error: { path: '/id' } }],
    })
  })

  test('field order and spaces do not make it another content; an array of one is the same entry', async () => {
    const e = entry(HERE)
    await post(e)
    const turned = Object.fromEntries(Object.entries(e).reverse())
    const again = await product.call('/api/patrol/events', {
      method: 'POST',
      token,
      raw: JSON.stringify([turned], null, 3),
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect([again.status, statuses(again)]).toEqual([200, ['duplicate']])
  })

  test('the same id from another sender is another entry', async () => {
    const e = entry(HERE)
    const mine = await post(e)
    const theirs = await post(e, await product.token('grid-worker'))
    expect([mine.status, theirs.status]).toEqual([201, 201])
    expect(theirs.json.results[0].seq).not.toBe(mine.json.results[0].seq)
  })

  test('a batch with bad ones among good: 997 stored, 3 refused by index, path and reason; tallies equal what was stored', async () => {
    const before = await cityTally()
    const many = Array.from({ length: 1000 }, (_, i) => entry(GRIDS[i % GRIDS.length] as string, { id: `batch-${i}` })) as Record<
      string,
      unknown
    >[]
    delete (many[10] as { kind?: unknown }).kind
    ;(many[500] as { grid: string }).grid = '999999999999999'
    ;(many[999] as { title: string }).title = ''
    const answer = await post(many)
    expect(answer.status).toBe(207)
    expect(statuses(answer).filter((s) => s === 'stored')).toHaveLength(997)
    const refused = answer.json.results.filter((r: { status: string }) => r.status === 'refused')
    expect(refused.map((r: { index: number }) => r.index)).toEqual([10, 500, 999])
    expect(refused.map((r: { error: { path: string } }) => r.error.path)).toEqual(['/kind', '/grid', '/title'])
    for (const { error } of refused)
      expect(error).toEqual({ code: expect.any(String), path: expect.any(String), message: expect.stringMatching(/kind|grid|title/) })
    expect(new Set(answer.json.results.map((r: { seq?: number }) => r.seq)).size).toBe(998)
    const after = await cityTally(before.patrolsToday + 997)
    expect(after.personsToday - before.personsToday).toBe(997)
    const grids = (await product.call('/api/tables/gridTallies?limit=1000', { token: viewer })).json.rows
    expect(grids.reduce((n: number, [, row]: [string, { patrolsToday: number }]) => n + row.patrolsToday, 0)).toBe(after.patrolsToday)

    const again = await post(many)
    expect([again.status, statuses(again).filter((s) => s === 'duplicate').length]).toEqual([207, 997])
  })

  test('twice in one batch is stored once', async () => {
    const e = entry(HERE)
    const answer = await post([e, e, { ...e, title: '别的' }])
    expect([answer.status, statuses(answer)]).toEqual([207, ['stored', 'duplicate', 'refused']])
    expect(answer.json.results[1].seq).toBe(answer.json.results[0].seq)
  })

  test('an id so old that it is forgotten, whose incident stands: 409 for it alone, the others are stored', async () => {
    const old = entry(HERE, { kind: 'hazard' })
    await post(old)
    await straight(product.redisUrl, (redis) => redis.del(...keysOf(CITY).ids))
    const answer = await post([old, entry(HERE)])
    expect([answer.status, statuses(answer)]).toEqual([207, ['refused', 'stored']])
    expect(answer.json.results[0].error).toMatchObject({ code: 'id-reused', path: '/id' })
  })

  test('NDJSON: a bad line is refused alone, by its 0-based line', async () => {
    const [a, b] = [entry(HERE), entry(HERE, { kind: 'dispute' })]
    const answer = await ndjson(`${JSON.stringify(a)}\n{"id":\r\n${JSON.stringify(b)}\n`)
    expect([answer.status, statuses(answer)]).toEqual([207, ['stored', 'refused', 'stored']])
    expect(answer.json.results[1]).toMatchObject({ index: 1, error: { code: 'not-json' } })
  })

  test('two hundred requests at once with the same id store one entry', async () => {
    const e = entry(HERE)
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(e)))
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1)
    expect(new Set(answers.map((a) => a.json.results[0].seq)).size).toBe(1)
  })

  test('a hazard without level is yellow, a dispute green; each opens a numbered incident in the same append', async () => {
    const hazard = await post(entry(HERE, { kind: 'hazard' }))
    const dispute = await post(entry(HERE, { kind: 'dispute' }))
    const seqs = [hazard, dispute].map((a) => a.json.results[0].seq as number) as [number, number]
    const opened = (await Promise.all(seqs.map((seq) => product.journal.read(seq, 1)))) as [Entry][]
    expect(opened.map(([e]) => [e.event.type, (e.event.data as { level: string }).level])).toEqual([
      ['incident.reported', 'yellow'],
      ['incident.reported', 'green'],
    ])
    const [first, second] = opened.map(([e]) => e?.event.no as number) as [number, number]
    expect(second).toBe(first + 1)
  })

  test('a time far off is kept and flagged, a position of another system is converted', async () => {
    const late = await post(entry(HERE, { occurredAt: '1971-01-01T00:00:00Z' }))
    const early = await post(entry(HERE, { occurredAt: '2099-01-01T00:00:00+08:00' }))
    for (const a of [late, early]) {
      const [e] = await product.journal.read(a.json.results[0].seq - 1, 1)
      expect(e?.event.data).toMatchObject({ timeSuspect: true })
    }
    const shifted = await post(entry(HERE, { position: { lng: MIDDLE[0], lat: MIDDLE[1], crs: 'GCJ02' } }))
    const [e] = (await product.journal.read(shifted.json.results[0].seq - 1, 1)) as [Entry]
    const [lng, lat] = (e.event.data as { position: [number, number] }).position
    const metres = Math.hypot((lng - MIDDLE[0]) * 97_000, (lat - MIDDLE[1]) * 111_000)
    expect(metres).toBeGreaterThan(100)
    expect(metres).toBeLessThan(1000)
  })

  async function cityTally(patrols?: number) {
    for (const began = Date.now(); ; ) {
      const row = (await product.call('/api/tables/cityTally', { token: viewer })).json.rows[0][1]
      if (patrols === undefined || row.patrolsToday === patrols || Date.now() - began > 3_000) return row
    }
  }
})

describe('what is refused', () => {
  const head = async (): Promise<number> => (await product.journal.head()).seq

  test.each([
    ['schema', 400, { title: 123 }, 'invalid', '/title'],
    ['unknown field', 400, { surprise: 1 }, 'invalid', '/surprise'],
    ['bad level', 400, { level: 'purple' }, 'invalid', '/level'],
    ['impossible day', 400, { occurredAt: '2026-02-30T00:00:00+08:00' }, 'invalid', '/occurredAt'],
    ['swapped coordinates', 400, { position: { lng: 29, lat: 119, crs: 'WGS84' } }, 'invalid', '/position/lng'],
    ['absent system', 400, { position: { lng: 119.3, lat: 29.1 } }, 'invalid', '/position/crs'],
    ['direction marks', 400, { title: '火灾\u202e报' }, 'invalid', '/title'],
    ['unknown grid', 422, { grid: '330781999999999' }, 'unknown-grid', '/grid'],
    ['outside the city', 422, { position: { lng: 116.4, lat: 39.9, crs: 'WGS84' } }, 'position-outside', '/position'],
    ['long number in title', 422, { title: '电话 13800138000' }, 'number-in-title', '/title'],
  ])('%s: %i', async (_what, status, over, code, path) => {
    const before = await head()
    const answer = await post(entry(HERE, over))
    expect(answer.status).toBe(status)
    expect(answer.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String), code, errors: [{ path }] })
    expect(answer.json.results[0]).toMatchObject({ status: 'refused', error: { path } })
    expect(await head()).toBe(before)
  })

  test('all refused for different reasons: 422; all for one: that status', async () => {
    expect((await post([entry(HERE, { title: '' }), entry('330781999999999')])).status).toBe(422)
    expect((await post([entry(HERE, { title: '' }), entry(HERE, { kind: 'x' })])).status).toBe(400)
    const majian = await product.token('intake', '330781109')
    expect((await post([entry(HERE), entry(HERE)], majian)).status).toBe(403)
  })

  test('no token 401, a token that may not write 403, one of another township 403', async () => {
    expect((await product.call('/api/patrol/events', { method: 'POST', body: entry(HERE) })).status).toBe(401)
    expect((await post(entry(HERE), viewer)).status).toBe(403)
    expect((await post(entry(HERE), await product.token('intake', '330781109'))).status).toBe(403)
  })

  test('1001 entries and 5 MiB are too much: 413; nothing is stored', async () => {
    const before = await head()
    expect((await post(Array.from({ length: 1001 }, () => entry(HERE)))).status).toBe(413)
    const large = await post(entry(HERE, { note: 'x'.repeat(5 * 1024 * 1024) })).catch((error: Error) => error)
    // The server may hang up while the rest is still being sent.
    if (!(large instanceof Error)) expect(large.status).toBe(413)
    expect(await head()).toBe(before)
  })

  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded'])('%s: 415', async (type) => {
    const answer = await product.call('/api/patrol/events', {
      method: 'POST',
      token,
      raw: JSON.stringify(entry(HERE)),
      headers: { 'content-type': type },
    })
    expect([answer.status, answer.json.code]).toEqual([415, 'media-type'])
  })
})

describe('a sender that is too fast', () => {
  test('gets 429 with Retry-After; another sender does not; a full batch still passes afterwards', async () => {
    const slow = await startProduct({ on: product, config: { intakeLimit: { requests: 5, events: 50 } } })
    try {
      const send = (as: string) => slow.call('/api/patrol/events', { method: 'POST', token: as, body: entry(HERE) })
      const answers = await Promise.all(Array.from({ length: 15 }, () => send(token)))
      const held = answers.filter((a) => a.status === 429)
      expect(held.length).toBeGreaterThanOrEqual(8)
      for (const a of held) {
        expect(Number(a.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
        expect(a.json).toMatchObject({ status: 429, code: 'too-fast' })
      }
      expect((await send(await product.token('grid-worker'))).status).toBe(201)
    } finally {
      await slow.close()
    }
  })
})
