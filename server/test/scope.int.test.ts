/** P7: every route × every role × two townships. A route that nobody has classified fails here; no answer holds a byte of the other township. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { request } from 'node:http'
import { may, type Right, ROLES, type Role } from '@orchid/shared/domain/access/roles'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { EventBody } from '@orchid/shared/kernel/event'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../src/journal/journal.ts'
import { CITY, cameraOf, gridsOf, MIDDLE, TOWNSHIPS } from './city.ts'
import { type Answer, type Call, call, entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [ONE, TWO] = TOWNSHIPS

/** What stands in a township before anybody asks. */
interface Place {
  readonly township: string
  readonly grid: string
  readonly camera: string
  readonly incident: string
  /** Subject of sealed fields. */
  readonly sealed: string
  /** Play address that a viewer of this township got. */
  readonly playUrl: string
}

/** One way to ask a route, and the statuses that a permitted role may get. */
interface Way {
  readonly what: string
  readonly path: string
  readonly options?: Call
  readonly statuses: readonly number[]
  /** The public base map names every township. */
  readonly namesAll?: true
}

/** `right`: only roles that hold it. `known`: any credential. `open`: everybody. `page`: files of the web app and of the docs, the same for all. */
type Need = Right | 'known' | 'open' | 'page'

interface Route {
  readonly need: Need
  readonly ways?: (own: Place, other: Place, role: Role) => readonly Way[]
}

