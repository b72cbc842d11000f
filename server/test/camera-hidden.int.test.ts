/** A camera beyond what a session may find is as one that does not exist, on every route of cameras: the same status and the same words. */
import type { EventBody } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf, MIDDLE, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Screen } from './screen.ts'

const [HERE] = TOWNSHIPS
/** Nobody else's camera stands in this grid. */
const GRID = gridsOf(HERE)[2] as string
const UNKNOWN = 'nosuch-0'
const camera = (id: string, more: object): EventBody => {
  const { gbCode: _, ...data } = cameraOf(HERE).data as { gbCode: string }
  return { type: 'camera.registered', area: GRID, subject: `camera:${id}`, data: { ...data, id, grid: GRID, range: 2000, ...more } }
}
let product: Product
let incident: string
let ids = 0
type Roles = Parameters<Product['token']>[0]
const as = async (role: Roles, path: string, body?: object, area?: string) =>
  product.call(path, { token: await product.token(role, area), ...(body !== undefined && { method: 'POST' as const, body }) })
const command = (role: Roles, name: string, data: object, area?: string) =>
  as(role, `/api/commands/${name}`, { id: `h-${++ids}`, data }, area)

/** Names as long as the unknown one's, so that not even a length differs. */
const HIDDEN = [
  ['restricted', 'secret-0', ['viewer', 'wall', 'grid-worker', 'department', 'township-officer', 'auditor']],
  ['internal', 'inside-0', ['viewer', 'wall', 'auditor']],
] as const

beforeAll(async () => {
  product = await startProduct({
    events: [
      camera('secret-0', {
        name: '金库',
        gbCode: '33078110100131009901',
        classification: 'restricted',
        department: '公安局',
        position: [MIDDLE[0] + 0.025, MIDDLE[1] - 0.075],
        backend: 'mediamtx',
      }),
      camera('inside-0', {
        name: '大院',
        classification: 'internal',
        department: '公安局',
        position: [MIDDLE[0] + 0.025, MIDDLE[1] - 0.075],
        dvrMinutes: 5,
      }),
      ...['secret-0', 'inside-0'].map((id) => ({
        type: 'camera.state-changed',
        area: GRID,
        subject: `camera-state:${id}`,
        data: { id, grid: GRID, from: 'unchecked', to: 'live' },
      })),
      {
        type: 'cameras.unwatched',
        area: GRID,
        subject: `camera-watch:${GRID}`,
        data: { grid: GRID, ids: ['secret-0', 'inside-0'], since: 1 },
      },
    ],
  })
  const red = { kind: 'hazard', level: 'red', grid: GRID, occurredAt: new Date().toISOString(), title: '起火' }
  await as('intake', '/api/patrol/events', { id: 'red', ...red })
  incident = (await as('viewer', '/api/tables/incidents?all=1')).json.rows.at(-1)[0]
  const both = ['secret-0', 'inside-0']
  expect(
    (await command('commander', 'camera-set.save', { id: 'tour', name: '重点', cameras: [`cam-${HERE}`, ...both], dwell: 20 })).status,
  ).toBe(201)
  expect((await command('commander', 'camera-set.save', { id: 'only', name: '涉密', cameras: both })).status).toBe(201)
  const bound = { id: `incident-${incident}`, name: '起火点', cameras: [...both, `cam-${HERE}`], incident }
  expect((await command('commander', 'camera-set.save', bound)).status).toBe(201)
  expect((await command('system-admin', 'control-room.set', { department: '公安局', phone: '0579-88901234' })).status).toBe(201)
})
afterAll(() => product?.close())

