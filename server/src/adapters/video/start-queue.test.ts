import { afterEach, expect, test } from 'vitest'
import { StartQueue, UNWATCHED } from './start-queue.ts'

const AHEAD = UNWATCHED
const WATCHED = 1
const queues: StartQueue[] = []
afterEach(() => {
  for (const queue of queues.splice(0)) queue.close()
})

/** A queue for two at once, and who was started in it, in order. */
function open() {
  const queue = new StartQueue(2)
  queues.push(queue)
  const started: string[] = []
  const leaving = new Map<string, () => void>()
  const priorities = new Map<string, number>()
  return {
    started,
    enter(name: string, priority: number) {
      priorities.set(name, priority)
      const signal = new AbortController().signal
      void queue.enter({ priority: () => priorities.get(name) as number, restart: false, signal }).then((leave) => {
        started.push(name)
        leaving.set(name, leave)
      })
    },
    hurry(name: string, priority: number) {
      priorities.set(name, priority)
      queue.pump()
    },
    leave: (name: string) => leaving.get(name)?.(),
    settled: () => new Promise((done) => setImmediate(done)),
  }
}

test('given all places are taken by what nobody watches, when somebody wants to watch, then it starts at once', async () => {
  const { enter, started, settled } = open()
  for (const name of ['a', 'b', 'c']) enter(name, AHEAD)
  await settled()
  expect(started).toEqual(['a', 'b'])
  for (const name of ['watched', 'other', 'third']) enter(name, WATCHED)
  await settled()
  expect(started).toEqual(['a', 'b', 'watched', 'other'])
})

test('given others are watched, then what nobody watches takes only what is free, and starts last', async () => {
  const { enter, leave, started, settled } = open()
  for (const name of ['a', 'b']) enter(name, WATCHED)
  enter('ahead', AHEAD)
  enter('c', WATCHED)
  await settled()
  leave('a')
  await settled()
  expect(started).toEqual(['a', 'b', 'c'])
  leave('b')
  await settled()
  expect(started).toEqual(['a', 'b', 'c', 'ahead'])
})

test('given one waits ahead of need, when somebody asks for it, then it starts without waiting for a place of its like', async () => {
  const { enter, hurry, started, settled } = open()
  for (const name of ['a', 'b', 'c']) enter(name, AHEAD)
  await settled()
  hurry('c', WATCHED)
  await settled()
  expect(started).toEqual(['a', 'b', 'c'])
})

test('given one that starts ahead of need is asked for, then it counts among the watched', async () => {
  const { enter, hurry, leave, started, settled } = open()
  for (const name of ['a', 'b']) enter(name, AHEAD)
  await settled()
  hurry('a', WATCHED)
  for (const name of ['c', 'd']) enter(name, WATCHED)
  await settled()
  expect(started).toEqual(['a', 'b', 'c'])
  leave('a')
  leave('a')
  await settled()
  expect(started).toEqual(['a', 'b', 'c', 'd'])
})