let ids = 0
const post = (body: unknown): Call => ({ method: 'POST', body })
const command = (data: object): Call => post({ id: `scope-${++ids}`, data })
const gateCode = (township: string): string => `${township}00001320000`
let codes = 0
const cameraData = (township: string, more: object): object => ({
  ...(cameraOf(township).data as object),
  gbCode: `${township}0000132${String(++codes).padStart(4, '0')}`,
  backend: 'gateway',
  ...more,
})

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /healthz': { need: 'open', ways: () => [{ what: 'ask', path: '/healthz', statuses: [200] }] },
  'GET /readyz': { need: 'open', ways: () => [{ what: 'ask', path: '/readyz', statuses: [200] }] },
  'GET /metrics': { need: 'open', ways: () => [{ what: 'from loopback', path: '/metrics', statuses: [200] }] },
  'GET /openapi.json': { need: 'open', ways: () => [{ what: 'from loopback', path: '/openapi.json', statuses: [200] }] },
  'POST /api/session': {
    need: 'open',
    ways: () => [{ what: 'guess', path: '/api/session', options: post({ account: 'nobody', password: 'x' }), statuses: [401, 429] }],
  },
  'POST /api/session/wall': {
    need: 'open',
    ways: () => [{ what: 'guess', path: '/api/session/wall', options: post({ code: 'a guessed code' }), statuses: [401, 429] }],
  },
  'GET /api/session': { need: 'known', ways: () => [{ what: 'who am I', path: '/api/session', statuses: [200] }] },
  'DELETE /api/session': {
    need: 'open',
    ways: () => [{ what: 'sign out of nothing', path: '/api/session', options: { method: 'DELETE' }, statuses: [204] }],
  },
  'GET /api/tables/:table': { need: 'read', ways: tableWays },
  'GET /api/events': {
    need: 'read',
    ways: (_own, other) => [
      { what: 'all', path: '/api/events?limit=1000', statuses: [200] },
      { what: "the other's incident", path: `/api/events?subject=incident:${other.incident}`, statuses: [200] },
      { what: "the other's camera", path: `/api/events?subject=camera:${other.camera}&limit=1000`, statuses: [200] },
      { what: 'only one', path: '/api/events?limit=1&from=5', statuses: [200] },
    ],
  },
  'POST /api/patrol/events': {
    need: 'report',
    ways: (own, other) => [
      { what: 'own grid', path: '/api/patrol/events', options: post(entry(own.grid)), statuses: [201] },
      { what: "the other's grid", path: '/api/patrol/events', options: post(entry(other.grid)), statuses: [403] },
      { what: 'no grid of the other', path: '/api/patrol/events', options: post(entry(`${other.township}999999`)), statuses: [403] },
      { what: 'both', path: '/api/patrol/events', options: post([entry(own.grid), entry(other.grid)]), statuses: [207] },
    ],
  },
  'POST /api/commands/incident.accept': incidentRoute('incident.accept'),
  'POST /api/commands/incident.close': incidentRoute('incident.close'),
  'POST /api/commands/camera.register': {
    need: 'camera.register',
    ways: (own, other, role) => {
      const path = '/api/commands/camera.register'
      const fresh = cameraData(own.township, { id: `new-${own.township}-${role}` })
      return [
        { what: 'in the own grid', path, options: command(fresh), statuses: [201] },
        { what: "in the other's grid", path, options: command(cameraData(own.township, { grid: other.grid })), statuses: [403] },
        {
          what: "the other's camera into the own grid",
          path,
          options: command(cameraData(own.township, { id: other.camera })),
          statuses: [409],
        },
      ]
    },
  },
  'POST /api/commands/camera.edit': {
    need: 'camera.edit',
    ways: (own, other, role) => {
      const path = '/api/commands/camera.edit'
      const edit = (more: object): Call => command({ id: own.camera, reason: '核对', ...more })
      return [
        { what: 'own', path, options: edit({ name: `门 ${role}` }), statuses: [201] },
        { what: "the other's", path, options: edit({ id: other.camera, name: '改名' }), statuses: [409] },
        { what: "into the other's grid", path, options: edit({ grid: other.grid }), statuses: [403] },
        { what: "the other's code", path, options: edit({ gbCode: gateCode(other.township) }), statuses: [409] },
      ]
    },
  },
  'POST /api/commands/camera.retire': {
    need: 'camera.retire',
    ways: (own, other, role) => {
      const path = '/api/commands/camera.retire'
      const retire = (id: string): Call => command({ id, reason: '拆除' })
      return [
        { what: 'own', path, options: retire(`new-${own.township}-${role}`), statuses: [201] },
        { what: "the other's", path, options: retire(other.camera), statuses: [409] },
      ]
    },
  },
  'POST /api/cameras/pull': {
    need: 'camera.register',
    ways: () => [
      {
        what: 'a server that is none',
        path: '/api/cameras/pull',
        options: post({ server: 'wvp', address: 'http://10.0.0.1' }),
        statuses: [422],
      },
    ],
  },
  'GET /api/cameras/export': {
    need: 'read',
    ways: (own, other) => [
      { what: 'CSV', path: '/api/cameras/export', statuses: [200] },
      { what: 'GeoJSON', path: `/api/cameras/export?format=geojson&area=${own.township}`, statuses: [200] },
      { what: "the other's area", path: `/api/cameras/export?area=${other.township}`, statuses: [403] },
    ],
  },
  'GET /api/cameras/:id/snapshot.jpg': {
    need: 'play',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/cam-${own.township}/snapshot.jpg`, statuses: [200] },
      { what: "the other's", path: `/api/cameras/cam-${other.township}/snapshot.jpg`, statuses: [404] },
    ],
  },
  'GET /api/cameras/uptime': {
    need: 'read',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/uptime?by=camera&area=${own.township}`, statuses: [200] },
      { what: "the other's", path: `/api/cameras/uptime?area=${other.township}`, statuses: [403] },
    ],
  },
  'GET /api/cameras/coverage': {
    need: 'read',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/coverage?area=${own.township}`, statuses: [200] },
      { what: "the other's", path: `/api/cameras/coverage?area=${other.township}`, statuses: [403] },
    ],
  },
  'GET /api/cameras/near': {
    need: 'read',
    ways: () => [{ what: 'all around', path: `/api/cameras/near?lng=${MIDDLE[0]}&lat=${MIDDLE[1]}&crs=WGS84&n=20`, statuses: [200] }],
  },
  'GET /api/cameras/search': {
    need: 'read',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/search?q=${encodeURIComponent('门')}&limit=100`, statuses: [200] },
      { what: "the other's code", path: `/api/cameras/search?q=${gateCode(other.township)}`, statuses: [200] },
      { what: "the other's place", path: `/api/cameras/search?q=${other.grid}`, statuses: [200] },
      { what: "the other's area", path: `/api/cameras/search?q=x&area=${other.township}`, statuses: [403] },
      { what: 'own area', path: `/api/cameras/search?q=x&area=${own.township}`, statuses: [200] },
    ],
  },
  'POST /api/cameras/import': {
    need: 'camera.register',
    ways: (own, other, role) => {
      const path = '/api/cameras/import?crs=WGS84&siteKind=road'
      const list = (id: string, grid: string): Call => ({
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        raw: `id,name,lng,lat,grid\n${id},卡口,119.3,29.1,${grid}`,
      })
      return [
        { what: 'own', path, options: list(`list-${own.township}-${role}`, own.grid), statuses: [200] },
        { what: "the other's grid", path, options: list(`list-${role}`, other.grid), statuses: [200] },
        { what: "the other's camera", path, options: list(other.camera, own.grid), statuses: [200] },
      ]
    },
  },
  'POST /api/commands/wall.set-scene': {
    need: 'wall.set-scene',
    ways: (own, other) => {
      const path = '/api/commands/wall.set-scene'
      return [
        { what: 'an own wall', path, options: command({ wall: 'hall', scene: 'visit' }), statuses: [201] },
        { what: "the other's wall", path, options: command({ wall: 'hall', scene: 'visit', area: other.township }), statuses: [403] },
        { what: "the city's wall", path, options: command({ wall: 'hall', scene: 'visit', area: CITY }), statuses: [403] },
        { what: 'a scene that is none', path, options: command({ wall: 'hall', scene: own.township }), statuses: [400] },
      ]
    },
  },
  'POST /api/commands/camera-set.save': {
    need: 'camera-set.save',
    ways: (own, other, role) => {
      const path = '/api/commands/camera-set.save'
      const set = (more: object): Call => command({ id: `set-${own.township}-${role}`, name: '堤防', cameras: [own.camera], ...more })
      return [
        { what: 'own', path, options: set({}), statuses: [201] },
        { what: "the other's camera", path, options: set({ cameras: [own.camera, other.camera] }), statuses: [422] },
        {
          what: "the other's incident",
          path,
          options: set({ id: `incident-${other.incident}`, incident: other.incident }),
          statuses: [422],
        },
      ]
    },
  },
  'POST /api/commands/camera-set.remove': {
    need: 'camera-set.remove',
    ways: (own, other, role) => {
      const path = '/api/commands/camera-set.remove'
      return [
        { what: 'own', path, options: command({ id: `set-${own.township}-${role}` }), statuses: [201] },
        { what: "the other's", path, options: command({ id: `set-${other.township}-${role}` }), statuses: [409] },
      ]
    },
  },
  'POST /api/commands/favourites.save': {
    need: 'favourites.save',
    ways: (own, other) => {
      const path = '/api/commands/favourites.save'
      const list = (cameras: string[]): Call => command({ id: 'mine', name: '常看', cameras })
      return [
        { what: 'own', path, options: list([own.camera]), statuses: [201] },
        { what: "the other's camera", path, options: list([own.camera, other.camera]), statuses: [422] },
      ]
    },
  },
  'POST /api/commands/favourites.remove': {
    need: 'favourites.remove',
    ways: (own) => [
      { what: 'own', path: '/api/commands/favourites.remove', options: command({ id: 'mine' }), statuses: [201] },
      {
        what: 'one that is none',
        path: '/api/commands/favourites.remove',
        options: command({ id: `no-${own.township}` }),
        statuses: [409],
      },
    ],
  },
  'POST /api/commands/camera-view.review': {
    need: 'camera-view.review',
    ways: () => [
      {
        what: 'one that is none',
        path: '/api/commands/camera-view.review',
        options: command({ view: 'nosuch', opinion: '无异常' }),
        statuses: [409],
      },
    ],
  },
  'POST /api/commands/control-room.set': {
    need: 'control-room.set',
    ways: (own) => [
      {
        what: 'one of the whole city',
        path: '/api/commands/control-room.set',
        options: command({ department: `局 ${own.township}`, phone: '0579-12345' }),
        statuses: [403],
      },
    ],
  },
  'GET /api/cameras/:id/control-room': {
    need: 'read',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/${own.camera}/control-room`, statuses: [200] },
      { what: "the other's", path: `/api/cameras/${other.camera}/control-room`, statuses: [404] },
    ],
  },
  'POST /api/private': {
    need: 'private',
    ways: (own, other) => [
      { what: 'own', path: '/api/private', options: post({ subject: own.sealed, reason: '核实情况' }), statuses: [200] },
      { what: "the other's", path: '/api/private', options: post({ subject: other.sealed, reason: '核实情况' }), statuses: [404] },
    ],
  },
  'POST /api/sources/:name/beat': {
    need: 'report',
    ways: (own, other, role) => [
      { what: 'a new one', path: `/api/sources/own-${role}-${own.township.slice(6)}/beat`, options: { method: 'POST' }, statuses: [204] },
      { what: "the other's", path: `/api/sources/of-${other.township.slice(6)}/beat`, options: { method: 'POST' }, statuses: [403] },
    ],
  },
  'POST /api/cameras/:id/play': {
    need: 'play',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/${own.camera}/play`, options: post({}), statuses: [200] },
      { what: "the other's", path: `/api/cameras/${other.camera}/play`, options: post({}), statuses: [404] },
    ],
  },
  'POST /api/cameras/:id/ahead': {
    need: 'play',
    ways: (own, other) => [
      { what: 'own', path: `/api/cameras/${own.camera}/ahead`, options: post({}), statuses: [200] },
      { what: "the other's", path: `/api/cameras/${other.camera}/ahead`, options: post({}), statuses: [404] },
    ],
  },
  'GET /api/cameras/:id/recordings': {
    need: 'play',
    ways: (own, other) => {
      const span = 'from=2026-06-01T08:00:00Z&to=2026-06-01T09:00:00Z'
      return [
        { what: 'own, whose backend keeps none', path: `/api/cameras/${own.camera}/recordings?${span}`, statuses: [422] },
        { what: "the other's", path: `/api/cameras/${other.camera}/recordings?${span}`, statuses: [404] },
      ]
    },
  },
  'GET /api/base': { need: 'read', ways: () => [{ what: 'which base map', path: '/api/base', statuses: [200] }] },
  'GET /api/base/:z/:x/:y': { need: 'read', ways: () => [{ what: 'a tile', path: '/api/base/10/852/421', statuses: [204] }] },
  'GET /media/hls/*': {
    need: 'play',
    ways: (own, other) => [
      { what: "a neighbour's address of an own camera", path: own.playUrl, statuses: [403] },
      { what: "the other's", path: other.playUrl, statuses: [403] },
      { what: 'a segment of it', path: other.playUrl.replace(/[^/]+$/, 's1.m4s'), statuses: [403] },
    ],
  },
}

