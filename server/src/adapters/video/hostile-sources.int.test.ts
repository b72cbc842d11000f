/** Hostile camera addresses: whatever they say, an internal canary on loopback hears nothing, and each is told by its own reason. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CameraSource } from './backends/backend.ts'
import type { Gateway, GatewayOptions } from './gateway.ts'
import { writeAmf, writeChunks } from './rtmp-messages.ts'
import { openGateway } from './testing/open-gateway.ts'
import { run, until } from './testing/run-ffmpeg.ts'

/** Where cameras may stand here: one other address of loopback. The canary stands beside it, at the same port too. */
const CAMERA = '127.0.0.2'
let canary: { port: number; hits: string[]; servers: (Server | TcpServer)[] }
let segment: Buffer
let hostile: Server
/** What the hostile server answers by path. */
let answers: Readonly<Record<string, string | Buffer | { status: number; location: string }>> = {}
let port: number
const gateways: Gateway[] = []
const tcpServers: TcpServer[] = []

const listening = (server: Server | TcpServer, host: string, wanted = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, host, () => resolve((server.address() as AddressInfo).port))
  })

beforeAll(async () => {
  segment = await run('ffmpeg', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=2', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10'],
    ...['-f', 'mpegts', 'pipe:1'],
  ])
  hostile = createServer((request, response) => {
    const answer = answers[request.url?.split('?')[0] ?? '']
    if (answer === undefined) return response.writeHead(404).end()
    if (typeof answer === 'string' || Buffer.isBuffer(answer)) return response.end(answer)
    return response.writeHead(answer.status, { location: answer.location }).end()
  })
  port = await listening(hostile, CAMERA)
  canary = { port: 0, hits: [], servers: [] }
  // It counts connections, not only requests: a port that was knocked at is a hit.
  const bird = () =>
    createServer((request, response) => {
      canary.hits.push(`${request.method} ${request.url}`)
      response.end(segment)
    }).on('connection', () => canary.hits.push('connection'))
  const [one, same, six] = [bird(), bird(), bird()]
  canary.servers.push(one, same)
  canary.port = await listening(one, '127.0.0.1')
  await listening(same, '127.0.0.1', port)
  // Some machines have no IPv6.
  await listening(six, '::1', canary.port).then(
    () => canary.servers.push(six),
    () => undefined,
  )
})
beforeEach(() => {
  canary.hits = []
  answers = {}
})
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()))
  for (const server of tcpServers.splice(0)) server.close()
})
afterAll(() => {
  for (const server of [hostile, ...canary.servers]) {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  }
})

function open(source: CameraSource, options: Partial<GatewayOptions> = {}) {
  const opened = openGateway(() => source, { cameraNetworks: `${CAMERA}/32`, ...options })
  gateways.push(opened.gateway)
  return opened
}

/** Opens it and gives the reason it does not play, or no longer. */
async function reasonOf(
  url: string,
  options?: Partial<GatewayOptions>,
  backend: 'gateway' | 'hls' = 'gateway',
): Promise<string | undefined> {
  const { gateway, reported } = open({ backend, url }, options)
  gateway.touch('cam')
  const told = await until(() => reported.find(({ state }) => state === 'offline'), 8000, 'told')
  return told.reason
}

