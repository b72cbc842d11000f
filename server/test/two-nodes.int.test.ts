/** Two nodes on one Redis: what one takes both show, and when one dies its screens go on at the other. */
import type { Socket } from 'node:net'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../src/journal/journal.ts'
import { gridsOf, TOWNSHIPS } from './city.ts'
import { entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Relay } from './relay.ts'
import { compared, Screen } from './screen.ts'

/** What every reader may watch. */
const TABLES = PROJECTIONS.filter(({ right }) => right === undefined).map((projection) => projection.name)
let a: Product
let b: Product
let intake: string

beforeAll(async () => {
  a = await startProduct()
  b = await startProduct({ on: a })
  intake = await a.token('intake')
})
afterAll(async () => {
  await b?.close()
  await a?.close()
})

const report = (node: Product, body: object) => node.call('/api/patrol/events', { method: 'POST', token: intake, body })

test('what is posted to one node is on a screen of the other, at the same cursor and epoch', async () => {
  const token = await a.token('viewer')
  const screens = [a, b].map((node) => new Screen(node.base, { token, tables: TABLES })) as [Screen, Screen]
  try {
    await until(() => screens.every((screen) => screen.modes.length), 5_000, 'the screens did not open')
    const answer = await report(a, entry(gridsOf()[0] as string, { kind: 'hazard', level: 'red', title: '井盖缺失' }))
    const { seq } = answer.json.results[0]
    await until(() => screens[1].cursor > seq, 3_000, 'B does not show what A took')
    expect([...(screens[1].tables.get('incidents')?.values() ?? [])]).toContainEqual(expect.objectContaining({ title: '井盖缺失' }))
    for (const screen of screens) {
      const { shown, expected } = await compared(screen, a.journal)
      expect(shown).toEqual(expected)
    }
    expect(screens[0].epoch).toBe(screens[1].epoch)
  } finally {
    for (const screen of screens) screen.close()
  }
})

test('the same id sent to both at once is stored once, whoever answers', async () => {
  for (let i = 0; i < 10; i++) {
    const body = entry(gridsOf()[i] as string, { kind: 'hazard' })
    const answers = await Promise.all([a, b, a, b].map((node) => report(node, body)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 200, 201])
    expect(new Set(answers.map((answer) => answer.json.results[0].seq)).size).toBe(1)
  }
})

test('two officers at two nodes: one decision counts', async () => {
  const officer = await a.token('duty-officer')
  const opened = await report(a, entry(gridsOf()[3] as string, { kind: 'hazard' }))
  const { seq } = opened.json.results[0]
  const [{ event }] = (await a.journal.read(seq, 1)) as [Entry]
  const { incident } = event.data as { incident: string }
  const known = async (node: Product): Promise<boolean> =>
    (await node.call('/api/tables/incidents?all=1', { token: officer })).text.includes(incident)
  await until(async () => (await known(a)) && (await known(b)), 3_000, 'the incident is not known to both')
  const answers = await Promise.all(
    [a, b].map((node, i) =>
      node.call('/api/commands/incident.accept', { method: 'POST', token: officer, body: { id: `two-${i}`, data: { incident } } }),
    ),
  )
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409])
})

