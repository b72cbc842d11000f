import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStillPictures, type KeyFrame } from './still-pictures.ts'
import { testCertificate } from './testing/certificate.ts'
import { joined, openingGateways, playsOn } from './testing/open-gateway.ts'
import { decode, run, until } from './testing/run-ffmpeg.ts'

const script = fileURLToPath(new URL('./testing/rtsp_camera.py', import.meta.url))
type Camera = ChildProcessByStdio<Writable, Readable, Readable>
let folder: string
let digest: { child: Camera; port: number }
let basic: { child: Camera; port: number }
const opening = openingGateways()

/** Starts gst-rtsp-server, an implementation of RTSP that is not ours. */
async function startCamera(mounts: object): Promise<{ child: Camera; port: number }> {
  const child = spawn('/usr/bin/python3', [script, JSON.stringify(mounts)], { stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const port = await until(
    () => {
      if (child.exitCode !== null)
        throw new Error(
          `gst-rtsp-server did not start (python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-good are needed): ${err}`,
        )
      return /^\d+\n/.test(out) ? Number(out) : undefined
    },
    10_000,
    'gst-rtsp-server listens',
  )
  return { child, port }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-rtsp-'))
  const [h264, h265, small, sound, changing] = ['h264', 'h265', 'small', 'sound', 'changing'].map((name) =>
    join(folder, `${name}.mp4`),
  ) as [string, string, string, string, string]
  const picture = (size: string, seconds: number, gop = 10) => [
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=10:d=${seconds}`, '-pix_fmt', 'yuv420p', '-g', String(gop), '-bf', '0'],
  ]
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast']
  const raw = async (name: string, size: string) => {
    await run('ffmpeg', [...picture(size, 3), ...x264, '-f', 'h264', join(folder, name)])
    return readFile(join(folder, name))
  }
  await Promise.all([
    run('ffmpeg', [...picture('320x180', 40), ...x264, h264]),
    run('ffmpeg', [...picture('160x90', 40), ...x264, small]),
    run('ffmpeg', [
      ...['-f', 'lavfi', '-i', 'sine=d=40'],
      ...picture('320x180', 40, 20),
      ...x264,
      '-sc_threshold',
      '0',
      '-c:a',
      'aac',
      sound,
    ]),
    run('ffmpeg', [
      ...[
        // Nobody looks at it for longer.
        ...picture('320x180', 15),
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
        '-x265-params',
        'log-level=none:keyint=10',
        '-tag:v',
        'hvc1',
      ],
      h265,
    ]),
    (async () => {
      const both = Buffer.concat([await raw('a.h264', '320x180'), await raw('b.h264', '192x108')])
      await run('ffmpeg', ['-f', 'h264', '-r', '10', '-i', 'pipe:0', '-c', 'copy', changing], both)
    })(),
  ])
  ;[digest, basic] = await Promise.all([
    startCamera({
      '/Streaming/Channels/101': { file: h264, codec: 'h264', auth: 'digest' },
      '/Streaming/Channels/102': { file: small, codec: 'h264', auth: 'digest' },
      '/h265': { file: h265, codec: 'h265', auth: 'digest' },
      '/sound': { file: sound, codec: 'h264', auth: 'digest', sound: true },
      '/changing': { file: changing, codec: 'h264', auth: 'digest' },
    }),
    startCamera({ '/live': { file: h264, codec: 'h264', auth: 'basic' } }),
  ])
}, 40_000)

afterAll(async () => {
  for (const { child } of [digest, basic]) {
    child.stdin.end()
    child.kill()
  }
  await rm(folder, { recursive: true, force: true })
})

const open = (url: string, options: Parameters<typeof opening>[1] = {}) => opening(() => ({ backend: 'gateway', url }), options)

const secret = 'p%40ss%3Aw%2Frd'

test.each([
  ['digest', () => `rtsp://admin:${secret}@127.0.0.1:${digest.port}/Streaming/Channels/101`],
  ['basic', () => `rtsp://admin:${secret}@127.0.0.1:${basic.port}/live`],
])('plays an RTSP camera behind %s login, and shows its password nowhere', async (_scheme, url) => {
  const { gateway, reported, logged } = open(url())
  const picture = await decode(joined(gateway, 'cam', await playsOn(gateway, 'cam', 8)))
  expect(picture).toMatchObject({ codec: 'h264', width: 320 })
  expect(picture.frames).toBeGreaterThanOrEqual(14)
  const [status] = gateway.status()
  expect(status?.state).toBe('live')
  expect(gateway.steps('cam').map(({ step }) => step)).toEqual(['queue', 'source', 'resolve', 'connect', 'describe', 'picture'])
  const command = await readFile(`/proc/${status?.pid}/cmdline`, 'latin1')
  const environment = await readFile(`/proc/${status?.pid}/environ`, 'latin1')
  for (const place of [command, environment, JSON.stringify(reported), logged.join(), JSON.stringify(status)]) {
    expect(place).not.toMatch(/p@ss|p%40ss|admin|Streaming|\/live/)
  }
})

test.each([
  ['a wrong password', () => `rtsp://admin:wrong@127.0.0.1:${digest.port}/Streaming/Channels/101`, 'auth', 'describe'],
  ['no password', () => `rtsp://127.0.0.1:${digest.port}/Streaming/Channels/101`, 'auth', 'describe'],
  ['an unknown stream', () => `rtsp://admin:${secret}@127.0.0.1:${digest.port}/none`, 'not-found', 'describe'],
  ['a name that does not resolve', () => 'rtsp://camera.invalid/x', 'dns', 'resolve'],
  ['an address outside CAMERA_NETWORKS', () => 'rtsp://169.254.169.254/x', 'address-refused', 'resolve'],
])('%s is told as offline with its step', async (_what, url, reason, step) => {
  const { gateway, reported } = open(url())
  expect(await gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason, step })
  expect(reported).toEqual([{ id: 'cam', state: 'offline', reason, step }])
})

test('a dead port is told within a second and starts no ffmpeg', async () => {
  const port = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
  const begun = performance.now()
  const { gateway } = open(`rtsp://127.0.0.1:${port}/x`)
  expect(await gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason: 'connection-refused', step: 'connect' })
  expect(performance.now() - begun).toBeLessThan(1000)
  expect(gateway.status()[0]?.pid).toBeUndefined()
})