describe('the canary', () => {
  test('is heard where it may be asked: it can count, and a hostile address that is let through is seen', async () => {
    const lax = { cameraNetworks: '127.0.0.0/8' }
    expect(await reasonOf(`http://127.0.0.1:${canary.port}/control`, lax)).not.toBe('address-refused')
    expect(canary.hits).toContain('GET /control')
    canary.hits = []
    await reasonOf(`rtsp://127.0.0.1:${canary.port}/control`, lax)
    await reasonOf(`rtmp://127.0.0.1:${canary.port}/control/x`, lax)
    expect(canary.hits.filter((hit) => hit === 'connection').length).toBeGreaterThanOrEqual(2)
  })
  test('ffmpeg alone would have asked it for what a playlist names', async () => {
    answers = { '/a.m3u8': `${playlist(`http://127.0.0.1:${canary.port}/alone.ts`)}#EXT-X-ENDLIST\n` }
    await run('ffmpeg', ['-i', `http://${CAMERA}:${port}/a.m3u8`, '-t', '1', '-f', 'null', '-']).catch(() => undefined)
    expect(canary.hits).toContain('GET /alone.ts')
  })
})

const playlist = (uri: string, before = ''): string =>
  `#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n${before}#EXTINF:2,\n${uri}\n`

describe('addresses', () => {
  const at = (text: string) => text.replaceAll('PORT', String(canary.port))
  test.each([
    // Kinds of address that are none of a camera.
    ['file:///etc/passwd', 'unsupported-address'],
    ['concat:http://127.0.0.1:PORT/a|http://127.0.0.1:PORT/b', 'unsupported-address'],
    ['data:application/x-mpegURL,%23EXTM3U', 'unsupported-address'],
    ['tcp://127.0.0.1:PORT', 'unsupported-address'],
    ['udp://127.0.0.1:PORT', 'unsupported-address'],
    ['subfile,,start,0,end,9,,:http://127.0.0.1:PORT/', 'unsupported-address'],
    ['hls+http://127.0.0.1:PORT/a.m3u8', 'unsupported-address'],
    ['rtspt://127.0.0.1:PORT/', 'unsupported-address'],
    ['gopher://127.0.0.1:PORT/', 'unsupported-address'],
    ['http:127.0.0.1:PORT/', 'unsupported-address'],
    ['http:\\\\127.0.0.1:PORT/', 'unsupported-address'],
    [`http://${CAMERA}:1\\@127.0.0.1:PORT/`, 'unsupported-address'],
    ['', 'unsupported-address'],
    // The canary by its plain and its strange spellings.
    ['http://127.0.0.1:PORT/a.flv', 'address-refused'],
    ['rtsp://127.0.0.1:PORT/', 'address-refused'],
    ['rtmp://127.0.0.1:PORT/live/a', 'address-refused'],
    ['rtsps://127.0.0.1:PORT/', 'address-refused'],
    ['https://127.0.0.1:PORT/', 'address-refused'],
    ['http://localhost:PORT/', 'address-refused'],
    ['http://2130706433:PORT/', 'address-refused'],
    ['http://0177.0.0.1:PORT/', 'address-refused'],
    ['http://017700000001:PORT/', 'address-refused'],
    ['http://0x7f000001:PORT/', 'address-refused'],
    ['http://0x7f.1:PORT/', 'address-refused'],
    ['http://127.1:PORT/', 'address-refused'],
    ['http://127.0.0.1.:PORT/', 'address-refused'],
    ['rtsp://2130706433:PORT/', 'address-refused'],
    ['rtsp://0177.0.0.1:PORT/', 'address-refused'],
    ['rtmp://0x7f000001:PORT/live/a', 'address-refused'],
    ['rtsp://127.1:PORT/', 'address-refused'],
    ['http://[::ffff:127.0.0.1]:PORT/', 'address-refused'],
    ['rtsp://[::ffff:127.0.0.1]:PORT/', 'address-refused'],
    ['rtsp://[0:0:0:0:0:ffff:7f00:1]:PORT/', 'address-refused'],
    ['http://[::1]:PORT/', 'address-refused'],
    ['rtsp://[::]:PORT/', 'address-refused'],
    ['http://0.0.0.0:PORT/', 'address-refused'],
    ['rtsp://0.0.0.0:PORT/', 'address-refused'],
    ['http://0:PORT/', 'address-refused'],
    // Who reads it in another way than we connect is led astray.
    [`http://${CAMERA}@127.0.0.1:PORT/`, 'address-refused'],
    [`rtsp://${CAMERA}:554@127.0.0.1:PORT/`, 'address-refused'],
    [`rtsp://a:b@${CAMERA}@127.0.0.1:PORT/`, 'address-refused'],
    [`rtmp://127.0.0.1:PORT/live/a#@${CAMERA}/`, 'address-refused'],
    [`http://127.0.0.1:PORT/?@${CAMERA}/`, 'address-refused'],
    ['http://127。0。0。1:PORT/', 'address-refused'],
    ['http://①②⑦.0.0.1:PORT/', 'address-refused'],
    ['http://127.0.0.1%2f:PORT/', 'unsupported-address'],
  ])('%s: %s', async (url, reason) => {
    expect(await reasonOf(at(url))).toBe(reason)
    expect(canary.hits).toEqual([])
  })

  test('a name that leads to loopback is refused, and one that changes is asked once an opening and connected to as it was checked', async () => {
    expect(await reasonOf(`rtsp://camera.test:${canary.port}/`, { resolve: async () => ['127.0.0.1'] })).toBe('address-refused')
    expect(await reasonOf(`http://camera.test:${canary.port}/`, { resolve: async () => ['::1', '::ffff:7f00:1', '0.0.0.0'] })).toBe(
      'address-refused',
    )
    // The checked address first, the canary at every later question: same port, so that only the address decides.
    answers = { '/a.m3u8': playlist('b.ts'), '/b.ts': segment }
    let asked = 0
    const { gateway } = open(
      { backend: 'gateway', url: `http://camera.test:${port}/a.m3u8` },
      { resolve: async () => (asked++ === 0 ? [CAMERA] : ['127.0.0.1']) },
    )
    expect(await gateway.playlist('cam', {})).toHaveProperty('text')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(asked).toBe(1)
    expect(canary.hits).toEqual([])
    // The next opening asks anew, and is refused.
    await gateway.close('cam')
    expect(await gateway.playlist('cam', {})).toMatchObject({ state: 'offline', reason: 'address-refused' })
    expect(canary.hits).toEqual([])
  })

  test('a name the resolver does not know, and a resolver that breaks, are told as such', async () => {
    expect(await reasonOf('rtsp://camera.test/', { resolve: async () => Promise.reject(new Error('ENOTFOUND')) })).toBe('dns')
    expect(await reasonOf('rtsp://camera.test/', { resolve: async () => [] })).toBe('address-refused')
    expect(await reasonOf('rtsp://camera.test/', { resolve: async () => ['camera.test', 'localhost', ''] })).toBe('address-refused')
  })
})

describe('servers that lead away', () => {
  const bird = (path: string, host = '127.0.0.1') => `http://${host}:${canary.port}/${path}`
  test.each([301, 302, 303, 307, 308])('HTTP %i', async (status) => {
    answers = { '/a': { status, location: bird('redirect') } }
    expect(await reasonOf(`http://${CAMERA}:${port}/a`)).toBe('redirect')
    expect(canary.hits).toEqual([])
  })

  test.each<[string, () => typeof answers, string]>([
    ['segment', () => ({ '/a': playlist(bird('s.ts')) }), 'redirect'],
    ['segment at the same port', () => ({ '/a': playlist(`http://127.0.0.1:${port}/s.ts`) }), 'redirect'],
    ['segment without a scheme', () => ({ '/a': playlist(`//127.0.0.1:${canary.port}/s.ts`) }), 'redirect'],
    ['segment with a login', () => ({ '/a': playlist(`http://x@${CAMERA}:${port}/s.ts`) }), 'redirect'],
    ['segment by a redirect', () => ({ '/a': playlist('s.ts'), '/s.ts': { status: 302, location: bird('s') } }), 'redirect'],
    ['segment in a file', () => ({ '/a': playlist('file:///etc/passwd') }), 'redirect'],
    ['segment in concat', () => ({ '/a': playlist(`concat:${bird('a')}|${bird('b')}`) }), 'redirect'],
    ['segment in data', () => ({ '/a': playlist('data:video/mp2t;base64,R0A=') }), 'redirect'],
    ['key', () => ({ '/a': playlist('s.ts', `#EXT-X-KEY:METHOD=AES-128,URI="${bird('key')}"\n`), '/s.ts': segment }), 'redirect'],
    [
      'key by a redirect',
      () => ({
        '/a': playlist('s.ts', '#EXT-X-KEY:METHOD=AES-128,URI="k"\n'),
        '/s.ts': segment,
        '/k': { status: 307, location: bird('k') },
      }),
      'redirect',
    ],
    ['map', () => ({ '/a': playlist('s.ts', `#EXT-X-MAP:URI="${bird('map')}"\n`), '/s.ts': segment }), 'redirect'],
    ['variant', () => ({ '/a': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${bird('v.m3u8')}\n` }), 'redirect'],
    [
      'variant within a variant',
      () => ({ '/a': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb\n', '/b': `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${bird('v')}\n` }),
      'protocol',
    ],
    ['later segment', () => ({ '/a': `${playlist('s.ts')}#EXTINF:2,\n${bird('later')}\n#EXT-X-ENDLIST\n`, '/s.ts': segment }), 'redirect'],
    ['script for ffmpeg', () => ({ '/a': `ffconcat version 1.0\nfile ${bird('script')}\n` }), 'protocol'],
    ['picture that names another', () => ({ '/a': `#EXTM3U ${'x'.repeat(200)}\n${bird('x')}` }), 'protocol'],
  ])('a playlist with an internal %s', async (_what, given, reason) => {
    answers = given()
    expect(await reasonOf(`http://${CAMERA}:${port}/a`, {}, 'hls')).toBe(reason)
    // What the gateway makes of an address without its kind is no other.
    expect(await reasonOf(`http://${CAMERA}:${port}/a`)).toBe(reason)
    expect(canary.hits).toEqual([])
  })

  /** A camera at its own address that is written by the test. */
  async function tcp(hear: (socket: Socket) => void): Promise<number> {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      hear(socket)
    })
    tcpServers.push(server)
    return listening(server, CAMERA)
  }

  test('RTSP 302', async () => {
    const there = await tcp((socket) =>
      socket.on('data', (request) => {
        const cseq = /CSeq: (\d+)/.exec(String(request))?.[1]
        socket.write(`RTSP/1.0 302 Found\r\nCSeq: ${cseq}\r\nLocation: rtsp://127.0.0.1:${canary.port}/\r\n\r\n`)
      }),
    )
    expect(await reasonOf(`rtsp://${CAMERA}:${there}/a`)).toBe('redirect')
    expect(canary.hits).toEqual([])
  })

  // ffmpeg ends a line at a line feed, leaves out carriage returns and takes a dollar at a line's start for a packet: our reading must not differ.
  test.each([
    ['within a header', (there: string) => `X: a\n\nRTSP/1.0 302 Found\nCSeq: 2\nLocation: ${there}\n`],
    ['within the first line', (there: string) => ` OK\n\nRTSP/1.0 302 Found\nCSeq: 2\nLocation: ${there}\n\n`],
    ['behind what looks like a packet', (there: string) => `$\x00\x00\x01:\r\nX: a\n\nRTSP/1.0 302 Found\nLocation: ${there}\n`],
    ['by a length with a carriage return', () => 'Content-Le\rngth: 40'],
  ])('RTSP 302 hidden %s', async (what, hidden) => {
    const there = await tcp((socket) =>
      socket.on('data', (request) => {
        const cseq = /CSeq: (\d+)/.exec(String(request))?.[1]
        const more = hidden(`rtsp://127.0.0.1:${canary.port}/`)
        const lines = what === 'within the first line' ? [`RTSP/1.0 200${more}`] : ['RTSP/1.0 200 OK', more]
        socket.write(`${[...lines, `CSeq: ${cseq}`].join('\r\n')}\r\n\r\n`)
      }),
    )
    expect(await reasonOf(`rtsp://${CAMERA}:${there}/a`)).toBe('protocol')
    expect(canary.hits).toEqual([])
  })

  test('RTMP that sends its player to another server', async () => {
    const there = await tcp((socket) => {
      let bytes = 0
      socket.on('data', (chunk) => {
        const before = bytes
        bytes += chunk.length
        if (before === 0) socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(3072)]))
        if (bytes <= 3073 || before > 3073) return
        const ex = { code: 302, redirect: `rtmp://127.0.0.1:${canary.port}/live` }
        socket.write(writeChunks(3, 20, 0, writeAmf('_error', 1, null, { level: 'error', code: 'NetConnection.Connect.Rejected', ex })))
      })
    })
    expect(await reasonOf(`rtmp://${CAMERA}:${there}/live/a`)).toBe('redirect')
    expect(canary.hits).toEqual([])
  })
})
