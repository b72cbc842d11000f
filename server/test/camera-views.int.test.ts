/** Who may see which camera, and what is kept of it: area, clearance, breaking glass at a 特急, the book of views, and whom to call. */
import type { EventBody } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf, MIDDLE, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Screen } from './screen.ts'

const [HERE, THERE] = [TOWNSHIPS[0], TOWNSHIPS[2]]
const camera = (id: string, more: object): EventBody => {
  const { gbCode: _, ...data } = cameraOf(HERE).data as { gbCode: string }
  return { type: 'camera.registered', area: `${HERE}001001`, subject: `camera:${id}`, data: { ...data, id, ...more } }
}
let product: Product
let ids = 0

beforeAll(async () => {
  product = await startProduct({
    events: [
      camera('vault', { name: '金库', classification: 'restricted', department: '公安局' }),
      camera('yard', { name: '大院', classification: 'internal' }),
      camera('far-vault', { name: '远处金库', classification: 'restricted', position: [MIDDLE[0] + 0.05, MIDDLE[1]] }),
    ],
  })
})
afterAll(() => product?.close())

type Roles = Parameters<Product['token']>[0]
const as = async (role: Roles, path: string, body?: object, area?: string) =>
  product.call(path, { token: await product.token(role, area), ...(body !== undefined && { method: 'POST' as const, body }) })
const play = (role: Roles, id: string, body: object = {}, area?: string) => as(role, `/api/cameras/${id}/play`, body, area)
const command = (role: Roles, name: string, data: object) => as(role, `/api/commands/${name}`, { id: `v-${++ids}`, data })
const rows = async (role: Roles, table: string) =>
  (await as(role, `/api/tables/${table}?all=1`)).json.rows.map(([, row]: [string, Record<string, unknown>]) => row)
async function red(position?: object, by: Roles = 'intake'): Promise<string> {
  const title = `起火 ${++ids}`
  const report = { kind: 'hazard', level: 'red', grid: gridsOf(HERE)[0], occurredAt: new Date().toISOString(), title }
  await as(by, '/api/patrol/events', { id: `red-${++ids}`, ...report, ...(position && { position }) })
  return (await rows('viewer', 'incidents')).find((row: { title: string }) => row.title === title).id as string
}

test('a township sees, plays, finds and counts nothing of another', async () => {
  const foreign = `cam-${THERE}`
  const look = (path: string) => as('township-officer', path, undefined, HERE)
  expect((await play('township-officer', foreign, {}, HERE)).status).toBe(404)
  expect((await play('township-officer', 'nowhere', {}, HERE)).status).toBe(404)
  expect((await look(`/api/cameras/${foreign}/control-room`)).status).toBe(404)
  expect((await look(`/api/cameras/search?q=${foreign}`)).json).toMatchObject({ total: 0, rows: [] })
  const near = await look(`/api/cameras/near?lng=${MIDDLE[0]}&lat=${MIDDLE[1]}&crs=WGS84&n=20`)
  expect(near.json.cameras.map((one: { id: string }) => one.id)).not.toContain(foreign)
  expect((await look('/api/tables/cameras?all=1')).text).not.toContain(foreign)
  expect((await look('/api/cameras/export')).text).not.toContain(foreign)
  expect((await look(`/api/tables/cameras?area=${THERE}`)).status).toBe(403)
  expect((await play('township-officer', `cam-${HERE}`, {}, HERE)).status).toBe(200)
})

describe('clearance', () => {
  test('too low: refused with the reason to who may find it, and there is no such camera for others', async () => {
    const { status, json } = await play('duty-officer', 'vault')
    expect([status, json.code]).toEqual([403, 'clearance-too-low'])
    expect(json.detail).toContain('is restricted; the role duty-officer sees up to internal')
    for (const [role, id] of [
      ['viewer', 'yard'],
      ['wall', 'vault'],
      ['township-officer', 'vault'],
    ] as const)
      expect((await play(role, id)).json.code).toBe('unknown-camera')
    expect((await as('viewer', '/api/cameras/search?q=金库')).json.total).toBe(0)
    expect((await as('viewer', `/api/cameras/near?lng=${MIDDLE[0]}&lat=${MIDDLE[1]}&crs=WGS84&n=20`)).text).not.toContain('vault')
    expect((await as('viewer', '/api/cameras/export')).text).not.toContain('金库')
  })
  test('high enough: it plays and is found', async () => {
    expect((await play('township-officer', 'yard')).status).toBe(200)
    expect((await play('commander', 'vault')).status).toBe(200)
    expect((await as('commander', '/api/cameras/search?q=金库')).json.total).toBe(2)
  })
})

