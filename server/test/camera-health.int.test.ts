/** The truth about pictures over HTTP: a still with its time, uptime as far as known, and what nobody sees; each in the caller's area. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [HERE, , AWAY] = TOWNSHIPS
const mine = `cam-${HERE}`
let product: Product
beforeAll(async () => {
  const { data } = cameraOf(HERE) as { data: Record<string, unknown> }
  const { gbCode: _, ...rest } = data
  const unplayable = { ...rest, id: 'no-address', backend: 'gateway', department: '水务局' }
  product = await startProduct({
    events: [{ type: 'camera.registered', area: `${HERE}001001`, subject: 'camera:no-address', data: unplayable }],
  })
})
afterAll(() => product?.close())

const get = async (path: string, area = CITY, role: 'viewer' | 'intake' = 'viewer') =>
  product.call(path, { token: await product.token(role, area) })
const snapshot = async (id: string, area = CITY): Promise<Response> =>
  fetch(`${product.base}/api/cameras/${id}/snapshot.jpg`, { headers: { authorization: `Bearer ${await product.token('viewer', area)}` } })

test('given a camera that plays, its last key frame comes as a JPEG with the time and the age of the frame', async () => {
  const before = Date.now()
  const answer = await snapshot(mine, HERE)
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('orchid-camera-state')]).toEqual([
    200,
    'image/jpeg',
    'live',
  ])
  const body = Buffer.from(await answer.arrayBuffer())
  expect(body.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  const at = Date.parse(answer.headers.get('orchid-frame-at') as string)
  expect(at).toBeGreaterThan(before - 5_000)
  expect(at).toBeLessThanOrEqual(Date.now())
  // It was reckoned a moment ago.
  const age = Number(answer.headers.get('age'))
  expect(age).toBeGreaterThanOrEqual(0)
  expect(age).toBeLessThanOrEqual(Math.round((Date.now() - at) / 1000))
  expect(answer.headers.get('cache-control')).toBe('no-store')
})

test('given a camera without a picture, there is no old one and no empty one, but a reason', async () => {
  const answer = await snapshot('no-address')
  expect([answer.status, answer.headers.get('orchid-camera-state')]).toEqual([503, 'offline'])
  expect(await answer.json()).toMatchObject({
    code: 'not-playing',
    state: 'offline',
    reason: 'unknown-camera',
    detail: expect.stringContaining('unknown-camera'),
  })
})

test('a picture from another area does not exist, and reporting alone gives no right to look', async () => {
  expect((await snapshot(mine, AWAY)).status).toBe(404)
  expect((await snapshot('never')).status).toBe(404)
  expect((await get(`/api/cameras/${mine}/snapshot.jpg`, CITY, 'intake')).status).toBe(403)
  expect((await product.call(`/api/cameras/${mine}/snapshot.jpg`)).status).toBe(401)
})

test('uptime counts what was known, by camera and by department, in the own area only', async () => {
  await until(
    async () => {
      const { rows } = (await get('/api/cameras/uptime?by=camera&days=1', HERE)).json
      return (
        rows.find((row: { id: string; known: number }) => row.id === mine && row.known > 0) &&
        rows.find((row: { id: string; known: number }) => row.id === 'no-address' && row.known > 0)
      )
    },
    15_000,
    'nothing became known of the two cameras',
  )
  const rows = new Map<string, object>(
    (await get('/api/cameras/uptime?by=camera&days=1', HERE)).json.rows.map((row: { id: string }) => [row.id, row]),
  )
  expect([...rows.keys()].sort()).toEqual([mine, 'no-address'])
  expect(rows.get(mine)).toMatchObject({ online: 1, well: 1 })
  expect(rows.get('no-address')).toMatchObject({ department: '水务局', online: 0, well: 0 })
  const departments = (await get('/api/cameras/uptime')).json.rows
  expect(departments).toContainEqual(expect.objectContaining({ department: '水务局', cameras: 1, checked: 1, online: 0 }))
  // Of the other townships' cameras nothing is known: they are counted, and no share is made of them.
  expect((await get('/api/cameras/uptime', AWAY)).json.rows).toEqual([{ cameras: 1, checked: 0, known: 0 }])
  expect((await get(`/api/cameras/uptime?area=${AWAY}`, HERE)).status).toBe(403)
  expect((await get('/api/cameras/uptime?days=0')).status).toBe(400)
})

test('coverage tells of each grid of the area what is seen and what is blind', async () => {
  const all = (await get('/api/cameras/coverage')).json
  expect(all.rows.map(({ grid }: { grid: string }) => grid).sort()).toEqual(gridsOf().sort())
  for (const { seen, perhaps, blind } of all.rows) expect(seen + perhaps + blind).toBeCloseTo(1)
  // The three drawn cameras stand on one spot, where four squares meet, and look north with 200 m.
  const looked = all.rows.filter(({ cameras }: { cameras: number }) => cameras > 0)
  expect(looked.length).toBeGreaterThan(0)
  for (const { blind } of looked) expect(blind).toBeGreaterThan(0.99)
  expect((await get('/api/cameras/coverage', HERE)).json.rows.every(({ grid }: { grid: string }) => grid.startsWith(HERE))).toBe(true)
  expect((await get(`/api/cameras/coverage?area=${AWAY}`, HERE)).status).toBe(403)
})
