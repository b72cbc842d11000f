/** A connection to Redis that carries nothing more and does not end, as after a pulled cable: left for a fresh one by commands and by the tail. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/redis-journal.ts'
import { until } from '../http.ts'
import { type Servers, startServers } from '../redis-servers.ts'
import { Relay } from '../relay.ts'
import { append } from './journals.ts'

let servers: Servers
let relay: Relay
let journal: Journal
beforeAll(async () => {
  servers = startServers()
  const { port } = await servers.start({ appendonly: 'yes', appendfsync: 'always' })
  relay = await Relay.open(port)
  const url = relay.base.replace('http', 'redis')
  journal = await openJournal({ url, city: '330781', secret: randomBytes(32), log: { warn: () => undefined } })
})
afterAll(async () => {
  await journal?.close()
  await relay?.close()
  await servers?.close()
})

test('commands are answered and the follower sees what was stored within 5 s', async () => {
  const seen: string[] = []
  const told: string[] = []
  const follower = journal.follow(0, {
    onEvents: (batch) => seen.push(...batch.map(({ event }) => event.id)),
    onAway: () => told.push('away'),
    onBack: () => told.push('back'),
  })
  try {
    const [first, second] = [append(), append()]
    await journal.append([first])
    await until(() => seen.includes(first.id), 3_000, 'the follower did not see the first')
    relay.hold()
    await until(
      () =>
        journal.append([second]).then(
          () => true,
          () => false,
        ),
      5_000,
      'commands were not answered',
    )
    await until(() => seen.includes(second.id), 5_000, 'the follower did not see the second')
    expect(told).toEqual(['away', 'back'])
    expect(seen.filter((id) => id === second.id)).toHaveLength(1)
  } finally {
    await follower.close()
  }
})

test('of many commands on a dead wire the first leaves it, and the others add nothing to what is left', async () => {
  const warnings: Error[] = []
  const note = (warning: Error): number => warnings.push(warning)
  process.on('warning', note)
  try {
    await until(() => journal.append([append()]).then(() => true), 5_000, 'the journal is not there')
    relay.hold()
    const answers = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => (i % 2 ? journal.read(i, 1) : journal.append([append()]))),
    )
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(30)
    await until(
      () =>
        journal.append([append()]).then(
          () => true,
          () => false,
        ),
      5_000,
      'commands were not answered',
    )
    expect(warnings.map(({ name, message }) => `${name}: ${message}`)).toEqual([])
  } finally {
    process.off('warning', note)
  }
})