describe('clearance in tables, figures, events and live rows', () => {
  const texts = async (role: Roles): Promise<string> => {
    const paths = [
      ...['cameras', 'cameraUptime'].flatMap((table) => [`/api/tables/${table}?all=1`, `/api/tables/${table}?limit=1000`]),
      '/api/events?limit=1000',
      '/api/cameras/uptime?by=camera',
    ]
    return (await Promise.all(paths.map(async (path) => (await as(role, path)).text))).join('\n')
  }
  test('who may not find a camera meets it nowhere; who may meets it everywhere', async () => {
    for (const role of ['viewer', 'wall', 'township-officer', 'department'] as const) expect(await texts(role)).not.toContain('vault')
    for (const role of ['duty-officer', 'commander', 'system-admin'] as const)
      expect((await texts(role)).match(/"far-vault"/g)?.length).toBeGreaterThan(4)
    expect(await texts('viewer')).not.toContain('yard')
    expect(await texts('township-officer')).toContain('yard')
    const etag = async (role: Roles) => (await as(role, '/api/tables/cameras?all=1')).headers.get('etag')
    expect(await etag('viewer')).not.toBe(await etag('commander'))
    expect(await etag('viewer')).toBe(await etag('wall'))
    for (const role of ['commander', 'auditor'] as const) {
      expect((await as(role, '/api/tables/classifiedCameras')).status).toBe(403)
      expect((await as(role, '/api/tables/cameraCodes')).status).toBe(403)
    }
  })
  test('a set names to everybody only cameras that they may find', async () => {
    await command('commander', 'camera-set.save', { id: 'both', name: '重点', cameras: [`cam-${HERE}`, 'vault'] })
    const named = async (role: Roles) => (await rows(role, 'cameraSets')).find((row: { id: string }) => row.id === 'both').cameras
    expect(await named('viewer')).toEqual([`cam-${HERE}`])
    expect(await named('commander')).toEqual([`cam-${HERE}`, 'vault'])
    const told = (await as('viewer', '/api/events?subject=camera-set:both')).json.events[0]
    expect(told.data.cameras).toEqual([`cam-${HERE}`])
  })
  test('a camera that is classified leaves the screens that may not see it and comes back when it is open again', async () => {
    const id = `cam-${HERE}`
    const tables = ['cameras', 'cameraUptime', 'cameraSets']
    const screens = await Promise.all(
      (['viewer', 'commander'] as const).map(async (role) => new Screen(product.base, { token: await product.token(role), tables })),
    )
    const [viewer, commander] = screens as [Screen, Screen]
    const has = (screen: Screen) => tables.slice(0, 2).map((table) => screen.tables.get(table)?.has(id))
    const setOf = (screen: Screen) => (screen.tables.get('cameraSets')?.get('both') as unknown as { cameras: string[] })?.cameras
    try {
      await until(() => viewer.epoch && commander.epoch, 3_000, 'the screens did not open')
      expect([has(viewer), has(commander)]).toEqual([
        [true, true],
        [true, true],
      ])
      await command('system-admin', 'camera.edit', { id, reason: '涉密', classification: 'restricted' })
      await until(() => !has(viewer).includes(true), 3_000, 'it stayed on the screen')
      expect(setOf(viewer)).toBeUndefined()
      expect(has(commander)).toEqual([true, true])
      await command('system-admin', 'camera.edit', { id: 'vault', reason: '更名', name: '金库门' })
      await command('system-admin', 'camera.edit', { id, reason: '解密', classification: 'open' })
      await until(() => !has(viewer).includes(false), 3_000, 'it did not come back')
      expect(setOf(viewer)).toEqual([id])
      expect(setOf(commander)).toEqual([id, 'vault'])
      expect(viewer.received).not.toContain('vault')
    } finally {
      for (const screen of screens) screen.close()
    }
  })
})

