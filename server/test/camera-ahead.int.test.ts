/** Cameras opened before anybody asks for them: by a hand that rests on one, by a new 特急, by a wall that is told to show the flood. */
import type { EventBody } from '@orchid/shared/kernel/event'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CITY, cameraOf, gridsOf, MIDDLE, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Screen } from './screen.ts'

const [HERE, , THERE] = TOWNSHIPS
const HERE_GRID = gridsOf(HERE)[0] as string
const CAMERA = `cam-${HERE}`
const METRE = 1 / 111_195
/** So many metres south of the spot, looking north at it. */
const camera = (id: string, south: number, more: object = {}): EventBody => {
  const { gbCode: _, ...data } = cameraOf(HERE).data as { gbCode: string }
  const position = [MIDDLE[0], MIDDLE[1] + 0.07 - south * METRE]
  return { type: 'camera.registered', area: HERE_GRID, subject: `camera:${id}`, data: { ...data, id, position, range: 900, ...more } }
}
const SPOT = { lng: MIDDLE[0], lat: MIDDLE[1] + 0.07, crs: 'WGS84' }
let product: Product
let ids = 0
type Role = Parameters<Product['token']>[0]
const as = async (role: Role, path: string, body?: object, area: string = CITY) =>
  product.call(path, { token: await product.token(role, area), ...(body !== undefined && { method: 'POST' as const, body }) })
const ahead = (role: Role, id: string, area: string = CITY) => as(role, `/api/cameras/${id}/ahead`, {}, area)
const figure = async (name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await product.call('/metrics')).text)?.[1])
const figures = async (): Promise<{ open: number; ahead: number }> => ({
  open: await figure('orchid_open_streams'),
  ahead: await figure('orchid_streams_ahead'),
})
/** Ids of cameras that are open, once it has been told. */
function opened(n: number): Promise<string[]> {
  let open: string[] = []
  return until(
    async () => {
      const told = Object.values(await product.journal.store.hgetall('open-cameras'))
      open = told.flatMap((text) => JSON.parse(text).open as string[])
      return open.length === n ? open.sort() : undefined
    },
    8_000,
    () => `not ${n} cameras are open: ${open}`,
  )
}

beforeAll(async () => {
  product = await startProduct({
    events: [
      camera('near-1', 10),
      camera('near-2', 20),
      camera('vault', 25, { classification: 'restricted' }),
      camera('yard', 26, { classification: 'internal' }),
      camera('near-3', 30),
      camera('near-4', 40),
      camera('near-5', 50),
      camera('behind-server', 60, { backend: 'mediamtx' }),
      camera('levee', 2_000, { siteKind: 'river' }),
      camera('weir', 2_100, { siteKind: 'river' }),
    ],
  })
})
afterAll(() => product?.close())
/** Each begins with nothing open. */
beforeEach(() => product.restart())

