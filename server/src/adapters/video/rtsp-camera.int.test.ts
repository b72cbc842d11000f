import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { joined, openGateway } from './testing/open-gateway.ts'
import { decode, run, until } from './testing/run-ffmpeg.ts'

const script = fileURLToPath(new URL('./testing/rtsp_camera.py', import.meta.url))
type Camera = ChildProcessByStdio<Writable, Readable, Readable>
let folder: string
let digest: { child: Camera; port: number }
let basic: { child: Camera; port: number }
const gateways: Gateway[] = []

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
  const h264 = join(folder, 'h264.mp4')
  const h265 = join(folder, 'h265.mp4')
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=40', '-pix_fmt', 'yuv420p', '-g', '10']
  await Promise.all([
    run('ffmpeg', [...picture, '-c:v', 'libx264', '-preset', 'ultrafast', h264]),
    run('ffmpeg', [
      ...picture,
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=none:keyint=10',
      '-tag:v',
      'hvc1',
      h265,
    ]),
  ])
  ;[digest, basic] = await Promise.all([
    startCamera({
      '/Streaming/Channels/101': { file: h264, codec: 'h264', auth: 'digest' },
      '/h265': { file: h265, codec: 'h265', auth: 'digest' },
    }),
    startCamera({ '/live': { file: h264, codec: 'h264', auth: 'basic' } }),
  ])
}, 40_000)

afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
})

afterAll(async () => {
  for (const { child } of [digest, basic]) {
    child.stdin.end()
    child.kill()
  }
  await rm(folder, { recursive: true, force: true })
})

function open(url: string) {
  const opened = openGateway(() => ({ backend: 'gateway', url }))
  gateways.push(opened.gateway)
  return opened
}

const secret = 'p%40ss%3Aw%2Frd'

test.each([
  ['digest', () => `rtsp://admin:${secret}@127.0.0.1:${digest.port}/Streaming/Channels/101`],
  ['basic', () => `rtsp://admin:${secret}@127.0.0.1:${basic.port}/live`],
])('plays an RTSP camera behind %s login, and shows its password nowhere', async (_scheme, url) => {
  const { gateway, reported, logged } = open(url())
  const first = await gateway.playlist('cam', {})
  if (!('text' in first)) throw new Error(`not playing: ${JSON.stringify(first)}`)
  const next = Number(/(\d+)\.m4s\n$/.exec(first.text)?.[1]) + 8
  let text = first.text
  await until(
    async () => {
      const later = await gateway.playlist('cam', { _HLS_msn: String(next) })
      if ('text' in later) text = later.text
      return text.includes(`${next}.m4s`)
    },
    8000,
    'eight more segments',
  )
  const picture = await decode(joined(gateway, 'cam', text))
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
  const { gateway, reported } = openGateway(
    () => ({ backend: 'gateway', url: `rtsp://127.0.0.1:${(server.address() as { port: number }).port}/x` }),
    {
      firstPictureMs: 1500,
    },
  )
  gateways.push(gateway)
  gateway.touch('cam')
  await until(() => reported.length, 5000, 'told')
  expect(reported[0]).toEqual({ id: 'cam', state: 'offline', reason: 'timeout', step: 'describe' })
  server.close()
})

test('H.265 is told as a codec browsers may not show', async () => {
  const { gateway, reported } = open(`rtsp://admin:${secret}@127.0.0.1:${digest.port}/h265`)
  gateway.touch('cam')
  await until(() => reported.length, 8000, 'told')
  expect(reported[0]).toMatchObject({ id: 'cam', state: 'codec' })
  expect(gateway.status()[0]?.codec).toMatch(/^h(vc|ev)1$/)
})

test('a camera that goes away and comes back plays again', async () => {
  const clip = join(folder, 'h264.mp4')
  const gone = await startCamera({ '/a': { file: clip, codec: 'h264' } })
  const url = `rtsp://127.0.0.1:${gone.port}/a`
  let current = url
  const { gateway, reported } = openGateway(() => ({ backend: 'gateway', url: current }))
  gateways.push(gateway)
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