describe('breaking glass', () => {
  test('at a 特急 the cameras of it open at once to who has the duty, with a reason; others and other cameras stay shut', async () => {
    const incident = await red({ lng: MIDDLE[0], lat: MIDDLE[1] + 0.0005, crs: 'WGS84' })
    const why = { incident, purpose: '处置特急起火' }
    expect((await play('duty-officer', 'vault')).json.code).toBe('clearance-too-low')
    expect((await play('duty-officer', 'vault', { incident })).json.code).toBe('clearance-too-low')
    expect((await play('township-officer', 'vault', why)).json.code).toBe('unknown-camera')
    expect((await play('duty-officer', 'far-vault', why)).json.detail).toContain('not a camera of an open 特急')
    expect((await play('duty-officer', 'vault', { ...why, incident: 'nosuch' })).status).toBe(403)
    expect((await play('duty-officer', 'vault', why)).status).toBe(200)
    // A tile that may not play shows stills: by the same rule.
    const still = async (query: object) => as('duty-officer', `/api/cameras/vault/snapshot.jpg?${new URLSearchParams({ ...query })}`)
    expect((await still({})).json.code).toBe('clearance-too-low')
    expect((await still({ ...why, incident: 'nosuch' })).status).toBe(403)
    const picture = await still(why)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    // Bound by hand it is one of its cameras, wherever it stands.
    const set = { id: `incident-${incident}`, name: '起火点', cameras: ['far-vault'], incident }
    expect((await command('duty-officer', 'camera-set.save', set)).status).toBe(201)
    // Not by oneself: somebody else has to bind it.
    expect((await play('duty-officer', 'far-vault', why)).json.detail).toContain('not a camera of an open 特急')
    await command('duty-leader', 'camera-set.save', { ...set, cameras: ['vault'] })
    expect((await command('duty-leader', 'camera-set.save', set)).status).toBe(201)
    expect((await play('duty-officer', 'far-vault', why)).status).toBe(200)
    for (const step of ['accept', 'close']) await command('duty-officer', `incident.${step}`, { incident, opinion: '已扑灭' })
    expect((await play('duty-officer', 'vault', { ...why, viewId: 'another-view' })).status).toBe(403)
  })
  test('it stands in a list for review: only auditors read it, somebody else reviews it, once', async () => {
    const list = await rows('auditor', 'breakGlassViews')
    expect(list.map((row: Record<string, unknown>) => `${row.camera} ${row.kind}`).sort()).toEqual([
      'far-vault live',
      'vault live',
      'vault still',
    ])
    expect(list[0]).toMatchObject({ by: `duty-officer-${CITY}`, role: 'duty-officer', purpose: '处置特急起火', breakGlass: true })
    for (const role of ['viewer', 'duty-officer', 'commander'] as const) {
      expect((await as(role, '/api/tables/breakGlassViews')).status).toBe(403)
      expect((await as(role, '/api/tables/cameraViews')).status).toBe(403)
    }
    const review = { view: list[0].view, opinion: '与事件相符' }
    expect((await command('duty-leader', 'camera-view.review', review)).status).toBe(403)
    expect((await command('auditor', 'camera-view.review', review)).status).toBe(201)
    expect((await command('auditor', 'camera-view.review', review)).json.code).toBe('already-reviewed')
    expect((await rows('auditor', 'breakGlassViews')).find((row: { view: string }) => row.view === review.view)).toMatchObject({
      reviewedBy: `auditor-${CITY}`,
      opinion: '与事件相符',
    })
  })
})

test('of two who review one view at the same time the second is told that it is reviewed', async () => {
  const incident = await red()
  expect((await play('duty-officer', 'vault', { incident, purpose: '查看起火点' })).status).toBe(200)
  const { view } = (await rows('auditor', 'breakGlassViews')).find((row: Record<string, unknown>) => row.incident === incident)
  const both = await Promise.all(
    (['auditor', 'security-admin'] as const).map((role) => command(role, 'camera-view.review', { view, opinion: '已核实' })),
  )
  expect(both.map(({ status, json }) => json.code ?? status).sort()).toEqual([201, 'already-reviewed'])
})

