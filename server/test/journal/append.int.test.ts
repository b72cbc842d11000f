/** append.lua through the journal against a real Redis: what is stored, what is known, and what time does. */
import { randomBytes } from 'node:crypto'
import { DAY, shanghaiDay, shanghaiDayStart } from '@orchid/shared/kernel/time'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Append, Entry, Journal } from '../../src/journal/journal.ts'
import { until } from '../http.ts'
import { straight } from '../redis.ts'
import { append, type Journals, seqsOf, startJournals } from './journals.ts'

let journals: Journals
beforeAll(async () => {
  journals = await startJournals()
})
afterAll(() => journals?.close())

const all = (journal: Journal): Promise<Entry[]> => journal.read(0, 100_000)
const types = async (journal: Journal): Promise<string[]> => (await all(journal)).map(({ event }) => event.type)
/** Noon in Shanghai of a date such as 2024-02-28. */
const noon = (date: string): number => Date.parse(`${date}T12:00:00+08:00`)

async function one(journal: Journal, request: Append) {
  const [verdict] = await journal.append([request])
  if (!verdict) throw new Error('no verdict')
  return verdict
}

describe('storing', () => {
  test('seqs are dense over requests of several events and over calls at once', async () => {
    const { journal } = await journals.fresh()
    const event = { type: 'noted', area: '110000', subject: 'n:1', data: {} }
    const calls = Array.from({ length: 30 }, (_, i) =>
      journal.append([append(), append({ events: Array.from({ length: i % 4 }, () => event) })]),
    )
    const seqs = (await Promise.all(calls)).flat().flatMap(seqsOf)
    expect(seqs.sort((a, b) => a - b)).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 2))
    expect((await all(journal)).map(({ event }) => event.seq)).toEqual(Array.from({ length: seqs.length + 1 }, (_, i) => i + 1))
  })

  test('what is read is what was given, with place, time, sender and id', async () => {
    const { journal } = await journals.fresh()
    const data = { text: '汉字 "quoted" \\ \u2028 🌸 \t', deep: [{ a: null }], number: 1e-7, empty: '' }
    const [seq] = seqsOf(await one(journal, append({ id: 'given', subject: '主体:甲 乙', data, origin: 'demo' })))
    const [{ event }] = (await journal.read((seq as number) - 1, 1)) as [Entry]
    expect(event).toEqual({
      type: 'noted',
      area: '110000',
      subject: '主体:甲 乙',
      data,
      sender: 'tester',
      id: 'given',
      origin: 'demo',
      seq,
      recordedAt: expect.any(Number),
    })
    expect(Math.abs(event.recordedAt - Date.now())).toBeLessThan(60_000)
  })

  test('a thousand requests in one call, one of them of 250 events', async () => {
    const { journal } = await journals.fresh()
    const event = { type: 'noted', area: '110000', subject: 'n:1', data: {} }
    const requests = Array.from({ length: 1_000 }, (_, i) => append(i === 500 ? { events: Array.from({ length: 250 }, () => event) } : {}))
    const verdicts = await journal.append(requests)
    expect(verdicts.map((verdict) => seqsOf(verdict).length)).toEqual(requests.map((request) => request.events.length))
    const large = seqsOf(verdicts[500])
    expect((large.at(-1) as number) - (large[0] as number)).toBe(249)
    expect((await all(journal)).length).toBe(1 + 999 + 250)
  })

  test('a request without events is remembered, and stores nothing', async () => {
    const { journal } = await journals.fresh()
    await journal.tick()
    const request = append({ events: [] })
    expect(await one(journal, request)).toMatchObject({ status: 'stored', seqs: [] })
    expect(await one(journal, request)).toMatchObject({ status: 'duplicate' })
    expect(await types(journal)).toEqual(['day-began'])
  })
})

