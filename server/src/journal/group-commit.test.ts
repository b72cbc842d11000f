/** Grouping: what goes into a call, in which order, how much may wait and how long. */
import { describe, expect, test } from 'vitest'
import type { Prepared } from './append-call.ts'
import { GroupCommit } from './group-commit.ts'
import { JournalOverloaded, JournalUnavailable, type Verdict } from './journal.ts'

const prepared = (name: string, { events = 1, urgent = false } = {}): Prepared => ({
  append: { sender: 'tester', id: name, bodyHash: '', expect: [], events: [] },
  fields: name,
  events,
  urgent,
})
const many = (name: string, count: number, more = {}): Prepared[] => Array.from({ length: count }, (_, i) => prepared(`${name}${i}`, more))

/** A store that answers a call only when it is told to. */
class Store {
  readonly calls: { names: string[]; events: number; answer: () => void; fail: (error: Error) => void }[] = []
  readonly group = new GroupCommit(
    (call) =>
      new Promise((resolve, reject) => {
        this.calls.push({
          names: call.map(({ append }) => append.id),
          events: call.reduce((sum, { events }) => sum + events, 0),
          answer: () =>
            resolve(call.map(({ append }): Verdict => ({ status: 'duplicate', seq: Number(append.id.replace(/\D/g, '') || 0) }))),
          fail: reject,
        })
      }),
  )
  /** Answers call after call until nothing waits; gives the names in the order in which they went. */
  async drain(): Promise<string[]> {
    const names: string[] = []
    for (let i = 0; i < this.calls.length; i++) {
      const call = this.calls[i] as Store['calls'][number]
      names.push(...call.names)
      call.answer()
      await new Promise((resolve) => setImmediate(resolve))
    }
    return names
  }
}

test('one alone goes at once; what comes meanwhile goes together', async () => {
  const store = new Store()
  const answers = [store.group.append([prepared('a')]), store.group.append([prepared('b')]), store.group.append(many('c', 3))]
  expect(store.calls.map((call) => call.names)).toEqual([['a']])
  expect(await store.drain()).toEqual(['a', 'b', 'c0', 'c1', 'c2'])
  expect(store.calls).toHaveLength(2)
  expect(await answers[2]).toEqual([0, 1, 2].map((seq) => ({ status: 'duplicate', seq })))
})

test('no call holds more than 100 events, save a single request that is larger by itself', async () => {
  const store = new Store()
  const answers = [
    store.group.append(many('a', 250)),
    store.group.append([prepared('large', { events: 180 })]),
    store.group.append(many('b', 70, { events: 3 })),
    store.group.append(many('none', 130, { events: 0 })),
  ]
  await store.drain()
  await Promise.all(answers)
  for (const { events, names } of store.calls) {
    expect(names.length).toBeLessThanOrEqual(100)
    if (events > 100) expect(names).toEqual(['large'])
  }
  expect(store.calls.flatMap((call) => call.names)).toHaveLength(250 + 1 + 70 + 130)
})

test('a request keeps its order; a large one does not keep a small one waiting', async () => {
  const store = new Store()
  const large = store.group.append(many('large', 1_000))
  const small = store.group.append([prepared('small')])
  const names = await store.drain()
  await Promise.all([large, small])
  expect(names.filter((name) => name.startsWith('large'))).toEqual(many('large', 1_000).map(({ append }) => append.id))
  expect(names.indexOf('small')).toBeLessThan(350)
})

test('red goes before everything else that waits', async () => {
  const store = new Store()
  const answers = [store.group.append(many('a', 400)), store.group.append([prepared('red', { urgent: true })])]
  const names = await store.drain()
  await Promise.all(answers)
  // What was on its way already cannot be overtaken.
  expect(names.indexOf('red')).toBeLessThanOrEqual(200)
  const mixed = new Store()
  const first = mixed.group.append([prepared('first')])
  const both = mixed.group.append([...many('b', 150), prepared('red', { urgent: true })])
  expect((await mixed.drain())[1]).toBe('red')
  await first
  expect((await both)[150]).toEqual({ status: 'duplicate', seq: 0 })
})

describe('too much', () => {
  test('is refused at once with nothing stored; red is still taken; afterwards all is as before', async () => {
    const store = new Store()
    const taken = [store.group.append(many('a', 100)), store.group.append(many('b', 20_000))]
    const refused = store.group.append(many('late', 500))
    await expect(refused).rejects.toThrow(JournalOverloaded)
    const red = store.group.append(many('red', 5, { urgent: true }))
    const names = await store.drain()
    await Promise.all([...taken, red])
    expect(names.some((name) => name.startsWith('late'))).toBe(false)
    const again = store.group.append([prepared('again')])
    await store.drain()
    expect(await again).toHaveLength(1)
  })

  test('a single request larger than the queue is taken when nothing waits', async () => {
    const store = new Store()
    const answer = store.group.append(many('a', 25_000))
    await store.drain()
    expect(await answer).toHaveLength(25_000)
  })
})

test('nothing to store is answered at once', async () => {
  const store = new Store()
  expect(await store.group.append([])).toEqual([])
  expect(store.calls).toEqual([])
})

test('a call that fails fails its requests whole, and only them', async () => {
  const store = new Store()
  const [one, two] = [store.group.append([prepared('a')]), store.group.append([prepared('b')])]
  store.calls[0]?.fail(new JournalUnavailable('gone'))
  await expect(one).rejects.toThrow('gone')
  store.calls[1]?.answer()
  expect(await two).toHaveLength(1)
})

test('one request refused by the journal does not touch its neighbours in the call', async () => {
  let calls = 0
  const group = new GroupCommit(async (call) => {
    calls++
    return call.map(({ append }) => (append.id === 'bad' ? new RangeError('bad') : { status: 'duplicate' as const, seq: 1 }))
  })
  const answers = await Promise.allSettled([
    group.append([prepared('first')]),
    group.append([prepared('bad')]),
    group.append([prepared('good')]),
  ])
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(calls).toBe(2)
})

test('an answer that does not come is unknown after 2.3 s, and what has not gone by then never goes', async () => {
  const store = new Store()
  const began = performance.now()
  const answers = Array.from({ length: 5 }, (_, i) => store.group.append(many(`${'abcde'[i]}`, 100)))
  const outcomes = await Promise.allSettled(answers)
  expect(performance.now() - began).toBeLessThan(2_900)
  expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof JournalUnavailable)).toBe(true)
  const gone = store.calls.length
  const names = await store.drain()
  expect(names).toHaveLength(gone * 100)
  const after = store.group.append([prepared('after')])
  await store.drain()
  expect(await after).toHaveLength(1)
})
