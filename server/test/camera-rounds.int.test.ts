/** Rounds past the cameras: what nobody watches is told apart by a probe, what changes is told once it was seen twice, and no password shows. */
import { countCameras } from '@orchid/shared/domain/cameras/count'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCameraNetworks } from '../src/adapters/video/camera-networks.ts'
import { probeCamera } from '../src/adapters/video/camera-probe.ts'
import { watchGatewayBeats } from '../src/adapters/video/gateway-beats.ts'
import { FATES, type Fate, type RtspResponder, startRtspResponder } from '../src/adapters/video/testing/rtsp-responder.ts'
import { gridsOf, MIDDLE } from './city.ts'
import { until } from './http.ts'
import { type Product, startProduct } from './product.ts'

/** What each fate must read as on the wall. */
const TRUTH: Readonly<Record<Fate, readonly [state: string, reason?: string]>> = {
  h264: ['answering'],
  slow: ['answering'],
  h265: ['codec'],
  dead: ['offline', 'ended'],
  // Its six seconds are tried below.
  silent: ['offline', 'timeout'],
  secured: ['denied', 'auth'],
  missing: ['offline', 'not-found'],
}
const EACH = 8

let responder: RtspResponder
let product: Product
beforeAll(async () => {
  responder = await startRtspResponder()
  product = await startProduct({ config: { cameraRoundMinutes: 0.01 } })
})
afterAll(async () => {
  await product?.close()
  await responder?.close()
})

async function ask(command: 'register' | 'edit', data: { id: string; [field: string]: unknown }): Promise<void> {
  const answer = await product.call(`/api/commands/camera.${command}`, {
    ...{ method: 'POST', token: await product.token('system-admin') },
    body: { id: `${command}-${data.id}-${Math.random().toString(36).slice(2)}`, data },
  })
  expect(answer.status, answer.text).toBe(201)
}

async function register(id: string, source: string | undefined): Promise<void> {
  await ask('register', {
    ...{ id, name: `测试点位 ${id}`, position: MIDDLE, bearing: 0, fov: 60, range: 100 },
    ...{ siteKind: 'road', grid: gridsOf()[0], people: [], backend: 'gateway', codec: 'h264', subStream: false },
    ...(source !== undefined && { source }),
  })
}

const readdress = (id: string, source: string): Promise<void> => ask('edit', { id, source, reason: '更换地址' })

const states = async (): Promise<Map<string, { state: string; reason?: string }>> => {
  const answer = await product.call('/api/tables/cameraStates?all=1', { token: await product.token('viewer') })
  return new Map(answer.json.rows)
}

test('each camera reads as what it is; one without an address stays unchecked; what changes is found again', async () => {
  const cameras = FATES.filter((fate) => fate !== 'silent').flatMap((fate) =>
    Array.from({ length: EACH }, (_, i) => ({ id: `${fate}-${i}`, fate })),
  )
  for (const { id, fate } of cameras) await register(id, responder.address(id, fate))
  await register('no-address', undefined)
  const expected = Object.fromEntries(cameras.map(({ id, fate }) => [id, TRUTH[fate]]))
  const seen = async () =>
    Object.fromEntries(
      [...(await states())]
        .filter(([id]) => id in expected)
        .map(([id, { state, reason }]) => [id, reason === undefined ? [state] : [state, reason]]),
    )
  await until(async () => Object.keys(await seen()).length === cameras.length, 40_000, 'a camera was left out')
  expect(await seen()).toEqual(expected)
  expect((await states()).has('no-address')).toBe(false)

  // The wall's figure: of how many something is known, of all, and what. The city's own three and the one without an address are 未巡检.
  const table = await product.call('/api/tables/cameras?all=1', { token: await product.token('viewer') })
  const known = await states()
  expect(
    countCameras(
      table.json.rows.map(([id]: [string]) => id),
      (id) => known.get(id) as never,
    ),
  ).toEqual({
    all: cameras.length + 4,
    checked: cameras.length,
    states: { answering: 2 * EACH, codec: EACH, denied: EACH, offline: 2 * EACH },
  })

  // One dies, one comes back.
  await readdress('h264-0', responder.address('h264-0', 'dead'))
  await readdress('dead-0', responder.address('dead-0', 'h264'))
  await until(async () => (await states()).get('h264-0')?.state === 'offline', 30_000, 'it still reads as answering')
  await until(async () => (await states()).get('dead-0')?.state === 'answering', 30_000, 'it still reads as offline')

  const journal = await product.call('/api/events?limit=1000', { token: await product.token('auditor') })
  const cameraTable = await product.call('/api/tables/cameras?all=1', { token: await product.token('viewer') })
  for (const text of [journal.text, cameraTable.text]) expect(text).not.toContain('wrong')
  // Steady cameras were told of once.
  expect(journal.text.match(/"from":"unchecked","to":"answering"/g)).toHaveLength(2 * EACH)
}, 90_000)

test('one that never answers is given up in time, and one that may not be asked is not asked', async () => {
  const source = responder.address('x', 'silent')
  const signal = new AbortController().signal
  expect(await probeCamera(source, { networks: parseCameraNetworks('127.0.0.0/8'), signal, answerMs: 200 })).toEqual({
    state: 'offline',
    reason: 'timeout',
  })
  expect(await probeCamera(source, { networks: parseCameraNetworks('10.0.0.0/8'), signal })).toEqual({
    state: 'offline',
    reason: 'address-refused',
  })
})

test('what another node watches is left alone; when that node closes it, or dies without a word, it is visited again', async () => {
  const { store } = product.journal
  const log = { error: (_: object, message: string) => expect.fail(message) }
  let open = ['bridge-1']
  const other = watchGatewayBeats({ store, nodeId: 'other', tell: () => ({ open }), log, everyMs: 50 })
  const here = watchGatewayBeats({ store, nodeId: 'here', tell: () => ({ open: ['bridge-2'] }), log, everyMs: 50 })
  await until(async () => here.has('bridge-1') && other.has('bridge-2'), 5_000, 'the nodes do not know of each other')
  expect(here.has('bridge-2')).toBe(false)
  open = []
  await until(async () => !here.has('bridge-1'), 5_000, 'a closed camera still counts as watched')
  await other.close()
  // A node that tells no more: its word is there, but it does not change.
  await store.hset('open-cameras', 'dead', JSON.stringify({ beat: 1, open: ['bridge-3'] }))
  await until(async () => here.has('bridge-3'), 5_000, 'the word of the third node was not read')
  await until(async () => !here.has('bridge-3'), 5_000, 'the word of a dead node is still believed')
  await here.close()
  expect(Object.keys(await store.hgetall('open-cameras'))).not.toEqual(expect.arrayContaining(['here', 'other', 'dead']))
})