describe('the same id', () => {
  test('with the same content is a duplicate with the first seq, with another one is reused; another sender is another id', async () => {
    const { journal } = await journals.fresh()
    const request = append({ id: 'x', bodyHash: 'one' })
    const [seq] = seqsOf(await one(journal, request))
    expect(await one(journal, request)).toEqual({ status: 'duplicate', seq })
    expect(await one(journal, { ...request, bodyHash: 'two' })).toEqual({ status: 'id-reused', seq })
    expect((await one(journal, { ...request, sender: 'other' })).status).toBe('stored')
    expect(await journal.lookup('tester', 'x', 'one')).toEqual({ status: 'duplicate', seq })
    expect(await journal.lookup('tester', 'x', 'two')).toEqual({ status: 'id-reused', seq })
    expect(await journal.lookup('tester', 'y', 'one')).toBeUndefined()
  })

  test('twice in one call, and fifty times at once, is stored once', async () => {
    const { journal } = await journals.fresh()
    const request = append()
    const together = await journal.append([request, append(), request])
    expect(together.map((verdict) => verdict.status)).toEqual(['stored', 'stored', 'duplicate'])
    const other = append()
    const answers = (await Promise.all(Array.from({ length: 50 }, () => journal.append([other])))).flat()
    expect(answers.filter((verdict) => verdict.status === 'stored')).toHaveLength(1)
  })

  test('comes before the expectations: a repetition is a duplicate though the subject has moved on', async () => {
    const { journal } = await journals.fresh()
    const request = append({ subject: 's:1', expect: [['s:1', 0]] })
    const [seq] = seqsOf(await one(journal, request))
    await one(journal, append({ subject: 's:1', expect: [['s:1', seq as number]] }))
    expect(await one(journal, request)).toEqual({ status: 'duplicate', seq })
  })

  test('sender and id cannot be shifted into each other', async () => {
    const { journal } = await journals.fresh()
    await one(journal, append({ sender: 'a', id: 'bc' }))
    expect((await one(journal, append({ sender: 'ab', id: 'c' }))).status).toBe('stored')
  })
})

describe('expected versions', () => {
  test('the right one stores and moves it; a stale one is a conflict with the present version and the head; nothing of the request is stored', async () => {
    const { journal } = await journals.fresh()
    const [first] = seqsOf(await one(journal, append({ subject: 's:1', expect: [['s:1', 0]] }))) as [number]
    const before = await all(journal)
    const stale = append({
      expect: [
        ['t:1', 0],
        ['s:1', 0],
      ],
      events: ['t:1', 's:1'].map((subject) => ({ type: 'noted', area: '110000', subject, data: {} })),
      private: { subject: 'secret:1', fields: { a: 1 } },
    })
    expect(await one(journal, stale)).toEqual({ status: 'conflict', subject: 's:1', version: first, head: first })
    expect(await all(journal)).toEqual(before)
    expect(await journal.openPrivate('secret:1')).toBeUndefined()
    // Neither was its id used up, nor the other subject touched.
    expect(await one(journal, { ...stale, expect: [['t:1', 0] as const, ['s:1', first] as const] })).toMatchObject({ status: 'stored' })
  })

  test('subjects with blanks and other odd signs are told apart', async () => {
    const { journal } = await journals.fresh()
    const subject = 'odd: a b  c\u0000d 汉'
    const [first] = seqsOf(await one(journal, append({ subject, expect: [[subject, 0]] }))) as [number]
    expect(await one(journal, append({ subject, expect: [[subject, 0]] }))).toMatchObject({ status: 'conflict', subject, version: first })
  })

  test('within one call, each request sees what the one before it stored', async () => {
    const { journal } = await journals.fresh()
    const request = () => append({ subject: 's:1', expect: [['s:1', 0]] })
    const verdicts = await journal.append([request(), request(), append()])
    expect(verdicts.map((verdict) => verdict.status)).toEqual(['stored', 'conflict', 'stored'])
    expect(verdicts[1]).toMatchObject({ version: 2 })
  })

  test('of twenty who expect the same version at once, one wins', async () => {
    const { journal } = await journals.fresh()
    const answers = await Promise.all(Array.from({ length: 20 }, () => journal.append([append({ subject: 's:1', expect: [['s:1', 0]] })])))
    expect(answers.flat().filter((verdict) => verdict.status === 'stored')).toHaveLength(1)
  })
})