test('a camera that accepts and says nothing is told as timed out', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await until(() => server.listening, 1000, 'listening')
  const { gateway, reported } = open(`rtsp://127.0.0.1:${(server.address() as { port: number }).port}/x`, { firstPictureMs: 1500 })
  gateway.touch('cam')
  await until(() => reported.length, 5000, 'told')
  expect(reported[0]).toEqual({ id: 'cam', state: 'offline', reason: 'timeout', step: 'describe' })
  server.close()
})

const at = (path: string) => `rtsp://admin:${secret}@127.0.0.1:${digest.port}${path}`

test('H.265 without a place for transcoding is told as a codec browsers may not show', async () => {
  const { gateway, reported } = open(at('/h265'), { transcodeSlots: 0 })
  gateway.touch('cam')
  await until(() => reported.length, 8000, 'told')
  expect(reported[0]).toMatchObject({ id: 'cam', state: 'codec', reason: 'slots-taken' })
  expect(gateway.status()[0]?.codec).toMatch(/^h(vc|ev)1$/)
})

test('H.265 plays as H.264 while a place is free; who comes later is told, and gets the place when it is given back', async () => {
  const { gateway, reported } = open(at('/h265'), { transcodeSlots: 1 })
  const first = await gateway.playlist('one', {})
  if (!('text' in first)) throw new Error(`not playing: ${JSON.stringify(first)}`)
  expect(await decode(joined(gateway, 'one', first.text))).toMatchObject({ codec: 'h264', width: 320 })
  expect(gateway.status()[0]).toMatchObject({ state: 'live', transcoded: true, codec: expect.stringMatching(/^h(vc|ev)1$/) })
  expect(reported).toMatchObject([{ id: 'one', state: 'live' }])
  expect(await gateway.playlist('two', {})).toMatchObject({ state: 'codec', reason: 'slots-taken' })
  await gateway.close('one')
  await until(() => gateway.status().some(({ id, state }) => id === 'two' && state === 'live'), 8000, 'the second one plays')
  expect(reported.map(({ id, state }) => `${id} ${state}`)).toEqual(['one live', 'two codec', 'two live'])
}, 20_000)

test('a look at H.265 takes no place for transcoding and gives a key frame that decodes; a viewer who comes then gets the place', async () => {
  const { gateway } = open(at('/h265'), { transcodeSlots: 1 })
  const seen = await gateway.keyFrame('cam', { passing: true })
  expect(seen).toMatchObject({ state: 'codec', transcodable: true })
  expect(gateway.status()[0]).not.toHaveProperty('transcoded')
  expect((await createStillPictures().luma(seen.frame as KeyFrame))?.length).toBe(32 * 18)
  gateway.touch('cam')
  await until(() => gateway.status()[0]?.state === 'live' && gateway.status()[0]?.transcoded, 8000, 'transcoded for the viewer')
}, 20_000)

