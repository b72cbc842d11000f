/** Senders that say they are alive, fall silent, and come back. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TOWNSHIPS } from './city.ts'
import { entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

let product: Product
let intake: string
let viewer: string

beforeAll(async () => {
  product = await startProduct()
  intake = await product.token('intake')
  viewer = await product.token('viewer')
})
afterAll(() => product?.close())

const beat = (name: string, token = intake) => product.call(`/api/sources/${name}/beat`, { method: 'POST', token })
const row = async (name: string) => {
  const { json } = await product.call('/api/tables/sources', { token: viewer })
  return json.rows.find(([key]: [string]) => key === name)?.[1]
}

// The two that wait for the clock wait together; each has a sender of its own, so that what one is refused is not told of the other's.
test.concurrent('one that falls silent is lost within 12 s, and live again with its next beat', async () => {
  const sender = await product.token('intake', TOWNSHIPS[0])
  expect((await beat('hydrology', sender)).status).toBe(204)
  await until(async () => (await row('hydrology'))?.state === 'live', 3_000, 'it is not live')
  const lost = await until(async () => ((await row('hydrology')).state === 'lost' ? row('hydrology') : undefined), 12_000, 'it is not lost')
  expect(lost.since - lost.heardAt).toBeGreaterThan(8_000)
  expect((await beat('hydrology', sender)).status).toBe(204)
  await until(async () => (await row('hydrology')).state === 'live', 3_000, 'it is not live again')
  const { json } = await product.call('/api/events?subject=source:hydrology', { token: viewer })
  expect(json.events.map((e: JournalEvent) => e.type)).toEqual(['source.returned', 'source.lost', 'source.returned'])
})

test.concurrent('given Redis stands still for longer than a source may be silent, then none that goes on as before is called lost', async () => {
  const own = await startProduct()
  try {
    const token = await own.token('intake')
    const beating = () => own.call('/api/sources/hydrology/beat', { method: 'POST', token })
    await until(async () => (await beating()).status === 204, 5_000, 'no beat is taken')
    process.kill(own.redisPid(), 'SIGSTOP')
    await sleep(9_000)
    process.kill(own.redisPid(), 'SIGCONT')
    const ready = () => own.call('/readyz').then(({ status }) => status === 200)
    await until(ready, 10_000, 'the server does not find Redis again')
    // A source beats every 3 s: the first beat after the pause is that long in coming.
    await sleep(2_500)
    await until(async () => (await beating()).status === 204, 5_000, 'no beat is taken any more')
    const { json } = await own.call('/api/events?subject=source:hydrology', { token: await own.token('viewer') })
    expect(json.events.map((e: JournalEvent) => e.type)).toEqual(['source.returned'])
  } finally {
    await own.close()
  }
})

test.concurrent('every refused entry is counted once, also those refused while it is told', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `counting-${i}`)
  for (const name of names) await beat(name)
  for (const name of names) await until(() => row(name), 3_000, 'it is not in the table')
  let sent = 0
  const sending = async (until: number): Promise<void> => {
    for (; performance.now() < until; sent++)
      expect((await product.call('/api/patrol/events', { method: 'POST', token: intake, body: entry('330781999999999') })).status).toBe(422)
  }
  const end = performance.now() + 2_500
  await Promise.all(Array.from({ length: 20 }, () => sending(end)))
  const counted = async (name: string): Promise<number> => {
    const { json } = await product.call(`/api/events?subject=source:${name}`, { token: viewer })
    const told = json.events.filter((e: JournalEvent) => e.type === 'source.refused') as { data: { rejected: number } }[]
    return told.reduce((sum, { data }) => sum + data.rejected, 0)
  }
  for (const name of names) {
    await until(async () => (await counted(name)) >= sent, 20_000, `some were not counted for ${name}`)
    expect(await counted(name)).toBe(sent)
  }
})

test('many beats at once make one source', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => beat('gauges')))
  expect(answers.every((answer) => answer.status === 204)).toBe(true)
  await until(() => row('gauges'), 3_000, 'it is not in the table')
  const { json } = await product.call('/api/events?subject=source:gauges', { token: viewer })
  expect(json.events).toHaveLength(1)
})

test('nobody else can speak for it', async () => {
  await beat('shelters')
  await until(() => row('shelters'), 3_000, 'it is not in the table')
  const answer = await beat('shelters', await product.token('grid-worker'))
  expect([answer.status, answer.json.code]).toEqual([403, 'foreign-source'])
})

test.each(['Gauge', '-x', 'x'.repeat(41), '%00', '..%2f..', '__proto__'])('a source cannot be called %s', async (name) => {
  expect((await beat(name)).status).toBe(400)
})
