/** A new Shanghai day on a quiet night: it begins by Redis' clock, which need not be ours. */
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysOf } from '../src/journal/keys.ts'
import { CITY } from './city.ts'
import { sleep, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { straight } from './redis.ts'

let product: Product
beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product?.close())

test('a day that Redis comes to after us begins without any event', async () => {
  const days = async (): Promise<unknown[]> => {
    const entries = await product.journal.read(0, 10_000)
    return entries
      .filter(({ event }) => event.type === 'day-began')
      .map(({ event }) => (event as JournalEvent & { data: { day: string } }).data.day)
  }
  const before = await days()
  // Our own clock has been past midnight for longer than a tick takes.
  await sleep(2_500)
  await straight(product.redisUrl, (redis) => redis.hincrby(keysOf(CITY).meta, 'day', -1))
  await until(async () => (await days()).length > before.length, 13_000, 'no day began')
  expect(await days()).toEqual([...before, before.at(-1)])
})