test('two auditors at two nodes review the same views at once: each view has one review, and the other is told so', async () => {
  const grid = gridsOf()[0] as string
  const views = Array.from({ length: 12 }, (_, i) => `twice-${i}`)
  const seen = views.map((view) => ({
    ...{ sender: 'li', id: `view-${view}`, bodyHash: '', expect: [] },
    events: [
      {
        ...{ type: 'camera.view-began', area: grid, subject: 'account:li' },
        data: { view, camera: 'cam', name: '桥头', grid, by: 'li', role: 'duty-officer', kind: 'live', breakGlass: true, purpose: '处置' },
      },
    ],
  }))
  await a.journal.append(seen)
  const auditors = [await a.token('auditor'), await a.token('security-admin')] as const
  const known = async (node: Product) => (await node.call('/api/tables/breakGlassViews?all=1', { token: auditors[0] })).json.rows.length
  await until(async () => (await known(a)) === views.length && (await known(b)) === views.length, 3_000, 'the views are not known to both')
  const answers = await Promise.all(
    views.flatMap((view) =>
      [a, b].map((node, i) =>
        node.call('/api/commands/camera-view.review', {
          ...{ method: 'POST', token: auditors[i] },
          body: { id: `${view}-${i}`, data: { view, opinion: i ? '不符' : '相符' } },
        }),
      ),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(views.length)
  const refused = answers.filter(({ status }) => status !== 201)
  expect([...new Set(refused.map(({ status, json }) => `${status} ${json.code}`))]).toEqual(['409 already-reviewed'])
  const { events } = (await a.call('/api/events?limit=1000', { token: auditors[0] })).json
  expect(events.filter(({ type }: { type: string }) => type === 'camera.view-reviewed')).toHaveLength(views.length)
})

test('what one node has just acknowledged, the other can decide on at once, also while much is going on', async () => {
  const officer = await a.token('duty-officer')
  const command = (node: Product, name: string, incident: string) =>
    node.call(`/api/commands/incident.${name}`, {
      method: 'POST',
      token: officer,
      body: { id: `at-once-${name}-${incident}`, data: { incident, opinion: '即办' } },
    })
  const life = async (i: number): Promise<number[]> => {
    const [node, other] = i % 2 ? [a, b] : [b, a]
    const opened = await report(node, entry(gridsOf()[i % 12] as string, { kind: 'hazard' }))
    const [{ event }] = (await a.journal.read(opened.json.results[0].seq, 1)) as [Entry]
    const { incident } = event.data as { incident: string }
    return [(await command(other, 'accept', incident)).status, (await command(node, 'close', incident)).status]
  }
  const lives = await Promise.all(Array.from({ length: 80 }, (_, i) => life(i)))
  expect(lives.filter((statuses) => statuses.some((status) => status !== 201))).toEqual([])
})

test('when a node dies its screens go to the other: nothing is missed, nothing doubled, no snapshot is needed', async () => {
  const node = await startProduct({ on: a })
  const wires = new Set<Socket>()
  node.app.http.server.on('connection', (socket) => wires.add(socket))
  const relay = await Relay.open(node.port)
  const areas = ['330781', TOWNSHIPS[0], TOWNSHIPS[1]]
  const screens = await Promise.all(
    areas.map(
      async (area) => new Screen(relay.base, { token: await a.token('viewer', area), tables: ['incidents', 'gridTallies'], scope: area }),
    ),
  )
  const applied = screens.map((screen) => {
    const cursors: number[] = []
    screen.socket.on('frame', ({ to }: { to: number }) => cursors.push(to))
    return cursors
  })
  try {
    await until(() => screens.every((screen) => screen.modes.length), 5_000, 'the screens did not open')
    let dead = false
    const sent: Promise<number[]> = (async () => {
      const statuses: number[] = []
      for (let i = 0; i < 60; i++) {
        const body = entry(gridsOf()[i % 12] as string, { kind: i % 3 ? 'person' : 'hazard' })
        // A sender repeats with the same id what was not answered.
        const answer = await (dead ? report(b, body) : report(node, body).catch(() => report(b, body)))
        statuses.push(answer.status)
        if (i === 30) {
          // As kill -9 looks from outside: no word, every connection broken, nobody at the port.
          relay.target = b.port
          dead = true
          node.app.http.server.close()
          for (const wire of wires) wire.resetAndDestroy()
        }
      }
      return statuses
    })()
    expect([...new Set(await sent)].every((status) => status === 201 || status === 200)).toBe(true)
    for (const [i, screen] of screens.entries()) {
      const { shown, expected } = await compared(screen, a.journal, areas[i])
      expect(shown).toEqual(expected)
      expect(screen.modes).toEqual(['snapshot', 'tail'])
      expect(applied[i]).toEqual([...new Set(applied[i])].sort((x, y) => x - y))
    }
  } finally {
    for (const screen of screens) screen.close()
    await relay.close()
    await node.close()
  }
})
