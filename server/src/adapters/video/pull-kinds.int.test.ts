/** Every kind of source the gateway pulls besides RTSP, given by real ffmpeg. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { AddressedSource } from './backends/backend.ts'
import { readAddress } from './camera-connection.ts'
import { openCameraHttp } from './camera-http.ts'
import { parseCameraNetworks } from './camera-networks.ts'
import { probeCamera } from './camera-probe.ts'
import { openHls } from './hls-pull.ts'
import { joined, openingGateways, playsOn } from './testing/open-gateway.ts'
import { decode, run, until } from './testing/run-ffmpeg.ts'

let folder: string
let clip: string
const opening = openingGateways()
const servers: Server[] = []
const children: ChildProcess[] = []
/** They write HLS while the tests run. */
const writers: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orchid-pull-'))
  clip = join(folder, 'clip.mp4')
  await run('ffmpeg', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=8', '-f', 'lavfi', '-i', 'sine=d=8'],
    ...['-pix_fmt', 'yuv420p', '-g', '10', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', clip],
  ])
  for (const [name, more] of [
    ['ts', []],
    ['mp4', ['-hls_segment_type', 'fmp4', '-hls_fmp4_init_filename', 'init.mp4', '-master_pl_name', 'master.m3u8']],
    ['aes', ['-hls_enc', '1', '-hls_enc_key', '0123456789abcdef', '-hls_enc_key_url', 'aes.key']],
  ] as const)
    writers.push(
      play(
        ...['-f', 'hls', '-hls_time', '1', '-hls_list_size', '4', '-hls_flags', 'delete_segments'],
        ...more,
        ...['-hls_segment_filename', join(folder, `${name}-%d.seg`), join(folder, `${name}.m3u8`)],
      ),
    )
  children.length = 0
}, 30_000)
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})
afterAll(async () => {
  await Promise.all(writers.map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGKILL'))))
  await rm(folder, { recursive: true, force: true })
})

async function serve(answer: (path: string, response: ServerResponse, request: IncomingMessage) => unknown): Promise<string> {
  const server = createServer((request, response) => void answer(request.url ?? '', response, request))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** ffmpeg playing the clip again and again at the speed of life. */
function play(...output: readonly string[]): ChildProcess {
  const child = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', ...output], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // It writes its key where it runs.
    cwd: folder,
  })
  children.push(child)
  return child
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createTcpServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

const open = (url: string, backend: AddressedSource['backend'] = 'gateway') => opening(() => ({ backend, url }))

/** Some more segments than the first playlist has, all decoded; nothing of the address may be seen. */
async function plays({ gateway, reported, logged }: ReturnType<typeof open>, secret = /tok3n/): Promise<void> {
  const picture = await decode(joined(gateway, 'cam', await playsOn(gateway, 'cam', 4)))
  expect(picture).toMatchObject({ codec: 'h264', width: 320 })
  expect(picture.frames).toBeGreaterThanOrEqual(6)
  const [status] = gateway.status()
  const command = await readFile(`/proc/${status?.pid}/cmdline`, 'latin1')
  for (const place of [command, JSON.stringify(reported), logged.join(), JSON.stringify(status)]) expect(place).not.toMatch(secret)
}

test('HTTP-FLV', async () => {
  const host = await serve((_path, response) => {
    play('-f', 'flv', 'pipe:1').stdout?.pipe(response)
  })
  const opened = open(`http://${host}/live/cam.live.flv?tok3n=1`)
  await plays(opened)
  expect(opened.gateway.steps('cam').map(({ step }) => step)).toEqual(['queue', 'source', 'resolve', 'connect', 'describe', 'picture'])
})

test('a probe asks for the stream itself, not for a smaller one that its address only suggests', async () => {
  const host = await serve((path, response) =>
    path === '/live/stream1' ? play('-f', 'flv', 'pipe:1').stdout?.pipe(response) : response.writeHead(404).end(),
  )
  const { signal } = new AbortController()
  const networks = parseCameraNetworks('127.0.0.0/8')
  expect(await probeCamera(`http://${host}/live/stream1`, { networks, signal })).toEqual({ state: 'answering' })
})

test('what was recorded is asked for until it shows, and then played once', async () => {
  let asked = 0
  const host = await serve((_path, response) =>
    ++asked === 1 ? response.writeHead(500).end() : play('-t', '2', '-f', 'mpegts', 'pipe:1').stdout?.pipe(response),
  )
  const address = `http://${host}`
  const { gateway } = opening(() => ({ backend: 'mediamtx', url: `${address}/cam` }), { servers: [{ address, playback: address }] })
  gateway.touch(gateway.nameOf('cam', 'main', { from: 0, to: 2_000 }))
  await until(() => gateway.status()[0]?.state === 'live', 8000, 'playing')
  await until(() => gateway.status()[0]?.state === 'offline', 15_000, 'at its end')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect([asked, gateway.status()[0]?.reason]).toEqual([2, 'ended'])
})

test('MPEG-TS over HTTP behind a Basic login', async () => {
  const login = `Basic ${Buffer.from('us er:p@ss').toString('base64')}`
  const host = await serve((_path, response, request) => {
    if (request.headers.authorization !== login) return response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    return play('-f', 'mpegts', 'pipe:1').stdout?.pipe(response)
  })
  await plays(open(`http://us%20er:p%40ss@${host}/live/cam.live.ts`), /p@ss|p%40ss|us er/)
})

test('RTMP', async () => {
  const port = await freePort()
  const child = play('-an', '-f', 'flv', '-listen', '1', `rtmp://127.0.0.1:${port}/live/cam`)
  await until(
    async () =>
      (await readFile('/proc/net/tcp', 'latin1')).includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`),
    5000,
    'listening',
  )
  expect(child.exitCode).toBeNull()
  await plays(open(`rtmp://127.0.0.1:${port}/live/cam?tok3n=1`))
})

const files = async (path: string, response: ServerResponse): Promise<unknown> => {
  const name = path.split('?')[0]?.slice(1) ?? ''
  const data = await readFile(join(folder, name)).catch(() => undefined)
  return data ? response.end(data) : response.writeHead(404).end()
}
const playlistThere = (name: string) =>
  until(async () => (await readFile(join(folder, name), 'utf8').catch(() => '')).split('#EXTINF').length > 2, 8000, 'a playlist')

test.each([
  ['MPEG-TS segments', 'ts.m3u8', 'gateway'],
  ['fragmented MP4 behind a master playlist', 'master.m3u8', 'hls'],
  ['AES-128', 'aes.m3u8', 'hls'],
] as const)('HLS: %s', async (_what, name, backend) => {
  const host = await serve((path, response) => (path.startsWith('/aes.key') ? response.end('0123456789abcdef') : files(path, response)))
  await playlistThere(name.replace('master', 'mp4'))
  await plays(open(`http://${host}/${name}`, backend))
})

test('a probe of HLS fetches the playlist and the first bytes of one segment, not all of it', async () => {
  let sent = 0
  const host = await serve((path, response) => {
    if (path.endsWith('.m3u8')) return response.end('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb.ts\n')
    const packet = Buffer.alloc(188 * 100)
    for (let at = 0; at < packet.length; at += 188) packet[at] = 0x47
    const more = (): void => {
      while (sent < 30 * 1024 * 1024 && !response.destroyed) {
        sent += packet.length
        if (!response.write(packet)) return void response.once('drain', more)
      }
      response.end()
    }
    return more()
  })
  const networks = parseCameraNetworks('127.0.0.0/8')
  expect(await probeCamera(`http://${host}/x.m3u8`, { networks, signal: new AbortController().signal })).toEqual({ state: 'answering' })
  expect(sent).toBeLessThan(15 * 1024 * 1024)
})

const reach = () => ({ networks: parseCameraNetworks('127.0.0.0/8'), signal: new AbortController().signal })
const addressOf = (host: string, path: string) => readAddress(`http://${host}/${path}`, ['http'])

test('a playlist that names pieces of ten minutes does not hide for a quarter of an hour that nothing comes', async () => {
  const segment = Buffer.alloc(188 * 10)
  for (let at = 0; at < segment.length; at += 188) segment[at] = 0x47
  const host = await serve((path, response) =>
    response.end(path.endsWith('.m3u8') ? '#EXTM3U\n#EXT-X-TARGETDURATION:599\n#EXTINF:2,\na.ts\n#EXTINF:2,\nb.ts\n' : segment),
  )
  const feed = await openHls(addressOf(host, 'x.m3u8'), { ...reach(), id: 'cam', quality: 'main', font: async () => undefined })
  expect(feed.pieceMs).toBe(10_000)
  await feed.close()
})

test('a connection the server closed just as it was used again is no failure: the question is asked once more', async () => {
  const used = new WeakSet<object>()
  const host = await serve((_path, response, request) => {
    if (used.has(request.socket)) return request.socket.destroy()
    used.add(request.socket)
    return response.end('good')
  })
  const http = await openCameraHttp(addressOf(host, ''), reach())
  for (let turn = 0; turn < 3; turn++) expect((await http.read(http.base, 100)).toString()).toBe('good')
  http.close()
})

test('a server that was asked to wait may take longer than others', async () => {
  const host = await serve((_path, response) => void setTimeout(() => response.end('late'), 8_500))
  const http = await openCameraHttp(addressOf(host, ''), reach())
  expect((await http.read(http.base, 100, { answerMs: 30_000 })).toString()).toBe('late')
  http.close()
}, 15_000)

test.each([
  ['no video', (response: ServerResponse) => response.end('<html>hello, this is no picture at all</html>'), 'protocol'],
  ['nothing', (response: ServerResponse) => response.end(), 'ended'],
  ['not found', (response: ServerResponse) => response.writeHead(404).end(), 'not-found'],
  ['an error', (response: ServerResponse) => response.writeHead(500).end(), 'camera-error'],
  ['a login', (response: ServerResponse) => response.writeHead(401).end(), 'auth'],
  ['an unreadable playlist', (response: ServerResponse) => response.end('#EXTM3U\n#EXT-X-TARGETDURATION:x\n'), 'protocol'],
  ['an endless playlist', (response: ServerResponse) => response.end(`#EXTM3U\n${'#\n'.repeat(1_000_000)}`), 'protocol'],
  [
    'H.265 in FLV',
    (response: ServerResponse) =>
      response.end(Buffer.from('464c5601010000000900000000090000060000000000000c1c00000000000000001100000000', 'hex')),
    'codec',
  ],
  [
    'another picture before it has shown one',
    (response: ServerResponse) => {
      const headers = ['01', '02'].map((level) => `0900000600000000000000 17000000 00${level} 00000011`)
      response.end(Buffer.from(`464c5601010000000900000000${headers.join('')}`.replaceAll(' ', ''), 'hex'))
    },
    'changed',
  ],
])('an HTTP camera that gives %s is told as such', async (_what, answer, reason) => {
  const host = await serve((_path, response) => answer(response))
  const { gateway } = open(`http://${host}/x`)
  expect(await gateway.playlist('cam', {})).toMatchObject({ reason })
})

test.each([
  ['garbage', (socket: import('node:net').Socket) => socket.end('HTTP/1.1 400 no\r\n\r\n'), 'protocol'],
  ['a closed door', (socket: import('node:net').Socket) => socket.destroy(), 'ended'],
])('an RTMP server that gives %s is told as such', async (_what, answer, reason) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    answer(socket)
  }).listen(0, '127.0.0.1')
  await until(() => server.listening, 1000, 'listening')
  const { gateway } = open(`rtmp://127.0.0.1:${(server.address() as AddressInfo).port}/live/x`)
  expect(await gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason })
  server.close()
})
