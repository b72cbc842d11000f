/** The stream gateway as processes of their own: viewers play through the server, and losing a process moves its streams. */
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAlive } from '../src/adapters/video/testing/open-gateway.ts'
import { TOWNSHIPS } from './city.ts'
import { type GatewayChild, refusedGateway, startGatewayProcess } from './gateway-process.ts'
import { until } from './http.ts'
import { type Ground, type Product, startGround, startProduct } from './product.ts'

const CAMERA = `cam-${TOWNSHIPS[0]}`
/** Its last minutes are kept. */
const KEPT = `cam-${TOWNSHIPS[1]}`
let ground: Ground
let product: Product
let token: string
let gateways: GatewayChild[]
/** Hung for a while. */
let forsaken: GatewayChild | undefined
beforeAll(async () => {
  ground = await startGround()
  ;[product, ...gateways] = await Promise.all([
    startProduct({ on: ground, config: { gateway: 'processes' } }),
    startGatewayProcess(ground, 'one'),
    startGatewayProcess(ground, 'two'),
  ])
  token = await product.token('viewer')
}, 40_000)
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.stop()))
  await product?.close()
  await ground?.close()
})

const beats = async (): Promise<Record<string, { open: string[]; url?: string; room?: number }>> =>
  Object.fromEntries(Object.entries(await ground.journal.store.hgetall('open-cameras')).map(([node, text]) => [node, JSON.parse(text)]))
/** The process, other than `not`, that has the camera open, once it has told so. */
const holder = (not?: GatewayChild, camera = CAMERA): Promise<GatewayChild> =>
  until(
    async () => {
      const all = await beats()
      return gateways.find(
        ({ name }) => name === Object.entries(all).find(([node, { open }]) => node !== not?.name && open.includes(camera))?.[0],
      )
    },
    8_000,
    'nobody has it open',
  )

const play = async (): Promise<string> =>
  (await product.call(`/api/cameras/${CAMERA}/play`, { method: 'POST', token })).json.url.replace(/index\.m3u8$/, '')
const playlist = (at: string, msn?: number) => product.call(`${at}index.m3u8${msn === undefined ? '' : `?_HLS_msn=${msn}`}`, { token })
/** Number of the opening that the playlist's last pictures come from. */
const opening = async (at: string): Promise<number> => Number([...(await playlist(at)).text.matchAll(/init-(\d+)\.mp4/g)].at(-1)?.[1])
const lastMsn = (text: string): number => Number(/(\d+)\.m4s\n$/.exec(text)?.[1])
/** Asks as a player does until a segment above `msn` is named, and gives its number once its bytes are there. */
async function next(at: string, msn: number, ms: number): Promise<number> {
  return until(
    async () => {
      const answer = await playlist(at, msn + 1)
      const last = answer.status === 200 ? lastMsn(answer.text) : 0
      if (last <= msn) return undefined
      const segment = await product.call(`${at}${last}.m4s`, { token })
      return segment.status === 200 && segment.text.includes('moof') ? last : undefined
    },
    ms,
    'no new picture',
  )
}
const told = async (): Promise<string[]> => {
  const { events } = (await product.call(`/api/events?subject=camera-state:${CAMERA}`, { token })).json
  return events.map(({ data }: { data: { from: string; to: string } }) => `${data.from} ${data.to}`)
}

test('a camera plays through the server out of one process', async () => {
  const at = await play()
  const first = await next(at, 0, 8_000)
  expect(await next(at, first, 3_000)).toBeGreaterThan(first)
  const own = await holder()
  expect(Object.entries(await beats()).flatMap(([node, { open }]) => (open.includes(CAMERA) ? [node] : []))).toEqual([own.name])
  expect((await product.call(`${at}init-${await opening(at)}.mp4`, { token })).status).toBe(200)
  expect((await product.call(`${at}1.m4s`, { token })).status).toBe(404)
})

