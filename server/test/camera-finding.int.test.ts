/** Finding cameras: those that see a spot, and those that words lead to, in the own area only. */
import type { EventBody } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [ONE, TWO] = TOWNSHIPS
const SPOT = [119.24, 29.04] as const
const METRE = 1 / 111_195

const camera = (id: string, north: number, more: object = {}): EventBody => {
  const grid = gridsOf(ONE)[0] as string
  const { gbCode: _, ...data } = cameraOf(ONE).data as { gbCode: string }
  return {
    type: 'camera.registered',
    area: (more as { grid?: string }).grid ?? grid,
    subject: `camera:${id}`,
    data: { ...data, id, name: `点 ${id}`, position: [SPOT[0], SPOT[1] + north * METRE], bearing: 0, fov: 60, range: 300, grid, ...more },
  }
}
let product: Product
let viewer: string
beforeAll(async () => {
  product = await startProduct({
    events: [
      camera('near', -50, {
        name: '女埠街道 江滨东路',
        gbCode: '33078100001320000077',
        department: '水务局',
        people: ['township-secretary'],
        siteKind: 'river',
      }),
      camera('live', -150, { name: '江滨西路' }),
      camera('away', -20, { bearing: 180 }),
      camera('foreign', -30, { grid: gridsOf(TWO)[0], name: '江滨外路' }),
    ],
  })
  viewer = await product.token('viewer')
  await product.journal.append([
    {
      sender: 'system',
      id: 'state-1',
      bodyHash: '',
      expect: [['camera-state:live', 0]],
      events: [
        {
          type: 'camera.state-changed',
          area: gridsOf(ONE)[0] as string,
          subject: 'camera-state:live',
          data: { id: 'live', grid: gridsOf(ONE)[0], from: 'unchecked', to: 'live' },
        },
      ],
    },
  ])
  await until(async () => (await product.call('/api/tables/cameraStates', { token: viewer })).json.rows.length > 0, 3_000, 'no state')
})
afterAll(() => product?.close())

const near = (query: string, token = viewer) => product.call(`/api/cameras/near?${query}`, { token })
const search = (q: string, more = '', token = viewer) => product.call(`/api/cameras/search?q=${encodeURIComponent(q)}${more}`, { token })
const found = async (q: string, more = '', token = viewer) => (await search(q, more, token)).json.rows.map(([id]: [string]) => id)

describe('near', () => {
  const spot = `lng=${SPOT[0]}&lat=${SPOT[1]}`
  test('those that see the spot, online first, with distance, direction, fit and state', async () => {
    const { status, json } = await near(`${spot}&crs=WGS84`)
    expect(status).toBe(200)
    expect(json.cameras.map(({ id }: { id: string }) => id)).toEqual(['live', 'foreign', 'near'])
    expect(json.cameras[0]).toEqual({
      ...{ id: 'live', distance: 150, bearing: 0, fit: 1, sees: 'yes', state: 'live', since: expect.any(Number) },
      camera: expect.objectContaining({ id: 'live', name: '江滨西路' }),
    })
    expect(json.cameras[1].state).toBe('unchecked')
    expect((await near(`${spot}&crs=WGS84&n=1`)).json.cameras).toHaveLength(1)
  })
  test('the system must be declared and is reckoned with', async () => {
    expect((await near(spot)).status).toBe(400)
    const shifted = await near(`${spot}&crs=GCJ02`)
    expect(shifted.json.cameras.map(({ id }: { id: string }) => id)).not.toEqual(['live', 'foreign', 'near'])
  })
  test('a township sees its own only, and far away nobody sees', async () => {
    const own = await near(`${spot}&crs=WGS84`, await product.token('viewer', ONE))
    expect(own.json.cameras.map(({ id }: { id: string }) => id)).toEqual(['live', 'near'])
    expect((await near('lng=0&lat=0&crs=WGS84')).json.cameras).toEqual([])
  })
  test.each([
    'lng=x&lat=29&crs=WGS84',
    'lng=119&crs=WGS84',
    'lng=1e400&lat=29&crs=WGS84',
    `${'lng=119&lat=29&crs=WGS84'}&n=0`,
    'lng=119&lat=29&crs=WGS84&n=1000',
    'lng=119&lat=29&crs=X',
  ])('%s: 400', async (query) => expect((await near(query)).status).toBe(400))
})

describe('search', () => {
  test.each([
    ['江滨', ['live', 'foreign', 'near']],
    ['jbdl', ['near']],
    ['nvbu', ['near']],
    ['33078100001320000077', ['near']],
    ['水务局', ['near']],
    ['书记', ['near']],
    ['江河 女埠', ['near']],
    [gridsOf(TWO)[0] as string, ['foreign']],
    ['.*', []],
    ['没有这个地方', []],
  ])('%s', async (q, expected) =>
    expect((await found(q)).filter((id: string) => !id.startsWith('cam-')).sort()).toEqual([...expected].sort()),
  )

  test('in pages, each camera once; the total counts the own area only', async () => {
    const first = await search('江滨', '&limit=2')
    const second = await search('江滨', `&limit=2&after=${first.json.next}`)
    expect([first.json.total, first.json.rows.length, second.json.rows.length, second.json.next]).toEqual([3, 2, 1, undefined])
    expect(new Set([...first.json.rows, ...second.json.rows].map(([id]: [string]) => id)).size).toBe(3)
    const own = await search('江滨', '', await product.token('viewer', ONE))
    expect(own.json.total).toBe(2)
    expect(own.text).not.toContain('外路')
  })

  test('what is renamed is found under its new name at once, and what is retired not any more', async () => {
    const token = await product.token('system-admin')
    const send = (command: string, data: object) =>
      product.call(`/api/commands/camera.${command}`, { method: 'POST', token, body: { id: `f-${command}`, data } })
    await send('edit', { id: 'away', name: '白露山观景台', reason: '更名' })
    expect(await found('bls')).toEqual(['away'])
    await send('retire', { id: 'away', reason: '拆除' })
    expect(await found('bls')).toEqual([])
  })

  test.each(['', ' '.repeat(3) + 'x'.repeat(90), 'a\u0000b', 'a\u202eb'])('%j: 400', async (q) =>
    expect((await search(q)).status).toBe(400),
  )
  test('an area of others: 403', async () => {
    expect((await search('x', `&area=${TWO}`, await product.token('viewer', ONE))).status).toBe(403)
    expect((await search('x', `&area=${CITY}`)).status).toBe(200)
  })
})