describe('breaking glass at an incident of one’s own', () => {
  const glass = async (incident: string) =>
    (await rows('auditor', 'breakGlassViews')).flatMap((row: Record<string, unknown>) =>
      row.incident === incident ? [[row.role, row.selfRaised]] : [],
    )
  const look = async (role: Roles, incident: string) => {
    expect((await play(role, 'vault', { incident, purpose: '查看起火点', viewId: `own-view-${++ids}` })).status).toBe(200)
    return glass(incident)
  }
  const waiting = async (): Promise<number> =>
    Number(/^orchid_self_raised_views_to_review (\d+)$/m.exec((await product.call('/metrics')).text)?.[1])

  test('it opens at once, flagged for review and counted in the metrics; one’s own acceptance changes nothing', async () => {
    const before = await waiting()
    const incident = await red(undefined, 'duty-officer')
    expect(await look('duty-officer', incident)).toEqual([['duty-officer', true]])
    await command('duty-officer', 'incident.accept', { incident })
    expect(await look('duty-officer', incident)).toEqual([
      ['duty-officer', true],
      ['duty-officer', true],
    ])
    expect(await waiting()).toBe(before + 2)
    const { view } = (await rows('auditor', 'breakGlassViews')).find((row: Record<string, unknown>) => row.incident === incident)
    expect((await command('auditor', 'camera-view.review', { view, opinion: '已核实' })).status).toBe(201)
    expect(await waiting()).toBe(before + 1)
  })
  test('a view that goes on while its camera is classified, or its incident is another, stands in the list with the flags of what was seen', async () => {
    const classify = (classification: string) =>
      command('system-admin', 'camera.edit', { id: 'yard', reason: '涉密', classification }).then(({ status }) => expect(status).toBe(201))
    const [reported, own] = [await red(), await red(undefined, 'duty-officer')]
    const renew = async (why: object = {}) => expect((await play('duty-officer', 'yard', { ...why, viewId: 'goes-on-1' })).status).toBe(200)
    await renew()
    await classify('restricted')
    try {
      await renew({ incident: reported, purpose: '查看起火点' })
      await renew({ incident: own, purpose: '查看起火点' })
      await renew({ incident: own, purpose: '查看起火点' })
      expect(await glass(reported)).toEqual([['duty-officer', undefined]])
      expect(await glass(own)).toEqual([['duty-officer', true]])
    } finally {
      await classify('internal')
    }
  })
  test('it is not flagged where somebody else reported the incident, or accepted it', async () => {
    expect(await look('duty-officer', await red())).toEqual([['duty-officer', undefined]])
    const confirmed = await red(undefined, 'duty-officer')
    await command('duty-leader', 'incident.accept', { incident: confirmed })
    expect(await look('duty-officer', confirmed)).toEqual([['duty-officer', undefined]])
  })
})

describe('the book of views', () => {
  test('a view is written before its address is given out, once for all renewals, and ends with a time', async () => {
    const id = `cam-${HERE}`
    const viewId = 'book-view-1'
    const { json } = await play('commander', id, { viewId, purpose: '例行查看' })
    await play('commander', id, { viewId })
    await as('commander', json.url)
    const mine = async () =>
      (await rows('auditor', 'cameraViews')).filter((row: Record<string, unknown>) => row.by === `commander-${CITY}` && row.camera === id)
    const [began, ...more] = await mine()
    expect(more).toEqual([])
    expect(began).toMatchObject({ kind: 'live', purpose: '例行查看', grid: `${HERE}001001` })
    expect(began.until).toBeUndefined()
    await product.restart()
    const [ended] = await mine()
    expect(ended.until).toBeGreaterThanOrEqual(ended.from)
    expect(ended.view).toBe(began.view)
  })
  test('nobody but auditors finds it in the journal, and an auditor of a township only what is of the township', async () => {
    expect((await as('viewer', '/api/events?limit=1000')).text).not.toContain('camera.view')
    expect((await as('auditor', '/api/events?limit=1000')).text).toContain('camera.view-began')
    expect((await as('auditor', '/api/tables/cameraViews?all=1', undefined, THERE)).json.rows).toEqual([])
  })
})

test('whom to call: whole for officers, masked for others, in no row, event or answer of anybody else', async () => {
  const phone = '0579-88901234'
  expect((await command('duty-officer', 'control-room.set', { department: '公安局', phone })).status).toBe(403)
  expect((await command('system-admin', 'control-room.set', { department: '公安局', phone })).status).toBe(201)
  const other = { id: `v-${++ids}`, data: { department: '公安局', phone: '0579-11111111' } }
  expect((await as('system-admin', '/api/commands/control-room.set', other, HERE)).json.code).toBe('city-only')
  expect((await as('duty-officer', '/api/cameras/vault/control-room')).json).toEqual({ department: '公安局', phone, masked: false })
  await command('system-admin', 'camera.edit', { id: `cam-${HERE}`, reason: '登记', department: '公安局' })
  expect((await as('viewer', `/api/cameras/cam-${HERE}/control-room`)).json).toEqual({
    department: '公安局',
    phone: '057*-******34',
    masked: true,
  })
  expect((await as('viewer', `/api/cameras/cam-${TOWNSHIPS[1]}/control-room`)).json).toEqual({})
  for (const path of ['/api/events?limit=1000', '/api/tables/cameras?all=1', '/api/cameras/export'])
    expect((await as('auditor', path)).text).not.toContain('88901234')
})