const span = { from: '2026-06-01T08:00:00+08:00', to: '2026-06-01T09:00:00+08:00' }
/** What may be asked about one camera by its id. */
const ASKED: readonly (readonly [what: string, path: (id: string) => string, body?: (id: string) => object])[] = [
  ['play', (id) => `/api/cameras/${id}/play`, () => ({})],
  ['play, the smaller stream', (id) => `/api/cameras/${id}/play`, () => ({ quality: 'sub' })],
  ['play with a purpose', (id) => `/api/cameras/${id}/play`, () => ({ purpose: '例行查看' })],
  ['play for an incident', (id) => `/api/cameras/${id}/play`, () => ({ incident, purpose: '处置特急' })],
  ['play what was recorded', (id) => `/api/cameras/${id}/play`, () => ({ recorded: span })],
  ['a renewal', (id) => `/api/cameras/${id}/play`, () => ({ viewId: 'view-00001' })],
  ['open ahead', (id) => `/api/cameras/${id}/ahead`, () => ({})],
  ['snapshot', (id) => `/api/cameras/${id}/snapshot.jpg`],
  ['recordings', (id) => `/api/cameras/${id}/recordings?from=${encodeURIComponent(span.from)}&to=${encodeURIComponent(span.to)}`],
  ['control room', (id) => `/api/cameras/${id}/control-room`],
  ['playlist', (id) => `/media/hls/${id}/view-00001.abc.${'A'.repeat(24)}/index.m3u8`],
  ['search by id', (id) => `/api/cameras/search?q=${id}`],
  ['events of it', (id) => `/api/events?subject=camera:${id}`],
  ['events of its state', (id) => `/api/events?subject=camera-state:${id}`],
  ['save a set', () => '/api/commands/camera-set.save', (id) => ({ id: 'same', data: { id: 'mine', name: '我的', cameras: [id] } })],
  [
    'save a tour',
    () => '/api/commands/camera-set.save',
    (id) => ({ id: 'same', data: { id: 'mine', name: '我的', cameras: [id], dwell: 20 } }),
  ],
  ['save favourites', () => '/api/commands/favourites.save', (id) => ({ id: 'same', data: { id: 'mine', name: '我的', cameras: [id] } })],
  [
    'bind it to an incident',
    () => '/api/commands/camera-set.save',
    (id) => ({ id: 'same', data: { id: `incident-${incident}`, name: '起火点', cameras: [id], incident } }),
  ],
  ['edit', () => '/api/commands/camera.edit', (id) => ({ id: 'same', data: { id, reason: '更名', name: '新名' } })],
  ['retire', () => '/api/commands/camera.retire', (id) => ({ id: 'same', data: { id, reason: '停用' } })],
]

describe.each(HIDDEN.flatMap(([classification, id, roles]) => roles.map((role) => [role, classification, id] as const)))(
  'a %s and a camera that is %s',
  (role, _classification, id) => {
    test.each(ASKED.map(([what, path, body]) => ({ what, path, body })))(
      '$what: as for a camera that does not exist',
      async ({ path, body }) => {
        const [hidden, unknown] = await Promise.all([id, UNKNOWN].map((one) => as(role, path(one), body?.(one))))
        expect(hidden?.status).toBe(unknown?.status)
        expect(hidden?.text.replaceAll(id, UNKNOWN)).toBe(unknown?.text)
        const named = ({ headers }: { headers: Headers }) => [...headers.keys()].sort()
        expect(hidden && named(hidden)).toEqual(unknown && named(unknown))
      },
    )
  },
)

describe('lists', () => {
  const LISTS = [
    ...['cameras', 'cameraStates', 'cameraUptime', 'cameraSets', 'favourites'].flatMap((table) => [
      `/api/tables/${table}?all=1`,
      `/api/tables/${table}?limit=1000`,
    ]),
    '/api/events?limit=1000',
    `/api/cameras/near?lng=${MIDDLE[0] + 0.025}&lat=${MIDDLE[1] - 0.075}&crs=WGS84&n=20`,
    '/api/cameras/export',
    '/api/cameras/export?format=geojson',
    '/api/cameras/uptime?by=camera',
    ...['金库', '大院', 'jk', '公安局', '33078110100131009901'].map((q) => `/api/cameras/search?q=${encodeURIComponent(q)}`),
  ]
  test.each(LISTS)('%s names none of them to who may not find them', async (path) => {
    for (const [, id, roles] of HIDDEN)
      for (const role of roles) {
        // Auditors are told who looked at what, but nobody has looked here.
        const { status, text } = await as(role, path)
        if (status !== 200) expect([role, status]).toEqual([role, 403])
        expect(text).not.toContain(id)
      }
    expect((await as('commander', path)).status).toBe(200)
  })
  test('figures count none of them', async () => {
    const departments = async (role: Roles) =>
      (await as(role, '/api/cameras/uptime')).json.rows.find((row: { department?: string }) => row.department === '公安局')?.cameras
    expect([await departments('viewer'), await departments('township-officer'), await departments('commander')]).toEqual([undefined, 1, 2])
    const eyes = async (role: Roles) => (await as(role, `/api/cameras/coverage?area=${GRID}`)).json.rows[0]
    expect(await eyes('viewer')).toEqual({ grid: GRID, seen: 0, perhaps: 0, blind: 1, cameras: 0 })
    expect((await eyes('township-officer')).cameras).toBe(1)
    expect((await eyes('commander')).cameras).toBe(2)
    expect((await eyes('commander')).blind).toBeLessThan(1)
  })
})

