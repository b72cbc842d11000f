/** Commands: carried out once, refused with a code, repeated without harm. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../src/journal/journal.ts'
import { CITY, gridsOf } from './city.ts'
import { entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [HERE] = gridsOf() as [string]
let product: Product
let officer: string
let ids = 0

beforeAll(async () => {
  product = await startProduct()
  officer = await product.token('duty-officer')
})
afterAll(() => product?.close())

const nextId = () => `c-${++ids}`
const command = (
  name: string,
  data: object,
  { id = nextId(), token = officer, ...more }: { id?: string; token?: string; expiresAt?: string } = {},
) => product.call(`/api/commands/${name}`, { method: 'POST', token, body: { id, data, ...more } })

const row = async (incident: string) => {
  const { json } = await product.call('/api/tables/incidents?all=1', { token: officer })
  return json.rows.find(([id]: [string]) => id === incident)?.[1]
}

/** Opens an incident; gives its id once it is in the tables. */
async function opened(grid = HERE): Promise<string> {
  const { json } = await product.call('/api/patrol/events', { method: 'POST', token: officer, body: entry(grid, { kind: 'hazard' }) })
  const [e] = (await product.journal.read(json.results[0].seq, 1)) as [Entry]
  const { incident } = e.event.data as { incident: string }
  await until(() => row(incident), 3_000, 'the incident is not in the table')
  return incident
}

test('accept, then close: 201 with seq; the row moves through its states and keeps its number', async () => {
  const incident = await opened()
  const { no } = await row(incident)
  const accepted = await command('incident.accept', { incident, opinion: '已派员' })
  expect([accepted.status, accepted.json]).toEqual([201, { seq: expect.any(Number), id: expect.any(String), duplicate: false }])
  await until(async () => (await row(incident)).state === 'accepted', 3_000, 'not accepted')
  const closed = await command('incident.close', { incident, opinion: '已整改' })
  expect(closed.status).toBe(201)
  await until(async () => (await row(incident)).state === 'closed', 3_000, 'not closed')
  expect((await row(incident)).no).toBe(no)
})

test('the same command again: 200 duplicate with the same seq, though the rule would refuse by now', async () => {
  const incident = await opened()
  const id = nextId()
  const first = await command('incident.accept', { incident }, { id })
  await until(async () => (await row(incident)).state === 'accepted', 3_000, 'not accepted')
  const again = await command('incident.accept', { incident }, { id })
  expect([again.status, again.json]).toEqual([200, { seq: first.json.seq, id, duplicate: true }])
})

test('the same id with another body: 409 id-reused', async () => {
  const incident = await opened()
  const id = nextId()
  await command('incident.accept', { incident }, { id })
  const other = await command('incident.accept', { incident, opinion: '另一意见' }, { id })
  expect([other.status, other.json.code]).toEqual([409, 'id-reused'])
})

test.each([
  [
    'accepting twice',
    'already-accepted',
    async (incident: string) => void (await command('incident.accept', { incident })),
    'incident.accept',
  ],
  ['closing what nobody accepted', 'not-accepted', async () => undefined, 'incident.close'],
])('%s: 409 %s as problem details', async (_what, code, before, name) => {
  const incident = await opened()
  await before(incident)
  const data = name === 'incident.close' ? { incident, opinion: '好' } : { incident }
  await until(async () => (await command(name, data)).json.code === code, 3_000, code)
  const refused = await command(name, data)
  expect(refused.status).toBe(409)
  expect(refused.json).toMatchObject({
    type: 'about:blank',
    status: 409,
    code,
    detail: expect.any(String),
    errors: [{ path: '/data/incident' }],
  })
})

test('ten officers accept at once: one 201, the others 409, one event', async () => {
  const incident = await opened()
  const answers = await Promise.all(Array.from({ length: 10 }, () => command('incident.accept', { incident })))
  expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)])
  const { json } = await product.call(`/api/events?subject=incident:${incident}`, { token: officer })
  expect(json.events.map((e: { type: string }) => e.type)).toEqual(['incident.reported', 'incident.accepted'])
})

test('who looked at what is private, and why, is told to auditors only', async () => {
  const body = entry(HERE, { note: '家中独居老人' })
  await product.call('/api/patrol/events', { method: 'POST', token: officer, body })
  const opening = { subject: `patrol:duty-officer-${CITY}/${body.id}`, reason: '核实情况' }
  await until(
    async () => (await product.call('/api/private', { method: 'POST', token: officer, body: opening })).status === 200,
    3_000,
    'not opened',
  )
  const reads = async (role: 'auditor' | 'security-admin' | 'viewer' | 'wall' | 'duty-officer'): Promise<number> => {
    const { json } = await product.call(`/api/events?subject=account:duty-officer-${CITY}`, { token: await product.token(role) })
    return json.events.filter((e: { type: string }) => e.type === 'private.read').length
  }
  for (const role of ['auditor', 'security-admin'] as const) expect(await reads(role), role).toBeGreaterThan(0)
  for (const role of ['viewer', 'wall', 'duty-officer'] as const) expect(await reads(role), role).toBe(0)
})

test('expired: 410 and nothing stored; a time to come: carried out', async () => {
  const incident = await opened()
  const late = await command('incident.accept', { incident }, { expiresAt: new Date(Date.now() - 1_000).toISOString() })
  expect([late.status, late.json.code]).toEqual([410, 'expired'])
  expect((await row(incident)).state).toBe('reported')
  const inTime = await command('incident.accept', { incident }, { expiresAt: new Date(Date.now() + 60_000).toISOString() })
  expect(inTime.status).toBe(201)
})

test('no right: 403; no token: 401; before anything is told about the body', async () => {
  const incident = await opened()
  for (const role of ['viewer', 'wall', 'intake', 'grid-worker', 'auditor', 'security-admin'] as const)
    expect((await command('incident.accept', { incident }, { token: await product.token(role) })).status).toBe(403)
  expect((await product.call('/api/commands/incident.accept', { method: 'POST', body: {} })).status).toBe(401)
  const viewer = await product.token('viewer')
  expect((await product.call('/api/commands/incident.accept', { method: 'POST', token: viewer, body: {} })).status).toBe(403)
})

test('an incident of another township is as unknown as one that never was, and stays as it is', async () => {
  const incident = await opened(gridsOf('330781101')[0])
  const token = await product.token('township-officer', '330781109')
  const foreign = await command('incident.accept', { incident }, { token })
  const never = await command('incident.accept', { incident: '0123456789abcdef' }, { token })
  expect([foreign.status, foreign.json]).toEqual([never.status, never.json])
  expect((await row(incident)).state).toBe('reported')
})

test.each([
  [{}],
  [{ id: 'x' }],
  [{ id: 'x', data: {} }],
  [{ id: 'x', data: { incident: 7 } }],
  [{ id: '../x', data: { incident: '0123456789abcdef' } }],
  [{ id: 'x', data: { incident: '0123456789abcdef', surprise: 1 } }],
  [{ id: 'x', data: { incident: '0123456789abcdef' }, surprise: 1 }],
  [{ id: 'x', data: { incident: '0123456789abcdef' }, expiresAt: 'tomorrow' }],
  [null],
  [[]],
])('%j: 400 with a path', async (body) => {
  const answer = await product.call('/api/commands/incident.accept', { method: 'POST', token: officer, body })
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ status: 400, code: 'invalid', errors: [{ path: expect.any(String), message: expect.any(String) }] })
})

test('a command that does not exist, or is only for the server itself: 404', async () => {
  for (const name of ['nope', 'incident.mark-due', 'source.lose', 'constructor']) expect((await command(name, {})).status).toBe(404)
})
