/** Streams that are opened ahead of need, against real ffmpeg. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gateway, GatewayFull } from './gateway.ts'
import { makeClip } from './testing/clip.ts'
import { type ClipCamera, startClipCamera } from './testing/clip-camera.ts'
import { demo, isAlive, openingGateways } from './testing/open-gateway.ts'
import { until } from './testing/run-ffmpeg.ts'

const opening = openingGateways()
let camera: ClipCamera
beforeAll(async () => {
  camera = await startClipCamera(await makeClip('moving', { seconds: 4 }))
}, 30_000)
afterAll(() => camera?.kill())

const rtsp = (id: string) => ({ backend: 'gateway' as const, url: camera.address(id) })
const ahead = (gateway: Gateway): string[] => gateway.status().flatMap(({ id, ahead: unasked }) => (unasked ? [id] : []))
const open = (gateway: Gateway): string[] => gateway.status().map(({ id }) => id)
const isLive = (gateway: Gateway) =>
  until(() => gateway.status().every(({ state, segments }) => state === 'live' && segments > 2), 8_000, 'live')
/** Where time alone orders what is wanted, so that no two are of one moment. */
const aMomentLater = () => new Promise((done) => setTimeout(done, 5))

describe('a camera by RTSP that was opened ahead', () => {
  test('given it plays, when somebody asks for it, then the first answer holds pictures from before, of the same source', async () => {
    const { gateway } = opening(rtsp)
    expect(gateway.ahead('cam', 'hand')).toBe(true)
    await isLive(gateway)
    const [before] = gateway.status()
    expect(before).toMatchObject({ ahead: true, references: 0, starts: 1, segments: expect.any(Number) })
    const told = await gateway.playlist('cam', {})
    if (!('text' in told)) throw new Error(`not playing: ${JSON.stringify(told)}`)
    const [first = ''] = /^\d+\.m4s$/m.exec(told.text) ?? []
    expect(gateway.file('cam', first)?.includes('moof')).toBe(true)
    // The next answer waits for what comes next: nothing blinks, nothing begins again.
    const coming = Number(/(\d+)\.m4s\n$/.exec(told.text)?.[1]) + 1
    const next = await gateway.playlist('cam', { _HLS_msn: String(coming) })
    expect('text' in next && next.text).toContain(`${coming}.m4s`)
    expect(gateway.status()).toMatchObject([{ pid: before?.pid, starts: 1, state: 'live' }])
    expect(ahead(gateway)).toEqual([])
  })

  test('given nobody comes, then it closes by itself and no process stays', async () => {
    const { gateway } = opening(rtsp, { idleMs: 400 })
    gateway.ahead('cam', 'hand')
    const pid = await until(() => gateway.status()[0]?.pid, 8_000, 'its process')
    await until(() => gateway.status().length === 0, 8_000, 'closed')
    await until(async () => !(await isAlive(pid)), 4_000, 'its process is gone')
  })

  test('given it is watched while it still starts, then there is one source and one start', async () => {
    const { gateway } = opening(rtsp)
    gateway.ahead('cam', 'hand')
    const handle = gateway.open('cam')
    expect(ahead(gateway)).toEqual([])
    await isLive(gateway)
    expect(gateway.status()).toMatchObject([{ starts: 1, references: 1 }])
    // Who points at what is watched changes nothing of it.
    expect(gateway.ahead('cam', 'hand')).toBe(true)
    expect(ahead(gateway)).toEqual([])
    handle.close()
  })
})