describe('sets', () => {
  const setsOf = async (role: Roles): Promise<Record<string, { cameras: string[]; binders?: object }>> =>
    Object.fromEntries((await as(role, '/api/tables/cameraSets?all=1')).json.rows)
  test('one of which a reader may find no camera does not exist for it', async () => {
    expect(Object.keys(await setsOf('viewer')).sort()).toEqual([`incident-${incident}`, 'tour'])
    expect(Object.keys(await setsOf('township-officer')).sort()).toEqual([`incident-${incident}`, 'only', 'tour'])
    expect((await as('viewer', '/api/events?subject=camera-set:only')).json.events).toEqual([])
    expect((await as('commander', '/api/events?subject=camera-set:only')).json.events).toHaveLength(1)
  })
  test('one of which a reader may find no camera does not exist for it when it has been removed either', async () => {
    const [hidden, mixed] = [
      { id: 'gone', name: '涉密旧组', cameras: ['secret-0'] },
      { id: 'gone-mixed', name: '旧组', cameras: ['secret-0', `cam-${HERE}`] },
    ]
    for (const set of [hidden, mixed]) {
      expect((await command('commander', 'camera-set.save', set)).status).toBe(201)
      expect((await command('commander', 'camera-set.remove', { id: set.id })).status).toBe(201)
    }
    const told = async (role: Roles, { id }: { id: string }) => (await as(role, `/api/events?subject=camera-set:${id}`)).json.events
    expect(await told('viewer', hidden)).toEqual([])
    expect((await as('viewer', '/api/events?limit=1000')).text).not.toContain(hidden.name)
    expect((await told('viewer', mixed)).at(-1)).toMatchObject({ type: 'camera-set.removed', data: { cameras: [`cam-${HERE}`] } })
    expect(await told('commander', hidden)).toHaveLength(2)
  })
  test('screens hear nothing of such a set, whatever happens to it; one that held what they find leaves them', async () => {
    const tables = ['cameraSets']
    const [viewer, commander] = [
      new Screen(product.base, { token: await product.token('viewer'), tables }),
      new Screen(product.base, { token: await product.token('commander'), tables }),
    ]
    try {
      await until(() => viewer.epoch && commander.epoch, 5_000, 'the screens did not open')
      const open = `cam-${HERE}`
      const happen = async (name: string, data: object) => {
        expect((await command('commander', `camera-set.${name}`, data)).status).toBe(201)
        const { seq } = await product.journal.head()
        await until(() => [viewer, commander].every(({ cursor }) => cursor >= seq), 5_000, 'the screens did not follow')
      }
      const shows = (id: string) => [viewer, commander].map((screen) => screen.tables.get('cameraSets')?.has(id))
      await happen('save', { id: 'unheard', name: '涉密', cameras: ['secret-0'] })
      await happen('save', { id: 'unheard', name: '涉密', cameras: ['secret-0', 'inside-0'] })
      expect(shows('unheard')).toEqual([false, true])
      await happen('remove', { id: 'unheard' })
      expect(shows('unheard')).toEqual([false, false])
      expect(viewer.received).not.toContain('unheard')
      expect(commander.received).toContain('unheard')
      for (const id of ['narrowed', 'removed']) await happen('save', { id, name: '一组', cameras: ['secret-0', open] })
      expect([shows('narrowed'), shows('removed')]).toEqual([
        [true, true],
        [true, true],
      ])
      await happen('save', { id: 'narrowed', name: '一组', cameras: ['secret-0'] })
      await happen('remove', { id: 'removed' })
      expect([shows('narrowed'), shows('removed')]).toEqual([
        [false, true],
        [false, false],
      ])
      await happen('remove', { id: 'narrowed' })
    } finally {
      for (const screen of [viewer, commander]) screen.close()
    }
  })
  test('who bound a camera to an incident is told only with the camera', async () => {
    expect((await setsOf('viewer'))[`incident-${incident}`]?.binders).toEqual({ [`cam-${HERE}`]: `commander-${CITY}` })
    const [told] = (await as('viewer', `/api/events?subject=camera-set:incident-${incident}`)).json.events
    expect(told.data.binders).toEqual({ [`cam-${HERE}`]: `commander-${CITY}` })
  })
  test('who saves a set anew takes out of it no camera that they may not find', async () => {
    const saved = { id: 'tour', name: '重点', cameras: ['inside-0', `cam-${HERE}`], dwell: 30 }
    expect((await command('township-officer', 'camera-set.save', saved)).status).toBe(201)
    expect((await setsOf('township-officer')).tour?.cameras).toEqual(['inside-0', `cam-${HERE}`])
    expect((await setsOf('commander')).tour).toMatchObject({ cameras: ['inside-0', 'secret-0', `cam-${HERE}`], dwell: 30 })
  })
})