test('a camera is opened ahead at the process that then plays it, from the same opening', async () => {
  const camera = `cam-${TOWNSHIPS[2]}`
  const figure = async (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await product.call('/metrics')).text)?.[1])
  const asked = await product.call(`/api/cameras/${camera}/ahead`, { method: 'POST', token, body: {} })
  expect(asked.json).toEqual({ open: true })
  const own = await holder(undefined, camera)
  await until(async () => (await figure('orchid_streams_ahead')) === 1, 4_000, 'it is not counted')
  const { url } = (await product.call(`/api/cameras/${camera}/play`, { method: 'POST', token })).json
  expect((await product.call(url, { token })).status).toBe(200)
  await until(async () => (await figure('orchid_streams_ahead')) === 0, 4_000, 'it is still counted as unasked')
  expect(Object.entries(await beats()).flatMap(([node, { open }]) => (open.includes(camera) ? [node] : []))).toEqual([own.name])
})

test('the last minutes of a chosen camera lie with one process, play through the server, and are kept by the other one when that hangs', async () => {
  const edit = async (dvrMinutes: number | null) =>
    product.call('/api/commands/camera.edit', {
      ...{ method: 'POST', token: await product.token('system-admin') },
      body: { id: `kept-${dvrMinutes}`, data: { id: KEPT, dvrMinutes, reason: '时移' } },
    })
  const back = async (from: number) => {
    const body = { recorded: { from: new Date(from).toISOString() } }
    const answer = await product.call(`/api/cameras/${KEPT}/play`, { method: 'POST', token, body })
    return answer.status === 200 ? answer.json : undefined
  }
  /** Once something of that time is kept: its playlist, after the bytes of its first piece were there. */
  const played = async (from: number): Promise<string> => {
    const { url, recorded } = await until(() => back(from), 20_000, 'nothing is kept')
    expect(recorded.from).toBeGreaterThanOrEqual(from)
    const list = await product.call(url, { token })
    expect(list.text).toContain('#EXT-X-ENDLIST')
    for (const name of [/URI="([^"]+)"/, /^(rec-.*m4s)$/m].map((one) => one.exec(list.text)?.[1] as string))
      expect((await product.call(url.replace(/recorded\.m3u8.*/, name), { token })).text).toMatch(/moov|moof/)
    return list.text
  }
  const begun = Date.now()
  expect((await edit(5)).status).toBe(201)
  await played(begun)
  const keeper = await holder(undefined, KEPT)
  expect(Object.entries(await beats()).flatMap(([node, { open }]) => (open.includes(KEPT) ? [node] : []))).toEqual([keeper.name])
  keeper.signal('SIGSTOP')
  try {
    const heir = await holder(keeper, KEPT)
    expect(heir.name).not.toBe(keeper.name)
    await played(Date.now())
  } finally {
    keeper.signal('SIGCONT')
  }
  expect((await edit(null)).status).toBe(201)
  await until(async () => (await back(begun)) === undefined, 10_000, 'what was kept was not cleaned away')
}, 60_000)

test('a process that hangs without a word, as a lost machine does, loses its streams to the other one and gets none back that plays', async () => {
  const at = await play()
  const before = await next(at, 0, 8_000)
  const hanging = await holder()
  hanging.signal('SIGSTOP')
  forsaken = hanging
  const later = await next(at, before, 8_000)
  const moved = await opening(at)
  expect(moved).toBeGreaterThan(before)
  await holder(hanging)
  hanging.signal('SIGCONT')
  await until(async () => (await beats())[hanging.name]?.open.includes(CAMERA), 3_000, 'it does not come back')
  await next(at, later, 3_000)
  expect(await opening(at)).toBe(moved)
}, 40_000)