/** Files of the web app and pages of the docs: the same bytes for everybody. */
const PAGES =
  /^GET (\/|\/\*|\/(wall|console|phone|replay|settings|settings\/\*|sign-in)|\/docs(\/.*)?|\/assets\/.*|\/[a-z0-9._-]+\.(svg|ico|png|webmanifest|txt|html|js))$/

function tableWays(own: Place, other: Place, role: Role): Way[] {
  return PROJECTIONS.flatMap(({ name, scope, right }): Way[] => {
    const path = `/api/tables/${name}`
    const allowed = [scope === 'city' || (right !== undefined && !may(role, right as Right)) ? 403 : 200]
    const namesAll = scope === 'public' ? ({ namesAll: true } as const) : {}
    return [
      { what: `${name}, a page`, path: `${path}?limit=1000`, statuses: allowed, ...namesAll },
      { what: `${name}, whole`, path: `${path}?all=1`, statuses: allowed, ...namesAll },
      { what: `${name}, own area`, path: `${path}?area=${own.grid}`, statuses: allowed, ...namesAll },
      { what: `${name}, after a foreign key`, path: `${path}?after=${other.grid}`, statuses: allowed, ...namesAll },
      { what: `${name}, the other's area`, path: `${path}?all=1&area=${other.township}`, statuses: [403] },
      { what: `${name}, the city`, path: `${path}?area=${CITY}`, statuses: [403] },
    ]
  })
}