describe('days', () => {
  test('every missed Shanghai day begins, over a leap day and a year end; numbers start at 1 each day', async () => {
    const { journal } = await journals.fresh()
    const numbered = (recordedAt: number) =>
      append({ recordedAt, events: [{ type: 'reported', area: '110000', subject: 'i:1', data: {}, numbered: true }] })
    await journal.append([numbered(noon('2024-02-28')), numbered(noon('2024-02-28') + 1), append({ recordedAt: noon('2024-03-01') })])
    await journal.append([numbered(noon('2024-03-01')), numbered(noon('2024-12-31')), numbered(noon('2025-01-01'))])
    const entries = await all(journal)
    const days = entries.flatMap(({ event }) => (event.type === 'day-began' ? [(event.data as { day: string }).day] : []))
    expect(days.slice(0, 3)).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
    expect(days).toHaveLength(shanghaiDay(noon('2025-01-01')) - shanghaiDay(noon('2024-02-28')) + 1)
    expect(new Set(days).size).toBe(days.length)
    expect(entries.filter(({ event }) => event.no !== undefined).map(({ event }) => event.no)).toEqual([1, 2, 1, 1, 1])
    for (const { event } of entries)
      if (event.type === 'day-began' && event.seq > 1) expect(event.recordedAt).toBe(shanghaiDayStart(shanghaiDay(event.recordedAt)))
    expect((await journal.head()).day).toBe('2025-01-01')
  })

  test('a day begins at midnight in Shanghai and not a millisecond before', async () => {
    const { journal } = await journals.fresh()
    const midnight = shanghaiDayStart(20_000)
    await journal.append([append({ recordedAt: midnight - 1 }), append({ recordedAt: midnight })])
    expect(await types(journal)).toEqual(['day-began', 'noted', 'day-began', 'noted'])
  })

  test('time never falls, whatever the clock says', async () => {
    const { journal } = await journals.fresh()
    const at = noon('2025-05-05')
    await journal.append([at, at - 5_000, at - 40 * DAY, at + 1].map((recordedAt) => append({ recordedAt })))
    expect((await all(journal)).slice(1).map(({ event }) => event.recordedAt - at)).toEqual([0, 0, 0, 1])
  })

  test('times of the caller are only for a journal that knows no others', async () => {
    const { journal } = await journals.fresh()
    await journal.append([append({ recordedAt: noon('2025-05-05') })])
    await one(journal, append())
    await expect(journal.append([append({ recordedAt: noon('2025-05-06') })])).rejects.toThrow(RangeError)
    await expect(journal.append([append({ recordedAt: -1 })])).rejects.toThrow(RangeError)
    await expect(journal.append([append({ recordedAt: 1.5 })])).rejects.toThrow(RangeError)
    // Others in the same call are not harmed.
    const [refused, stored] = await Promise.allSettled([
      journal.append([append({ recordedAt: noon('2025-05-06') })]),
      journal.append([append()]),
    ])
    expect([refused?.status, stored?.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('a tick lets the days begin that passed since, and nothing else; twice is once', async () => {
    const { journal } = await journals.fresh()
    const loaded = Date.now() - 3 * DAY
    await journal.append([append({ recordedAt: loaded })])
    await journal.tick()
    await journal.tick()
    const days = (await types(journal)).filter((type) => type === 'day-began')
    expect(days.length).toBeGreaterThanOrEqual(shanghaiDay(Date.now()) - shanghaiDay(loaded))
    expect(await types(journal)).toEqual(['day-began', 'noted', ...days.slice(1)])
  })
})

describe('months of ids', () => {
  test('an id is known in its month and the two after it, and forgotten in the third', async () => {
    const { journal } = await journals.fresh()
    const request = append({ recordedAt: noon('2025-01-31') })
    await one(journal, request)
    for (const day of ['2025-02-01', '2025-02-28', '2025-03-31'])
      expect([day, (await one(journal, { ...request, recordedAt: noon(day) })).status]).toEqual([day, 'duplicate'])
    expect((await one(journal, { ...request, recordedAt: noon('2025-04-01') })).status).toBe('stored')
  })

  test('at least 45 days, wherever the months lie', async () => {
    const { journal } = await journals.fresh()
    for (let day = 0; day < 400; day += 23) {
      const request = append({ recordedAt: noon('2025-01-01') + day * DAY })
      const [seq] = seqsOf(await one(journal, request)) as [number]
      await one(journal, append({ recordedAt: noon('2025-01-01') + (day + 22) * DAY }))
      expect(await one(journal, request)).toEqual({ status: 'duplicate', seq })
    }
    const late = append({ recordedAt: noon('2026-12-31') })
    await one(journal, late)
    expect((await one(journal, { ...late, recordedAt: noon('2027-02-14') })).status).toBe('duplicate')
  })

  test('after a long silence no old month shines through', async () => {
    const { journal } = await journals.fresh()
    const months = ['2024-01-15', '2024-02-15', '2024-03-15', '2024-04-15'].map((day) => append({ recordedAt: noon(day) }))
    await journal.append(months)
    await one(journal, append({ recordedAt: noon('2025-06-15') }))
    for (const request of months) expect((await one(journal, { ...request, recordedAt: noon('2025-06-16') })).status).toBe('stored')
  })
})

describe('private fields', () => {
  const fields = { name: '王某某', phone: '13800138000', area: '110000' }

  test('can be opened, stand nowhere in plain text, and are gone with their key', async () => {
    const { journal, city } = await journals.fresh()
    await one(journal, append({ private: { subject: 'patrol:1', fields } }))
    expect(await journal.openPrivate('patrol:1')).toEqual(fields)
    expect(await journal.openPrivate('patrol:2')).toBeUndefined()
    const dump = await straight(journals.url, async (redis) => {
      const keys = (await redis.call('KEYS', `{${city}}:*`)) as string[]
      return Promise.all(
        keys.map(async (key) => {
          const type = await redis.call('TYPE', key)
          return type === 'hash'
            ? redis.call('HGETALL', key)
            : type === 'stream'
              ? redis.call('XRANGE', key, '-', '+')
              : redis.call('GET', key)
        }),
      )
    })
    expect(JSON.stringify(dump)).toContain('patrol:1')
    for (const secret of Object.values(fields).slice(0, 2)) expect(JSON.stringify(dump)).not.toContain(secret)
    await straight(journals.url, (redis) => redis.hdel(`{${city}}:private-keys`, 'patrol:1'))
    expect(await journal.openPrivate('patrol:1')).toBeUndefined()
  })

  test('cannot be opened with another secret, nor under another subject', async () => {
    const { journal, city } = await journals.fresh()
    await one(journal, append({ private: { subject: 'patrol:1', fields } }))
    // A thief of the dump gets as far as this, with a secret of his own.
    await straight(journals.url, (redis) => redis.hdel(`{${city}}:meta`, 'secret'))
    const stranger = await journals.open(city, randomBytes(32))
    await expect(stranger.openPrivate('patrol:1')).rejects.toThrow()
    await straight(journals.url, async (redis) => {
      for (const key of ['private', 'private-keys'])
        await redis.hset(`{${city}}:${key}`, 'patrol:9', (await redis.hget(`{${city}}:${key}`, 'patrol:1')) as string)
    })
    await expect(journal.openPrivate('patrol:9')).rejects.toThrow()
  })
})

describe('head, epoch and tail', () => {
  test('an empty journal has an epoch of its own that stays; only who knows the present one can renew it', async () => {
    const { journal, city } = await journals.fresh()
    const { epoch } = await journal.head()
    expect(await journal.head()).toEqual({ epoch, seq: 0, mark: '' })
    await one(journal, append())
    expect((await journal.head()).epoch).toBe(epoch)
    expect(await journal.renewEpoch('another')).toBe(epoch)
    const other = await journals.open(city)
    const renewed = await Promise.all([journal.renewEpoch(epoch), other.renewEpoch(epoch)])
    expect(renewed[0]).toBe(renewed[1])
    expect(renewed[0]).not.toBe(epoch)
  })

  test('the head carries the mark of the newest entry; two journals never share one', async () => {
    const [{ journal: a }, { journal: b }] = await Promise.all([journals.fresh(), journals.fresh()])
    for (const journal of [a, b]) await one(journal, append())
    const [entry] = (await a.read(1, 1)) as [Entry]
    expect(await a.head()).toMatchObject({ seq: 2, mark: entry.mark })
    expect((await b.head()).mark).not.toBe(entry.mark)
  })

  test('a follower gets every entry after its place once, in order, and none after it is closed', async () => {
    const { journal } = await journals.fresh()
    await journal.append(Array.from({ length: 10 }, () => append()))
    const seen: number[] = []
    const follower = journal.follow(4, {
      onEvents: (batch) => seen.push(...batch.map(({ event }) => event.seq)),
      onAway: () => undefined,
      onBack: () => undefined,
    })
    await Promise.all(Array.from({ length: 40 }, () => journal.append([append(), append()])))
    await until(
      () => seen.length >= 87,
      3_000,
      () => `it saw ${seen.length}`,
    )
    expect(seen).toEqual(Array.from({ length: 87 }, (_, i) => i + 5))
    await follower.close()
    await one(journal, append())
    expect(seen).toHaveLength(87)
  })

  test('what two nodes append by turns reaches the followers of both once, in order, as it stands in the journal', async () => {
    const { journal, city } = await journals.fresh()
    const nodes = [journal, await journals.open(city)] as const
    const seen = nodes.map((): Entry[] => [])
    const followers = nodes.map((node, i) =>
      node.follow(0, { onEvents: (batch) => seen[i]?.push(...batch), onAway: () => undefined, onBack: () => undefined }),
    )
    const requests = Array.from({ length: 120 }, (_, i) => {
      const events = Array.from({ length: 1 + (i % 3) }, (_, n) => ({
        type: 'noted',
        area: '110000',
        subject: `note:${i}-${n}`,
        data: { text: '管涌\u001f"\\\n', position: [119.1, 29.2], nothing: null },
        ...(i % 2 && { occurredAt: 1_700_000_000_000 + i }),
        ...(n > 0 && { numbered: true as const }),
      }))
      return append({ events, ...(i % 5 === 0 && { origin: 'demo' as const }) })
    })
    // Bursts of one node, then of the other, then both at once.
    for (let from = 0; from < requests.length; from += 6)
      await Promise.all(
        requests.slice(from, from + 6).map((request, i) => (nodes[(from % 18 === 0 ? from / 18 : i) % 2] as Journal).append([request])),
      )
    const { seq } = await journal.head()
    await until(() => seen.every((entries) => entries.length >= seq), 3_000, 'a follower lacks entries')
    const held = await journal.read(0, 10_000)
    for (const entries of seen) expect(entries).toEqual(held)
    await Promise.all(followers.map((follower) => follower.close()))
  })

  test('our own append is handed over before its verdict, once; one that the reader cannot take is stored all the same and read again', async () => {
    const { journal } = await journals.fresh()
    const seen: number[] = []
    let fails = 1
    const follower = journal.follow(0, {
      onEvents: (batch) => {
        if (batch.some(({ event }) => event.subject === 'note:bad') && fails-- > 0) throw new Error('not now')
        seen.push(...batch.map(({ event }) => event.seq))
      },
      onAway: () => undefined,
      onBack: () => undefined,
    })
    await one(journal, append())
    await until(() => seen.length === 2, 3_000, 'the day and the note did not come')
    const second = one(journal, append()).then(() => seen.length)
    expect(await second).toBe(3)
    expect(await one(journal, append({ subject: 'note:bad' }))).toMatchObject({ status: 'stored' })
    await until(() => seen.length === 4, 3_000, 'what could not be taken did not come again')
    await one(journal, append())
    await until(() => seen.length >= 5, 3_000, 'the last did not come')
    expect(seen).toEqual([1, 2, 3, 4, 5])
    await follower.close()
  })
})

describe('the store beside it', () => {
  test('a lease belongs to one owner at a time, who may renew it', async () => {
    const { journal } = await journals.fresh()
    const { store } = journal
    const taken = await Promise.all(['a', 'b', 'c'].map((owner) => store.lease('job', owner, 200)))
    expect(taken.filter(Boolean)).toHaveLength(1)
    const owner = ['a', 'b', 'c'][taken.indexOf(true)] as string
    expect(await store.lease('job', owner, 200)).toBe(true)
    expect(await store.lease('job', 'late', 200)).toBe(false)
    await until(() => store.lease('job', 'late', 200), 2_000, 'the lease never ended')
  })

  test('keeps and forgets', async () => {
    const { store } = (await journals.fresh()).journal
    await store.set('k', 'v', 50)
    expect(await store.get('k')).toBe('v')
    await until(async () => (await store.get('k')) === undefined, 2_000, 'it was not forgotten')
    await store.hset('h', 'f', '1')
    expect([await store.hgetall('h'), await store.hdel('h', 'f'), await store.hdel('h', 'f'), await store.hget('h', 'f')]).toEqual([
      { f: '1' },
      1,
      0,
      undefined,
    ])
  })
})
