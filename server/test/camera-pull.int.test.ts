/** Lists of media servers (fakes of them): into the registry like a file, from permitted addresses only, and no credential goes astray. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { gridsOf } from './city.ts'
import { type FakeServer, fakeMediaMtx, fakeServer, fakeWvp, fakeZlm } from './fake-media-servers.ts'
import type { Answer } from './http.ts'
import { type Product, startProduct } from './product.ts'

const [HERE] = gridsOf() as [string]
let product: Product
let admin: string
const fakes: FakeServer[] = []
beforeAll(async () => {
  product = await startProduct()
  admin = await product.token('system-admin')
})
afterEach(async () => void (await Promise.all(fakes.splice(0).map((fake) => fake.close()))))
afterAll(() => product?.close())

const up = async (fake: Promise<FakeServer>): Promise<FakeServer> => {
  fakes.push(await fake)
  return fake
}
const pull = (body: object, token = admin) => product.call('/api/cameras/pull', { method: 'POST', token, body })
const counts = ({ json }: Answer) => [json.created, json.updated, json.unchanged, json.refusedCount]
const row = async (id: string) =>
  (await product.call('/api/tables/cameras?all=1', { token: admin })).json.rows.find(([key]: [string]) => key === id)?.[1]
const sealed = async (id: string) => (await product.journal.openPrivate(`camera:${id}`))?.source
const register = (id: string, more: object = {}) =>
  product.call('/api/commands/camera.register', {
    ...{ method: 'POST', token: admin },
    body: {
      id: `r-${id}`,
      data: {
        id,
        name: `点 ${id}`,
        position: [119.22, 29.02],
        siteKind: 'road',
        grid: HERE,
        people: [],
        backend: 'gateway',
        subStream: false,
        ...more,
      },
    },
  })
const code = (n: number) => `33078100001320${String(n).padStart(6, '0')}`

describe('WVP-GB28181-pro', () => {
  const channel = (n: number, more: object = {}) => ({
    ...{ gbId: n, gbDeviceId: code(n), gbName: `岗位 ${n}`, gbLongitude: 119.22, gbLatitude: 29.02, gbDirectionType: 1, gbStatus: 'ON' },
    ...more,
  })
  test('all pages; districts are passed over, a place of 0 is none; the same list twice changes nothing', async () => {
    const channels = [
      ...Array.from({ length: 230 }, (_, i) => channel(i + 1)),
      channel(0, { gbDeviceId: '33078101' }),
      channel(900, { gbLongitude: 0, gbLatitude: 0 }),
    ]
    const fake = await up(fakeWvp(channels, 'Key-One'))
    const body = { server: 'wvp', address: fake.address, credential: 'Key-One', crs: 'WGS84', siteKind: 'road' }
    expect(counts(await pull({ ...body, preview: true }))).toEqual([230, 0, 0, 1])
    expect(await row(code(1))).toBeUndefined()
    const first = await pull(body)
    expect([first.status, ...counts(first), first.json.skipped]).toEqual([200, 230, 0, 0, 1, 1])
    expect(first.json.refused).toMatchObject([{ row: 232, code: 'position-missing' }])
    expect(await row(code(230))).toMatchObject({ name: '岗位 230', bearing: 90, backend: 'wvp', grid: HERE })
    expect(await sealed(code(230))).toBe(`${fake.address}/channel/230`)
    expect(counts(await pull(body))).toEqual([0, 0, 230, 1])
    expect(fake.asked[0]).toBe('/api/common/channel/list?page=1&count=100')
    expect((await pull({ ...body, crs: undefined })).json.code).toBe('crs-missing')
    expect((await pull({ ...body, mode: 'all-or-nothing' })).json.code).toBe('rows-refused')
  })
  test('a wrong credential is told without a word of it, nor of what the server said', async () => {
    const fake = await up(fakeWvp([channel(1)], 'Key-One'))
    const answer = await pull({ server: 'wvp', address: fake.address, credential: 'Key-Wrong', crs: 'WGS84' })
    expect([answer.status, answer.json.code]).toEqual([422, 'server-refused'])
    expect(answer.text).not.toMatch(/Key-|请登录/)
  })
})

test('MediaMTX: streams belong to cameras of their name, others are refused; the play address is told apart', async () => {
  await register('gate-1')
  const fake = await up(fakeMediaMtx(['gate-1', ...Array.from({ length: 120 }, (_, i) => `other-${i}`), 'a/b'], 'user:Pw-Mtx'))
  const answer = await pull({ server: 'mediamtx', address: `${fake.address}/`, credential: 'user:Pw-Mtx' })
  expect([answer.status, ...counts(answer)]).toEqual([200, 0, 1, 0, 121])
  expect(await row('gate-1')).toMatchObject({ backend: 'mediamtx', name: '点 gate-1' })
  expect(await sealed('gate-1')).toBe('http://127.0.0.1:8888/gate-1')
  await pull({ server: 'mediamtx', address: fake.address, playAddress: 'http://10.1.1.1:80/hls', credential: 'user:Pw-Mtx' })
  expect(await sealed('gate-1')).toBe('http://10.1.1.1:80/hls/gate-1')
  const wrong = await pull({ server: 'mediamtx', address: fake.address, credential: 'user:nope' })
  expect([wrong.status, wrong.json.code]).toEqual([422, 'server-refused'])
  expect((await product.call('/api/events?limit=1000&subject=camera:gate-1', { token: admin })).json.events.at(-1).data.reason).toBe(
    '导入 mediamtx 目录',
  )
})

test('ZLMediaKit: each stream once, by id or code; where its pictures come from is not taken over', async () => {
  await register('dam', { gbCode: code(5_001) })
  await register('weir')
  const fake = await up(
    fakeZlm(
      [
        { app: 'rtp', stream: code(5_001) },
        { app: 'live', stream: 'weir' },
      ],
      'Secret-Zlm',
    ),
  )
  const answer = await pull({ server: 'zlmediakit', address: fake.address, credential: 'Secret-Zlm' })
  expect(counts(answer)).toEqual([0, 2, 0, 0])
  expect([await sealed('dam'), await sealed('weir')]).toEqual([`${fake.address}/rtp/${code(5_001)}`, `${fake.address}/live/weir`])
  const events = await product.call('/api/events?limit=1000&subject=camera:dam', { token: admin })
  for (const { text } of [answer, events, await product.call('/api/tables/cameras?all=1', { token: admin })])
    expect(text).not.toMatch(/origin-pw|Secret-/)
})

describe('servers that are none', () => {
  const ask = (address: string) => pull({ server: 'zlmediakit', address, credential: 'x' })
  test.each([
    ['http://10.0.0.1', 'address-refused'],
    ['http://169.254.169.254/latest', 'address-refused'],
    ['http://[::1]:80', 'address-refused'],
    ['http://0.0.0.0:80', 'address-refused'],
    ['http://2130706434', 'address-refused'],
    ['http://0x7f.0.0.2', 'address-refused'],
    ['http://[::ffff:10.0.0.1]', 'address-refused'],
    ['http://no-such-host.invalid', 'unknown-host'],
    ['http://127.0.0.1:1', 'no-connection'],
    ['http://[zz]', 'bad-address'],
  ])('%s: %s', async (address, code) => {
    const answer = await ask(address)
    expect([answer.status, answer.json.code]).toEqual([422, code])
  })
  test.each(['file:///etc/passwd', 'ftp://127.0.0.1', 'http://user:pw@127.0.0.1', 'http://127.0.0.1?x=1', '127.0.0.1'])(
    '%s: 400',
    async (address) => {
      expect((await ask(address)).status).toBe(400)
    },
  )
  test('a redirect is not followed', async () => {
    const canary = await up(fakeServer(() => ({ code: 0, data: [] })))
    const fake = await up(
      fakeServer((_url, _request, response) => {
        response.writeHead(302, { location: `${canary.address}/index/api/getMediaList` }).end()
        return undefined
      }),
    )
    expect((await ask(fake.address)).json.code).toBe('server-refused')
    expect(canary.asked).toEqual([])
  })
  test.each<[string, string, string]>([
    ['no JSON', '<html>', 'not-json'],
    ['another shape', '{"code":0,"data":{"a":1}}', 'not-a-list'],
    ['items that are none', '{"code":0,"data":[1,null,"x"]}', 'ok'],
    ['far too much', `{"code":0,"data":["${'x'.repeat(33 * 1024 * 1024)}"]}`, 'too-large'],
  ])('%s', async (_what, body, code) => {
    const fake = await up(fakeServer(() => body))
    const answer = await ask(fake.address)
    if (code === 'ok') expect([answer.status, answer.json.created]).toEqual([200, 0])
    else expect([answer.status, answer.json.code]).toEqual([422, code])
  })
  test('one that is silent is given up', async () => {
    const fake = await up(fakeServer(() => undefined))
    const answer = await ask(fake.address)
    expect([answer.status, answer.json.code]).toEqual([422, 'no-answer'])
    expect(answer.ms).toBeLessThan(15_000)
  })
})