function incidentRoute(name: 'incident.accept' | 'incident.close'): Route {
  const data = (incident: string): object => ({ incident, opinion: '已核' })
  return {
    need: name,
    ways: (own, other) => [
      { what: 'own', path: `/api/commands/${name}`, options: command(data(own.incident)), statuses: [201, 409] },
      { what: "the other's", path: `/api/commands/${name}`, options: command(data(other.incident)), statuses: [409] },
    ],
  }
}

const registered = new Set<string>()
let product: Product
let places: Record<string, Place>
const tokens = new Map<string, string>()

beforeAll(async () => {
  const seen = (message: unknown): void => {
    ;(message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) if (one !== 'HEAD') registered.add(`${one} ${url}`)
    })
  }
  subscribe('fastify.initialization', seen)
  const events = [ONE, TWO].map((township): EventBody => {
    const data = cameraData(township, { id: `gate-${township}`, name: `门 ${township}`, gbCode: gateCode(township) })
    return { ...cameraOf(township), subject: `camera:gate-${township}`, data }
  })
  product = await startProduct({ events })
  unsubscribe('fastify.initialization', seen)
  for (const township of [ONE, TWO]) for (const role of ROLES) tokens.set(`${role} ${township}`, await product.token(role, township))
  places = { [ONE]: await furnish(ONE), [TWO]: await furnish(TWO) }
})
afterAll(() => product?.close())

