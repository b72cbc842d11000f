/** Favourites belong to their person: nobody else reads, watches, hears of or changes them, whatever their role. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CITY, TOWNSHIPS } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'
import { Screen } from './screen.ts'

const [HERE] = TOWNSHIPS
const LI = 'duty-officer'
const OTHERS = ['commander', 'duty-leader', 'auditor', 'security-admin', 'system-admin', 'viewer'] as const
let product: Product
let ids = 0

beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product?.close())

type Roles = Parameters<Product['token']>[0]
const as = async (role: Roles, path: string, body?: object) =>
  product.call(path, { token: await product.token(role), ...(body !== undefined && { method: 'POST' as const, body }) })
const command = (role: Roles, name: string, data: object) => as(role, `/api/commands/${name}`, { id: `f-${++ids}`, data })
const list = (cameras: string[], name = '常看的闸门') => ({ id: 'mine', name, cameras })
const rows = async (role: Roles) => (await as(role, '/api/tables/favourites?all=1')).json.rows

test('their owner finds them in the table, by pages, in the journal and on the screen; others get not a byte, and keep their own of the same id', async () => {
  const screens = await Promise.all(
    ([LI, LI, 'commander'] as const).map(
      async (role) => new Screen(product.base, { token: await product.token(role), tables: ['cameraSets', 'favourites'] }),
    ),
  )
  const [mine, again, commander] = screens as [Screen, Screen, Screen]
  const shown = (screen: Screen) =>
    [...(screen.tables.get('favourites')?.values() ?? [])].map((row) => (row as unknown as { name: string }).name)
  try {
    await until(() => screens.every((screen) => screen.modes.length), 5_000, 'the screens did not open')
    expect((await command(LI, 'favourites.save', list([`cam-${HERE}`]))).status).toBe(201)
    await until(() => shown(mine).length && shown(again).length, 3_000, 'they are not on the screen of their owner')
    expect((await rows(LI)).map(([, row]: [string, { name: string; owner: string }]) => [row.name, row.owner])).toEqual([
      ['常看的闸门', `${LI}-${CITY}`],
    ])
    expect((await as(LI, '/api/tables/favourites?limit=10')).json.rows).toHaveLength(1)
    expect((await as(LI, '/api/events?limit=1000')).text).toContain('常看的闸门')
    for (const role of OTHERS) {
      for (const path of [
        '/api/tables/favourites?all=1',
        '/api/tables/favourites?limit=10',
        '/api/tables/cameraSets?all=1',
        '/api/events?limit=1000',
      ])
        expect((await as(role, path)).text).not.toContain('常看的闸门')
      expect((await as(role, `/api/events?subject=favourites:${LI}-${CITY}/mine`)).json.events).toEqual([])
    }
    const etag = async (role: Roles) => (await as(role, '/api/tables/favourites?all=1')).headers.get('etag')
    expect(await etag(LI)).not.toBe(await etag('commander'))

    expect((await command('commander', 'favourites.save', list([`cam-${TOWNSHIPS[1]}`], '指挥长收藏'))).status).toBe(201)
    await until(() => shown(commander).length, 3_000, 'the commander does not see their own')
    expect((await command(LI, 'favourites.remove', { id: 'mine' })).status).toBe(201)
    await until(() => shown(mine).length === 0, 3_000, 'they stayed on the screen')
    expect(shown(commander)).toEqual(['指挥长收藏'])
    expect((await rows('commander')).length).toBe(1)
    expect(commander.received).not.toContain('常看')
    expect(commander.received).not.toContain(LI)
    expect(mine.received).not.toContain('指挥长')
    expect((await as('auditor', '/api/events?limit=1000')).text).not.toContain('favourites.removed')
  } finally {
    for (const screen of screens) screen.close()
  }
})

test('a new screen is given only its own, also by a snapshot that others asked for at the same cursor', async () => {
  await command(LI, 'favourites.save', list([`cam-${HERE}`]))
  const screens = await Promise.all(
    (['commander', LI, 'viewer'] as const).map(
      async (role) => new Screen(product.base, { token: await product.token(role), tables: ['favourites'] }),
    ),
  )
  try {
    await until(() => screens.every((screen) => screen.modes.length), 5_000, 'the screens did not open')
    expect(screens.map((screen) => [...(screen.tables.get('favourites')?.keys() ?? [])])).toEqual([
      [`commander-${CITY}/mine`],
      [`${LI}-${CITY}/mine`],
      [],
    ])
  } finally {
    for (const screen of screens) screen.close()
  }
})

test('of two changes at the same time both are decided in turn', async () => {
  const answers = await Promise.all(['甲', '乙', '丙'].map((name) => command(LI, 'favourites.save', list([`cam-${HERE}`], name))))
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(await rows(LI)).toHaveLength(1)
})

test('when a camera in them is classified anew, their owner loses it from the screen, and who sees as far hears nothing', async () => {
  const owner = 'township-officer'
  expect((await command(owner, 'favourites.save', list([`cam-${HERE}`, `cam-${TOWNSHIPS[1]}`], '村口两处'))).status).toBe(201)
  const tables = ['favourites']
  const mine = new Screen(product.base, { token: await product.token(owner), tables })
  await until(() => mine.modes.length, 5_000, 'the screen did not open')
  const other = new Screen(product.base, { token: await product.token('grid-worker'), tables })
  const shown = () => [...(mine.tables.get('favourites')?.values() ?? [])].map((row) => (row as unknown as { cameras: string[] }).cameras)
  const edit = (reason: string, classification: string) =>
    command('system-admin', 'camera.edit', { id: `cam-${HERE}`, reason, classification })
  try {
    await until(() => other.modes.length, 5_000, 'the screen did not open')
    expect((await edit('涉密', 'restricted')).status).toBe(201)
    await until(() => shown()[0]?.length === 1, 3_000, 'what may not be found stayed on the screen')
    expect((await edit('解密', 'open')).status).toBe(201)
    await until(() => shown()[0]?.length === 2 && other.cursor >= mine.cursor, 3_000, 'it did not come back')
    expect(other.received).not.toContain('村口')
    expect(other.received).not.toContain(owner)
  } finally {
    mine.close()
    other.close()
  }
})