describe('how many', () => {
  test('four for each: a fifth takes the place of the one that was wanted longest ago', async () => {
    const { gateway } = opening(demo)
    for (const id of ['a', 'b', 'c', 'd']) {
      gateway.ahead(id, 'hand')
      await aMomentLater()
    }
    gateway.ahead('a', 'hand')
    expect(gateway.ahead('e', 'hand')).toBe(true)
    expect(ahead(gateway).sort()).toEqual(['a', 'c', 'd', 'e'])
    expect(gateway.ahead('x', 'other hand')).toBe(true)
    expect(ahead(gateway)).toHaveLength(5)
  })

  test('for all as many as the gateway is set to; what is asked for counts no more', async () => {
    const { gateway } = opening(demo, { maxAhead: 2 })
    for (const id of ['a', 'b', 'c']) {
      gateway.ahead(id, `hand of ${id}`)
      await aMomentLater()
    }
    expect(ahead(gateway)).toEqual(['b', 'c'])
    gateway.touch('b')
    gateway.ahead('d', 'hand')
    expect([open(gateway), ahead(gateway)]).toEqual([
      ['b', 'c', 'd'],
      ['c', 'd'],
    ])
  })

  test('however many hands ask at once, few begin: neither cameras nor the machine are worn out by what nobody looks at', () => {
    const { gateway } = opening(demo)
    const ids = Array.from({ length: 60 }, (_, i) => `c${i}`)
    const began = ids.filter((id, i) => gateway.ahead(id, `hand ${i}`))
    expect(began.slice(0, 8)).toEqual(ids.slice(0, 8))
    expect(began.length).toBeLessThan(30)
    // Whoever plays one is not held up, and what is open is open.
    expect(gateway.touch('c59').state).toBe('connecting')
    expect(gateway.ahead('c59', 'hand')).toBe(true)
  })

  test('none where the gateway is set so; what is open anyway is open', () => {
    const { gateway } = opening(demo, { maxAhead: 0 })
    gateway.touch('open')
    expect([gateway.ahead('a', 'hand'), gateway.ahead('open', 'hand')]).toEqual([false, true])
    expect(open(gateway)).toEqual(['open'])
  })

  test('whatever is asked for takes their places, and nothing that is watched ever gives way', async () => {
    const { gateway } = opening(demo, { maxOpen: 4 })
    for (const id of ['a', 'b', 'c']) {
      gateway.ahead(id, 'hand')
      await aMomentLater()
    }
    // They are no reason for a server to ask another gateway.
    expect(gateway.room).toBe(4)
    for (const id of ['v', 'w', 'x']) gateway.touch(id)
    expect(ahead(gateway)).toEqual(['c'])
    // The last quarter is not for them, and who gets nothing takes nothing from another.
    expect(gateway.ahead('d', 'hand')).toBe(false)
    expect(ahead(gateway)).toEqual(['c'])
    gateway.touch('y')
    expect(open(gateway).sort()).toEqual(['v', 'w', 'x', 'y'])
    expect(gateway.room).toBe(0)
    expect(gateway.ahead('d', 'hand')).toBe(false)
    expect(() => gateway.touch('z')).toThrow(GatewayFull)
    expect(open(gateway).sort()).toEqual(['v', 'w', 'x', 'y'])
  })
})

test('one that cannot be opened ends, and whoever asks for it tries anew', async () => {
  const asked: string[] = []
  const { gateway } = opening(demo, {
    openSource: async (id) => {
      asked.push(id)
      return undefined
    },
  })
  gateway.ahead('gone', 'hand')
  await until(() => gateway.status().length === 0, 4_000, 'closed')
  expect(asked).toEqual(['gone'])
  gateway.touch('gone')
  await until(() => asked.length === 2, 4_000, 'tried anew')
  expect(gateway.status()).toMatchObject([{ state: 'offline', reason: 'unknown-camera' }])
})

test('a look by the poller, or a still, leaves it open', async () => {
  const { gateway } = opening(demo)
  const since = performance.now()
  gateway.ahead('cam', 'hand')
  await gateway.keyFrame('cam', { passing: true })
  await gateway.leave('cam', since)
  expect(ahead(gateway)).toEqual(['cam'])
  expect((await gateway.keyFrame('cam')).frame).toBeDefined()
  expect([open(gateway), ahead(gateway)]).toEqual([['cam'], []])
})