/** Lets something happen in a township, so that there is something to leak. */
async function furnish(township: string): Promise<Place> {
  const token = tokens.get(`intake ${township}`) as string
  const grid = gridsOf(township)[0] as string
  const body = entry(grid, {
    kind: 'hazard',
    level: 'red',
    title: `密 ${township}`,
    note: `密注 ${township}`,
    private: { name: `密名 ${township}`, phone: `138${township.slice(1)}` },
  })
  const { seq } = (await product.call('/api/patrol/events', { method: 'POST', token, body })).json.results[0]
  const [{ event: reported }] = (await product.journal.read(seq, 1)) as [Entry]
  await product.call(`/api/sources/of-${township.slice(6)}/beat`, { method: 'POST', token })
  const viewer = await product.access.addToken({ name: `neighbour-${township}`, role: 'viewer', area: township })
  const playing = await product.call(`/api/cameras/gate-${township}/play`, { method: 'POST', token: viewer, body: {} })
  await until(
    async () =>
      (await product.call('/api/tables/sources', { token: await product.token('viewer') })).text.includes(`of-${township.slice(6)}`),
    3_000,
    'the source is not in the table',
  )
  return {
    township,
    grid,
    camera: `gate-${township}`,
    incident: (reported.data as { incident: string }).incident,
    sealed: `patrol:intake-${township}/${body.id}`,
    playUrl: playing.json.url,
  }
}

const permitted = (role: Role, need: Need): boolean => need === 'open' || need === 'known' || need === 'page' || may(role, need)

test('every route of the server is classified, and every classified one exists', () => {
  const api = [...registered].filter((route) => !PAGES.test(route))
  expect(api.sort()).toEqual(Object.keys(ROUTES).sort())
})

test('the description tells of the same routes', async () => {
  const { paths } = (await product.call('/openapi.json')).json as { paths: Record<string, Record<string, unknown>> }
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1').replace('{*}', '*')}`),
  )
  expect(told.filter((route) => !(route in ROUTES))).toEqual([])
})

