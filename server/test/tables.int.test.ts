/** Tables and the journal over HTTP: pages, the whole, ETag, compression, scope. */
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gridsOf, TOWNSHIPS } from './city.ts'
import { entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { expected, foldJournal } from './screen.ts'

let product: Product
let viewer: string

beforeAll(async () => {
  product = await startProduct()
  viewer = await product.token('viewer')
  const token = await product.token('intake')
  const answer = await product.call('/api/patrol/events', {
    method: 'POST',
    token,
    body: gridsOf().flatMap((grid) => [entry(grid), entry(grid, { kind: 'hazard', title: '占用消防通道' })]),
  })
  await settled(answer.json.results.at(-1).seq + 1)
})
afterAll(() => product?.close())

const get = (path: string, headers: Record<string, string> = {}, token = viewer) => product.call(`/api/tables/${path}`, { token, headers })
const settled = (seq: number) =>
  until(async () => Number((await get('grids')).headers.get('orchid-cursor')) >= seq, 3_000, `the tables did not reach ${seq}`)

describe('pages', () => {
  test.each(['grids', 'gridTallies', 'incidents', 'patrolFeed', 'cameras', 'areas'])(
    '%s: pages of 5 give each row of the fold once',
    async (table) => {
      const rows: [string, object][] = []
      for (let after: string | undefined; ; ) {
        const page = await get(`${table}?limit=5${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`)
        expect(page.status).toBe(200)
        expect(page.json.rows.length).toBeLessThanOrEqual(5)
        rows.push(...page.json.rows)
        after = page.json.next
        if (after === undefined) break
      }
      const head = await product.journal.head()
      const fold = expected(await foldJournal(product.journal, head.seq), [table], '')
      expect(rows.sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(fold[table])
    },
  )

  test('an `after` that is not a key any more still goes on behind its place', async () => {
    const all = (await get('gridTallies')).json.rows as [string, object][]
    const village = all[4]?.[0].slice(0, 12) as string
    const between = `${village}~~~`
    const next = (await get(`gridTallies?limit=2&after=${between}`)).json.rows
    const behind = all.findLastIndex(([code]) => code.startsWith(village)) + 1
    expect(next).toEqual(all.slice(behind, behind + 2))
  })

  test('headers name epoch and cursor; the answer may not be kept by others', async () => {
    const { headers } = await get('grids')
    expect(headers.get('orchid-epoch')).toBe((await product.journal.head()).epoch)
    expect(Number(headers.get('orchid-cursor'))).toBeGreaterThan(0)
    expect(headers.get('cache-control')).toContain('private')
  })

  test.each([
    ['nope', 404],
    ['constructor', 404],
    ['__proto__', 404],
    ['grids?limit=0', 400],
    ['grids?limit=1001', 400],
    ['grids?limit=1e2', 400],
    ['grids?limit=1&limit=2', 400],
    ['grids?area=*', 400],
    ['grids?area=33078', 400],
    ['grids?surprise=1', 400],
    ['grids?all=2', 400],
    ['grids?area=330782', 403],
  ])('%s: %i', async (path, status) => {
    const answer = await get(path)
    expect([answer.status, answer.json.status]).toEqual([status, status])
  })
})

describe('the whole table', () => {
  test('304 for what is held already, with epoch and cursor; another answer after a change, none after a change elsewhere', async () => {
    const first = await get('incidents?all=1')
    const etag = first.headers.get('etag') as string
    const same = await get('incidents?all=1', { 'if-none-match': etag })
    expect([same.status, same.text]).toEqual([304, ''])
    expect(same.headers.get('orchid-epoch')).toBeTruthy()
    expect(Number(same.headers.get('orchid-cursor'))).toBeGreaterThan(0)

    const token = await product.token('intake')
    const post = (more: object) => product.call('/api/patrol/events', { method: 'POST', token, body: entry(gridsOf()[0] as string, more) })
    const person = (await post({})).json.results[0].seq
    await settled(person)
    const still = await get('incidents?all=1', { 'if-none-match': etag })
    expect(still.status).toBe(304)
    expect(Number(still.headers.get('orchid-cursor'))).toBeGreaterThanOrEqual(person)

    await settled((await post({ kind: 'hazard' })).json.results[0].seq + 1)
    const changed = await get('incidents?all=1', { 'if-none-match': etag })
    expect([changed.status, changed.json.rows.length]).toEqual([200, first.json.rows.length + 1])
    expect(changed.headers.get('etag')).not.toBe(etag)
  })

  test('an ETag of one area is not one of another', async () => {
    const [one, two] = TOWNSHIPS
    const etag = (await get(`grids?all=1&area=${one}`)).headers.get('etag') as string
    const other = await get(`grids?all=1&area=${two}`, { 'if-none-match': etag })
    expect(other.status).toBe(200)
    expect(other.json.rows.every(([code]: [string]) => code.startsWith(two))).toBe(true)
  })

  test('is compressed for whoever takes gzip and plain for whoever does not; the rows are the same', async () => {
    const zipped = await raw('/api/tables/grids?all=1', { 'accept-encoding': 'gzip' })
    const plain = await raw('/api/tables/grids?all=1', { 'accept-encoding': 'identity' })
    expect(zipped.encoding).toBe('gzip')
    expect(plain.encoding).toBeUndefined()
    expect(gunzipSync(zipped.body).toString()).toBe(plain.body.toString())
    expect(zipped.body.length).toBeLessThan(plain.body.length / 2)
  })

  function raw(path: string, headers: Record<string, string>): Promise<{ encoding: string | undefined; body: Buffer }> {
    return new Promise((resolve, reject) => {
      request(product.base + path, { headers: { ...headers, authorization: `Bearer ${viewer}` } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('end', () => resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }))
      })
        .on('error', reject)
        .end()
    })
  }
})

describe('the journal', () => {
  test('events are dense and complete, page by page, and narrowed by subject', async () => {
    const events: { seq: number; subject: string }[] = []
    for (let from = 1; ; ) {
      const { json } = await product.call(`/api/events?limit=20&from=${from}`, { token: viewer })
      events.push(...json.events)
      if (json.next === undefined) break
      from = json.next
    }
    expect(events.map((e) => e.seq)).toEqual(Array.from({ length: (await product.journal.head()).seq }, (_, i) => i + 1))
    const incident = events.find((e) => e.subject.startsWith('incident:'))?.subject as string
    const narrowed = await product.call(`/api/events?subject=${incident}`, { token: viewer })
    expect(narrowed.json.events).toEqual(events.filter((e) => e.subject === incident))
    expect((await product.call('/api/events?from=3&to=5', { token: viewer })).json.events.map((e: { seq: number }) => e.seq)).toEqual([
      3, 4, 5,
    ])
  })

  test('a township reads its own only', async () => {
    const token = await product.token('viewer', '330781109')
    const { json } = await product.call('/api/events?limit=1000', { token })
    expect(json.events.length).toBeGreaterThan(8)
    expect(json.events.every((e: { area: string }) => e.area.startsWith('330781109'))).toBe(true)
  })
})
