/** The camera registry over HTTP: edits are events, addresses are sealed, and what is retired may come back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf } from './city.ts'
import { type Product, startProduct } from './product.ts'

const [HERE] = gridsOf() as [string]
let product: Product
let admin: string
let ids = 0

beforeAll(async () => {
  product = await startProduct()
  admin = await product.token('system-admin')
})
afterAll(() => product?.close())

const send = (command: string, data: object, id = `cam-${++ids}`) =>
  product.call(`/api/commands/camera.${command}`, { method: 'POST', token: admin, body: { id, data } })
const fresh = (id: string, more: object = {}): object => {
  const { gbCode: _, ...data } = cameraOf('330781101').data as { gbCode: string }
  return { ...data, id, grid: HERE, backend: 'gateway', ...more }
}
const sealed = async (id: string) => (await product.journal.openPrivate(`camera:${id}`)) ?? {}
const row = async (id: string) =>
  (await product.call('/api/tables/cameras?all=1', { token: admin })).json.rows.find(([key]: [string]) => key === id)?.[1]

test('an edit tells who, what and why, and changes the row', async () => {
  await send('register', fresh('c1', { bearing: 10 }))
  expect((await send('edit', { id: 'c1', bearing: 20, reason: '云台调整' })).status).toBe(201)
  expect(await row('c1')).toMatchObject({ bearing: 20 })
  const { events } = (await product.call('/api/events?subject=camera:c1', { token: admin })).json
  expect(events.at(-1)).toMatchObject({
    type: 'camera.edited',
    sender: `system-admin-${CITY}`,
    data: { before: { bearing: 10 }, after: { bearing: 20 }, reason: '云台调整' },
  })
})

test('an address is sealed, replaced by an edit, and forgotten with the camera; no answer holds its password', async () => {
  const first = 'rtsp://admin:pass-One@10.1.2.3/1'
  const second = 'rtsp://admin:pass-Two@10.1.2.3/1'
  const answers = [await send('register', fresh('c2', { source: first }))]
  expect(await sealed('c2')).toEqual({ source: first })
  answers.push(await send('edit', { id: 'c2', source: second, reason: '更换口令' }))
  expect(await sealed('c2')).toEqual({ source: second })
  answers.push(await send('register', fresh('c2', { source: first })))
  answers.push(await send('register', fresh('c3', { source: `${first} with blanks` })))
  answers.push(await product.call('/api/tables/cameras?all=1', { token: admin }))
  answers.push(await product.call('/api/events?limit=1000', { token: admin }))
  answers.push(await product.call('/api/private', { method: 'POST', token: admin, body: { subject: 'camera:c2', reason: '看看' } }))
  answers.push(
    await product.call('/api/private', {
      method: 'POST',
      token: await product.token('duty-officer'),
      body: { subject: 'camera:c2', reason: '看看' },
    }),
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 409, 400, 200, 200, 400, 400])
  for (const { text } of answers) expect(text).not.toMatch(/pass-(One|Two)/)
  expect((await send('retire', { id: 'c2', reason: '设备拆除' })).status).toBe(201)
  expect(await sealed('c2')).toEqual({})
})

test('the same command with another address is another command', async () => {
  const data = fresh('c4', { source: 'rtsp://10.1.2.3/1' })
  expect((await send('register', data, 'same-id')).status).toBe(201)
  expect((await send('register', data, 'same-id')).status).toBe(200)
  const other = await send('register', { ...data, source: 'rtsp://10.1.2.3/2' }, 'same-id')
  expect([other.status, other.json.code]).toEqual([409, 'id-reused'])
})

test('what was retired may be registered again under its id, and edited, although its row was gone meanwhile', async () => {
  await send('register', fresh('c5'))
  await send('retire', { id: 'c5', reason: '误登' })
  expect(await row('c5')).toBeUndefined()
  expect((await send('register', fresh('c5', { name: '又来了' }))).status).toBe(201)
  expect((await send('edit', { id: 'c5', range: 300, reason: '实测' })).status).toBe(201)
  expect(await row('c5')).toMatchObject({ name: '又来了', range: 300 })
})

test('two edits of one camera at once: both are carried out, one after the other', async () => {
  await send('register', fresh('c6'))
  const answers = await Promise.all([
    send('edit', { id: 'c6', bearing: 1, reason: '改朝向' }),
    send('edit', { id: 'c6', range: 111, reason: '改距离' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(await row('c6')).toMatchObject({ bearing: 1, range: 111 })
})

test('an edit without a reason, of an unknown field, or by others than administrators is refused', async () => {
  expect((await send('edit', { id: 'c1', bearing: 1 })).status).toBe(400)
  expect((await send('edit', { id: 'c1', reason: '改动', colour: 'red' })).status).toBe(400)
  const body = { id: 'x-1', data: { id: 'c1', bearing: 1, reason: '改动' } }
  const officer = await product.call('/api/commands/camera.edit', { method: 'POST', token: await product.token('duty-officer'), body })
  expect(officer.status).toBe(403)
})
