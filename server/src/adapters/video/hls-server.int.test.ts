import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { createHlsServer, type ServeHls } from './hls-server.ts'
import { createPlayUrls } from './play-urls.ts'
import { demo, openGateway } from './testing/open-gateway.ts'

let gateway: Gateway
let serve: ServeHls
let now: number
const viewer = 'session-a'
const urls = createPlayUrls(Buffer.alloc(32, 9), { now: () => now })

beforeEach(() => {
  now = Date.UTC(2026, 5, 1)
  ;({ gateway } = openGateway((id) => (id === 'none' ? undefined : demo(id)), { maxOpen: 2 }))
  serve = createHlsServer(gateway, urls)
})
afterEach(() => gateway.stop())

const signed = (camera = 'cam') => urls.sign({ camera, viewer, viewId: 'view-0001' }).path

describe('serving HLS', () => {
  test('playlist, init segment and segments under one signature', async () => {
    const path = signed()
    const playlist = await serve({ path, viewer })
    expect(playlist.status).toBe(200)
    expect(playlist.headers['content-type']).toBe('application/vnd.apple.mpegurl')
    const names = [...playlist.body.toString().matchAll(/URI="([^"]+)"|^(\d+\.m4s)$/gm)].map(
      ([, init, segment]) => (init ?? segment) as string,
    )
    expect(names.length).toBeGreaterThanOrEqual(2)
    for (const name of names) {
      const file = await serve({ path: path.replace('index.m3u8', name), viewer })
      expect(file.status).toBe(200)
      expect(file.headers['content-type']).toBe('video/mp4')
      expect(file.body.length).toBeGreaterThan(100)
    }
    const msn = Number.parseInt(names.at(-1) as string, 10) + 1
    expect((await serve({ path: `${path}?_HLS_msn=${msn}`, viewer })).body.toString()).toContain(`${msn}.m4s`)
  })

  test('every file is refused to another viewer, for another camera and after five minutes', async () => {
    const path = signed()
    const { body } = await serve({ path, viewer })
    const segment = /^(\d+\.m4s)$/m.exec(body.toString())?.[1] as string
    for (const name of ['index.m3u8', segment]) {
      const file = path.replace('index.m3u8', name)
      expect((await serve({ path: file, viewer: 'session-b' })).status).toBe(403)
      expect((await serve({ path: file.replace('/cam/', '/cam2/'), viewer })).status).toBe(403)
      now += 5 * 60_000 + 1000
      expect((await serve({ path: file, viewer })).status).toBe(403)
      now -= 5 * 60_000 + 1000
    }
    expect(gateway.status()).toHaveLength(1)
  })

  test('an address that expires while its playlist is waited for opens nothing', async () => {
    const path = signed()
    const msn = Number(/(\d+)\.m4s\n$/.exec((await serve({ path, viewer })).body.toString())?.[1]) + 2
    const answer = serve({ path: `${path}?_HLS_msn=${msn}`, viewer })
    now += 5 * 60_000
    expect((await answer).status).toBe(403)
  })

  test('a camera that does not play says why', async () => {
    const { status, headers, body } = await serve({ path: signed('none'), viewer })
    expect(status).toBe(503)
    expect(headers['retry-after']).toBe('1')
    expect(JSON.parse(body.toString())).toMatchObject({ code: 'not-playing', state: 'offline', reason: 'unknown-camera', step: 'source' })
  })

  test('more cameras than allowed are answered, not thrown', async () => {
    gateway.touch('a')
    gateway.touch('b')
    const { status, body } = await serve({ path: signed('c'), viewer })
    expect([status, JSON.parse(body.toString()).code]).toEqual([503, 'gateway-full'])
  })

  test.each([
    '/media/hls',
    '/media/hls/cam/index.m3u8',
    '/media/hls/cam/t/..%2f..%2fetc',
    `/media/hls/${'a'.repeat(99)}/t/f`,
    '/etc/passwd',
    '',
  ])('%j is not found', async (path) => {
    expect((await serve({ path, viewer })).status).toBe(404)
    expect(gateway.status()).toEqual([])
  })

  test('a segment that never was is not found', async () => {
    const path = signed()
    await serve({ path, viewer })
    for (const name of ['1.m4s', 'init-1.mp4', '99999999999999.m4s', 'x.m4s'])
      expect((await serve({ path: path.replace('index.m3u8', name), viewer })).status).toBe(404)
  })
})