describe.each([
  [ONE, TWO],
  [TWO, ONE],
])('in %s, beside %s', (home, beside) => {
  test.each(ROLES)('%s gets what it may, and nothing of the other', async (role) => {
    const [own, other] = [places[home] as Place, places[beside] as Place]
    const token = tokens.get(`${role} ${home}`) as string
    const wrong: string[] = []
    for (const [name, { need, ways }] of Object.entries(ROUTES))
      for (const { what, path, options, statuses, namesAll } of ways?.(own, other, role) ?? []) {
        const answer = await product.call(path, { ...options, token })
        const allowed = permitted(role, need) ? statuses : [403]
        if (!allowed.includes(answer.status)) wrong.push(`${name}, ${what}: ${answer.status} instead of ${allowed}`)
        const found = namesAll && answer.status === 200 ? undefined : traceOf(answer, other)
        if (found) wrong.push(`${name}, ${what}: holds ${found}`)
        if (answer.status >= 400 && !answer.headers.get('content-type')?.startsWith('application/problem+json'))
          wrong.push(`${name}, ${what}: ${answer.status} is no problem document`)
      }
    expect(wrong).toEqual([])
  })
})

/** A word of the other township in an answer, headers included. */
function traceOf(answer: Answer, { township, incident, camera }: Place): string | undefined {
  const whole = `${[...answer.headers].flat().join('\n')}\n${answer.text}`
  return [township, incident, camera, `138${township.slice(1)}`, `of-${township.slice(6)}`].find((word) => whole.includes(word))
}

test.each([undefined, '', 'wrong', 'Bearer', '__proto__'])('nobody signed in (%s) gets 401 where a credential is needed', async (token) => {
  const wrong: string[] = []
  const [own, other] = [places[ONE] as Place, places[TWO] as Place]
  for (const [name, { need, ways }] of Object.entries(ROUTES))
    for (const { what, path, options, statuses } of ways?.(own, other, 'viewer') ?? []) {
      const answer = await product.call(path, { ...options, token })
      const expected = need === 'open' ? statuses : [401]
      if (!expected.includes(answer.status)) wrong.push(`${name}, ${what}: ${answer.status} instead of ${expected}`)
      for (const place of need === 'open' ? [] : [own, other])
        if (traceOf(answer, place)) wrong.push(`${name}, ${what}: holds ${traceOf(answer, place)}`)
    }
  expect(wrong).toEqual([])
})

test('from elsewhere, figures and descriptions need a token', async () => {
  const behind = await startProduct({ on: product, config: { trustedProxies: ['127.0.0.1'] } })
  try {
    const from = { 'x-forwarded-for': '203.0.113.9' }
    for (const path of ['/metrics', '/openapi.json', '/docs', '/docs/json']) {
      expect([path, (await behind.call(path, { headers: from })).status]).toEqual([path, 401])
      expect([path, (await behind.call(path, { headers: from, token: await product.token('intake') })).status]).toEqual([path, 403])
      const answer = await behind.call(path, { headers: from, token: await product.token('viewer') })
      expect([path, answer.status < 400]).toEqual([path, true])
    }
  } finally {
    await behind.close()
  }
})

test.each(ROLES)('the websocket of the pictures opens for %s only where it may play', async (role) => {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  const status = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(`${product.base}/media`, { headers: { ...upgrade, ...headers } })
      asked.on('response', (response) => resolve(response.resume().statusCode as number))
      asked.on('upgrade', (_response, socket) => {
        socket.destroy()
        resolve(101)
      })
      asked.on('error', reject)
      asked.end()
    })
  const authorization = `Bearer ${tokens.get(`${role} ${ONE}`)}`
  expect(await status({ authorization })).toBe(may(role, 'play') ? 101 : 403)
  expect(await status({ authorization, origin: 'https://evil.example' })).toBe(401)
  expect(await status({})).toBe(401)
})

test('an address outside the routes tells nothing, whoever asks', async () => {
  const token = tokens.get(`viewer ${ONE}`) as string
  for (const path of [
    '/api',
    '/api/nothing',
    '/api/tables',
    `/api/incidents/${places[TWO]?.incident}`,
    '/.env',
    '/.data/demo-access.json',
    '/%2e%2e/%2e%2e/etc/passwd',
  ]) {
    const answer = await call(product.base, path, { token })
    expect([path, answer.status, traceOf(answer, places[TWO] as Place)]).toEqual([path, 404, undefined])
  }
})