test('with sound beside it and a key frame every two seconds, the picture alone is taken', async () => {
  const { gateway } = open(at('/sound'))
  const playlist = await gateway.playlist('cam', {})
  if (!('text' in playlist)) throw new Error(`not playing: ${JSON.stringify(playlist)}`)
  const movie = joined(gateway, 'cam', playlist.text)
  expect(await decode(movie)).toMatchObject({ codec: 'h264', width: 320 })
  expect(movie.includes('mp4a')).toBe(false)
})

test('a tile gets the smaller stream of the camera, the enlarged one the large: two streams, one camera', async () => {
  const { gateway, reported } = open(at('/Streaming/Channels/101'), { hasSubStream: (id) => id === 'cam' })
  const widths = await Promise.all(
    (['sub', 'main'] as const).map(async (quality) => {
      const name = gateway.nameOf('cam', quality)
      const playlist = await gateway.playlist(name, {})
      if (!('text' in playlist)) throw new Error(`${name} is not playing: ${JSON.stringify(playlist)}`)
      return (await decode(joined(gateway, name, playlist.text))).width
    }),
  )
  expect(widths).toEqual([160, 320])
  expect(gateway.nameOf('other', 'sub')).toBe('other')
  expect(reported).toMatchObject([{ id: 'cam', state: 'live' }])
  expect(
    gateway
      .status()
      .map(({ id, quality }) => `${id} ${quality}`)
      .sort(),
  ).toEqual(['cam main', 'cam sub'])
})

describe('RTSP over TLS', () => {
  const fingerprint = new X509Certificate(testCertificate.cert).fingerprint256
  let tls: ReturnType<typeof createTlsServer>
  let port: number
  beforeAll(async () => {
    tls = createTlsServer(testCertificate, (socket) => {
      const camera = connect(digest.port, '127.0.0.1')
      camera.on('error', () => socket.destroy())
      socket.on('error', () => camera.destroy())
      socket.pipe(camera).pipe(socket)
    }).on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve))
    port = (tls.address() as { port: number }).port
  })
  afterAll(() => tls.close())
  const url = (more = '') => `rtsps://admin:${secret}@127.0.0.1:${port}/Streaming/Channels/101${more}`

  test('plays where the certificate is the one the address names', async () => {
    const { gateway, logged, reported } = open(url(`#fingerprint=${fingerprint}`))
    const playlist = await gateway.playlist('cam', {})
    if (!('text' in playlist)) throw new Error(`not playing: ${JSON.stringify(playlist)}`)
    expect(await decode(joined(gateway, 'cam', playlist.text))).toMatchObject({ codec: 'h264', width: 320 })
    expect(logged.join() + JSON.stringify(reported)).not.toMatch(/p%40ss|Streaming/)
  })
  test.each([
    ['one that nobody vouches for', () => url()],
    ['another one than the address names', () => url(`#fingerprint=${'00'.repeat(32)}`)],
  ])('%s is refused before the password is sent', async (_what, given) => {
    const { gateway } = open(given())
    expect(await gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason: 'certificate', step: 'connect' })
  })
})

test('a picture that changes its size goes on in a new stream, and nobody is told that the camera failed', async () => {
  const { gateway, reported } = open(at('/changing'))
  await gateway.playlist('cam', {})
  await until(() => (gateway.status()[0]?.starts ?? 0) >= 2, 8000, 'opened anew')
  await until(() => gateway.status()[0]?.state === 'live' && gateway.status()[0]?.pid, 5000, 'live')
  const text = await until(
    async () => {
      const playlist = await gateway.playlist('cam', {})
      return 'text' in playlist && playlist.text.includes('#EXT-X-DISCONTINUITY\n') ? playlist.text : undefined
    },
    5000,
    'a second stream in the playlist',
  )
  expect(text.match(/#EXT-X-MAP/g)?.length).toBeGreaterThanOrEqual(2)
  expect(reported.filter(({ state }) => state === 'offline')).toEqual([])
}, 20_000)

test('a camera that goes away and comes back plays again', async () => {
  const clip = join(folder, 'h264.mp4')
  const gone = await startCamera({ '/a': { file: clip, codec: 'h264' } })
  const url = `rtsp://127.0.0.1:${gone.port}/a`
  let current = url
  const { gateway, reported } = opening(() => ({ backend: 'gateway', url: current }))
  gateway.touch('cam')
  await until(() => reported.at(-1)?.state === 'live', 8000, 'live')
  gone.child.kill('SIGKILL')
  await until(() => reported.at(-1)?.state === 'offline', 3000, 'offline')
  expect(['ended', 'connection-refused']).toContain(reported.at(-1)?.reason)
  const back = await startCamera({ '/a': { file: clip, codec: 'h264' } })
  current = `rtsp://127.0.0.1:${back.port}/a`
  await until(() => reported.at(-1)?.state === 'live', 8000, 'live again')
  back.child.kill('SIGKILL')
}, 25_000)