test('kill -9 of the process that has it: pictures go on from the other one within five seconds, numbers grow, nothing stays behind', async () => {
  const at = await play()
  const before = await next(at, 0, 8_000)
  const plays = await opening(at)
  // One that hung has an opening of its own, with older numbers, from before.
  const dying = forsaken ? (gateways.find((gateway) => gateway !== forsaken) as GatewayChild) : await holder()
  const pictures = await dying.children()
  expect(pictures.length).toBeGreaterThan(0)
  dying.signal('SIGKILL')
  expect(await next(at, before, 5_000)).toBeGreaterThan(before)
  expect(await opening(at)).toBeGreaterThan(before)
  expect(plays).toBeLessThan(before)
  for (const pid of pictures) await until(async () => !(await isAlive(pid)), 4_000, 'its ffmpeg lives on')
  // It was unknown, then live, and is live: that is one piece of news.
  await until(async () => (await told()).length > 0, 6_000, 'nothing is told')
  expect(await told()).toEqual(['unchecked live'])
})

test('with no process left the camera says so and why; it comes back, above the old numbers, when one returns', async () => {
  const at = await play()
  const before = await next(at, 0, 8_000)
  for (const gateway of gateways) gateway.signal('SIGKILL')
  const answer = await until(
    async () => {
      const now = await playlist(at)
      return now.status === 503 ? now : undefined
    },
    5_000,
    'it still plays',
  )
  expect(answer.json).toMatchObject({ code: 'not-playing', state: 'offline', reason: 'no-gateway' })
  expect(answer.headers.get('retry-after')).toBe('1')
  expect((await product.call(`/api/cameras/${CAMERA}/play`, { method: 'POST', token })).json.state).toBe('offline')
  // Of the camera nobody knows anything new.
  expect(await told()).toEqual(['unchecked live'])
  gateways = [await startGatewayProcess(ground, 'three')]
  expect(await next(at, before, 8_000)).toBeGreaterThan(before)
}, 40_000)

test('who does not have the key of the city gets no byte, and neither key nor login is needed in an address', async () => {
  const { hostname, port } = new URL((gateways[0] as GatewayChild).url)
  const at = { host: hostname, port: Number(port), rejectUnauthorized: false }
  const psk = { ciphers: 'ECDHE-PSK-CHACHA20-POLY1305', maxVersion: 'TLSv1.2' as const, checkServerIdentity: () => undefined }
  for (const terms of [{}, { ...psk, pskCallback: () => ({ psk: Buffer.alloc(32, 7), identity: 'orchid-gateway' }) }]) {
    const heard = await new Promise<string>((done) => {
      const socket = connect({ ...at, ...terms }, () => socket.write('GET /playlist/x HTTP/1.1\r\nHost: x\r\n\r\n'))
      socket.once('data', (data) => done(data.toString()))
      socket.once('error', (error: NodeJS.ErrnoException) => done(`refused ${error.code}`))
    })
    expect(heard).toMatch(/^refused E/)
  }
  expect((await fetch(`http://${hostname}:${port}/playlist/x`).catch((error: Error) => error.message)) as string).toBe('fetch failed')
})

test('a process without the Redis of its servers, or with the key of another city, does not start', async () => {
  const dataDir = `${ground.dataDir}/stranger`
  const [lonely, stranger] = await Promise.all([
    refusedGateway(ground, { DATA_DIR: `${ground.dataDir}/lonely` }),
    refusedGateway(ground, { DATA_DIR: dataDir, REDIS_URL: ground.redisUrl }),
  ])
  expect([lonely.code, lonely.said]).toEqual([78, expect.stringContaining('REDIS_URL is missing')])
  expect([stranger.code, stranger.said]).toEqual([78, expect.stringContaining('another DATA_DIR/journal.key')])
})

test('a process that is stopped in good order takes its word away before it goes', async () => {
  const [leaving] = gateways as [GatewayChild]
  expect(await beats()).toHaveProperty(leaving.name)
  await leaving.stop()
  expect(await beats()).not.toHaveProperty(leaving.name)
})