describe('a hand that rests on a camera', () => {
  test('given it opened the camera, when it is played, then that same stream plays; only then is it a view', async () => {
    const views = async () => (await as('auditor', '/api/tables/cameraViews?all=1')).json.rows.length
    const before = await views()
    const answer = await ahead('wall', CAMERA)
    expect([answer.status, answer.json]).toEqual([200, { open: true }])
    expect(await figures()).toEqual({ open: 1, ahead: 1 })
    expect(await views()).toBe(before)
    const play = await as('wall', `/api/cameras/${CAMERA}/play`, { quality: 'sub' })
    expect(play.status).toBe(200)
    expect(await figures()).toEqual({ open: 1, ahead: 0 })
    expect(await views()).toBe(before + 1)
  })

  test('it opens what play opens: what the session may not see is refused with the same words, and nothing opens', async () => {
    const asked = [
      ['viewer', 'nosuch', CITY],
      ['viewer', 'vault', CITY],
      ['viewer', 'yard', CITY],
      ['township-officer', 'vault', HERE],
      ['township-officer', CAMERA, THERE],
      ['duty-officer', 'vault', CITY],
      ['grid-worker', CAMERA, HERE],
      ['auditor', CAMERA, CITY],
      ['intake', CAMERA, CITY],
    ] as const
    for (const [role, id, area] of asked) {
      const [hovered, played] = [await ahead(role, id, area), await as(role, `/api/cameras/${id}/play`, {}, area)]
      expect([role, id, hovered.status]).toEqual([role, id, played.status])
      expect(hovered.text.replaceAll('/ahead', '/play')).toBe(played.text)
      expect(hovered.status).toBeGreaterThanOrEqual(403)
    }
    expect((await product.call(`/api/cameras/${CAMERA}/ahead`, { method: 'POST', body: {} })).status).toBe(401)
    expect(await figures()).toEqual({ open: 0, ahead: 0 })
  })

  test('breaking glass is for who looks: no reason opens a camera ahead, and a body that holds one is refused with its field', async () => {
    const answer = await as('duty-officer', '/api/cameras/vault/ahead', { purpose: '处置特急', incident: 'any' })
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid'])
    expect(answer.json.errors[0].path).toMatch(/purpose|incident/)
    expect((await as('viewer', '/api/cameras/no%20id/ahead', {})).status).toBe(400)
    expect(await figures()).toEqual({ open: 0, ahead: 0 })
  })

  test('a camera behind a media server is not opened ahead, and plays all the same', async () => {
    expect((await ahead('viewer', 'behind-server')).json).toEqual({ open: false })
    expect(await figures()).toEqual({ open: 0, ahead: 0 })
    expect((await as('viewer', '/api/cameras/behind-server/play', {})).status).toBe(200)
  })

  test('four for a session, and no faster than a hand: who asks for more waits, others do not', async () => {
    for (const id of ['near-1', 'near-2', 'near-3', 'near-4', 'near-5']) expect((await ahead('viewer', id)).json).toEqual({ open: true })
    expect(await figures()).toEqual({ open: 4, ahead: 4 })
    const answers = await Promise.all(Array.from({ length: 60 }, () => ahead('viewer', 'near-5')))
    const refused = answers.find(({ status }) => status !== 200)
    expect([refused?.status, refused?.json.code, refused?.headers.get('retry-after')]).toEqual([429, 'too-fast', '1'])
    expect((await ahead('wall', 'near-1')).status).toBe(200)
  })
})

describe('a 特急, and the flood', () => {
  const report = async (more: object = {}) => {
    const red = { kind: 'hazard', level: 'red', grid: HERE_GRID, occurredAt: new Date().toISOString(), title: '起火', position: SPOT }
    expect((await as('intake', '/api/patrol/events', { id: `r-${++ids}`, ...red, ...more })).status).toBe(201)
  }
  const scene = async (name: string) =>
    as('duty-officer', '/api/commands/wall.set-scene', { id: `s-${++ids}`, data: { wall: `wall-${CITY}`, scene: name } })
  const watching = async (role: Role, area: string): Promise<Screen> => {
    const screen = new Screen(product.base, { token: await product.token(role, area), tables: ['incidents'] })
    await until(() => screen.modes.length > 0, 4_000, 'it watches')
    return screen
  }

  test('given somebody looks, when one is reported, then the four that see it best open before any tile asks; of those that are classified none', async () => {
    const screen = await watching('wall', CITY)
    await report()
    expect(await opened(4)).toEqual(['near-1', 'near-2', 'near-3', 'near-4'])
    expect(await figures()).toEqual({ open: 4, ahead: 4 })
    expect((await as('wall', '/api/cameras/near-1/play', {})).status).toBe(200)
    expect(await figures()).toEqual({ open: 4, ahead: 3 })
    screen.socket.close()
  })

  test('given nobody looks who may see it, or it is no 特急, then nothing opens', async () => {
    await report()
    const screen = await watching('township-officer', THERE)
    await report()
    await report({ level: 'yellow', grid: gridsOf(THERE)[0], position: undefined })
    // What is told later is looked at after all of this.
    const wall = await watching('wall', CITY)
    await scene('flood')
    expect(await opened(2)).toEqual(['levee', 'weir'])
    for (const one of [screen, wall]) one.socket.close()
  })

  test('a wall that is told to show the flood: its rivers open; told to show the day: nothing', async () => {
    const screen = await watching('wall', CITY)
    expect((await scene('daily')).status).toBe(201)
    expect((await scene('flood')).status).toBe(201)
    expect(await opened(2)).toEqual(['levee', 'weir'])
    expect(await figures()).toEqual({ open: 2, ahead: 2 })
    screen.socket.close()
  })

  test('a set that is bound to the flood comes before other rivers', async () => {
    const screen = await watching('wall', CITY)
    const set = { id: 'levees', name: '堤防', cameras: ['vault', 'near-5', 'weir'], scene: 'flood' }
    expect((await as('duty-officer', '/api/commands/camera-set.save', { id: `s-${++ids}`, data: set })).status).toBe(201)
    await scene('flood')
    expect(await opened(3)).toEqual(['levee', 'near-5', 'weir'])
    screen.socket.close()
  })
})
