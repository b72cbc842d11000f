/** A journal that may not be written or cannot be read is refused with a sentence instead of being tried for ever. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JournalUnusable } from '../../src/journal/journal.ts'
import { keysOf } from '../../src/journal/keys.ts'
import { straight } from '../redis.ts'
import { type Journals, startJournals } from './journals.ts'

let journals: Journals
beforeAll(async () => {
  journals = await startJournals()
})
afterAll(() => journals?.close())

test('a journal is opened again with its own secret only', async () => {
  const { city } = await journals.fresh()
  await (await journals.open(city)).head()
  const refused = journals.open(city, Buffer.alloc(32, 7))
  await expect(refused).rejects.toThrow(JournalUnusable)
  await expect(refused).rejects.toThrow('journal.key')
})

test('of two secrets that come to a new journal at once, one is refused', async () => {
  for (let city = 220_001; city <= 220_010; city++) {
    const opened = await Promise.allSettled([1, 2].map((n) => journals.open(String(city), Buffer.alloc(32, n))))
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  }
})

test('an entry of a form that is not read here is named', async () => {
  const { journal, city } = await journals.fresh()
  await straight(journals.url, (redis) => redis.xadd(keysOf(city).journal, '1-0', 'h', 'mark 1', 'x', '{}'))
  await expect(journal.read(0, 10)).rejects.toThrow('Entry 1-0')
})
