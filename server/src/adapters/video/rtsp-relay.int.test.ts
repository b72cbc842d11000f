import { createHash } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { readAddress } from './camera-connection.ts'
import { CameraFailure, type OpeningStep } from './camera-failure.ts'
import { parseCameraNetworks } from './camera-networks.ts'
import { openRtspRelay, type RtspRelay } from './rtsp-relay.ts'
import { until } from './testing/run-ffmpeg.ts'

const loopback = parseCameraNetworks('127.0.0.0/8')
const cleanUps: (() => void)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

interface Camera {
  readonly port: number
  readonly requests: string[]
  connections: number
}

/** A camera whose answers the test writes; `answer` gets each request and gives the text to send, if any. */
function camera(answer: (request: string, socket: Socket) => string | undefined): Promise<Camera> {
  return new Promise((resolve) => {
    const sockets = new Set<Socket>()
    const server: Server = createServer((socket) => {
      state.connections++
      sockets.add(socket)
      socket.on('error', () => undefined)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
        for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
          const request = text.slice(0, end)
          text = text.slice(end + 4)
          state.requests.push(request)
          const reply = answer(request, socket)
          if (reply !== undefined) socket.write(reply.replace('<cseq>', /CSeq: (\d+)/.exec(request)?.[1] ?? '0'), 'latin1')
        }
      })
    })
    const state: Camera = { port: 0, requests: [], connections: 0 }
    server.listen(0, '127.0.0.1', () => {
      cleanUps.push(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
      resolve(Object.assign(state, { port: (server.address() as { port: number }).port }))
    })
  })
}

async function relayTo(url: string, networks = loopback): Promise<{ relay: RtspRelay; steps: OpeningStep[] }> {
  const steps: OpeningStep[] = []
  const relay = await openRtspRelay(readAddress(url, ['rtsp']), {
    networks,
    signal: new AbortController().signal,
    step: (step) => steps.push(step),
  })
  cleanUps.push(() => relay.close())
  return { relay, steps }
}

/** Plays ffmpeg's part: sends one request through the relay and gives the answer, or '' when the relay hangs up. */
async function ask(relay: RtspRelay, method = 'DESCRIBE', url = relay.url): Promise<string> {
  const socket = connect(Number(new URL(relay.url.replace('rtsp', 'http')).port), '127.0.0.1')
  cleanUps.push(() => socket.destroy())
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.includes('\r\n\r\n')) resolve(text)
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
    socket.write(`${method} ${url} RTSP/1.0\r\nCSeq: 41\r\nAccept: application/sdp\r\n\r\n`)
  })
}

const refusedWith = async (opening: Promise<unknown>) => {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(CameraFailure)
  return (error as CameraFailure).message
}

describe('addresses', () => {
  test.each([
    ['loopback by number', 'rtsp://127.0.0.1:554/', 'resolve: address-refused'],
    ['loopback by name', 'rtsp://localhost:554/', 'resolve: address-refused'],
    ['loopback in octal', 'rtsp://0177.0.0.1/', 'resolve: address-refused'],
    ['loopback as one number', 'rtsp://2130706433/', 'resolve: address-refused'],
    ['loopback in hexadecimal', 'rtsp://0x7f000001/', 'resolve: address-refused'],
    ['loopback mapped into IPv6', 'rtsp://[::ffff:127.0.0.1]/', 'resolve: address-refused'],
    ['IPv6 loopback', 'rtsp://[::1]/', 'resolve: address-refused'],
    ['link-local metadata service', 'rtsp://169.254.169.254/', 'resolve: address-refused'],
    ['a name that does not exist', 'rtsp://camera.invalid/', 'resolve: dns'],
    ['a file', 'file:///etc/passwd', 'source: unsupported-address'],
    ['no URL', 'rtsp//', 'source: unsupported-address'],
  ])('%s is refused before any connection', async (_what, url, message) => {
    const usual = parseCameraNetworks('10.0.0.0/8,192.168.0.0/16')
    expect(await refusedWith(relayTo(url, usual))).toBe(message)
  })

  test('the right host on another port is refused, and nothing connects', async () => {
    const there = await camera(() => undefined)
    expect(await refusedWith(relayTo(`rtsp://127.0.0.1:${there.port}/`, parseCameraNetworks('127.0.0.1/32:1')))).toBe(
      'resolve: address-refused',
    )
    expect(there.connections).toBe(0)
  })

  test('a dead port is told as such', async () => {
    const there = await camera(() => undefined)
    for (const cleanUp of cleanUps.splice(0)) cleanUp()
    expect(await refusedWith(relayTo(`rtsp://127.0.0.1:${there.port}/`))).toBe('connect: connection-refused')
  })
})

describe('hostile cameras', () => {
  test('a redirect is refused, and its target gets no hit', async () => {
    const canary = await camera(() => undefined)
    const there = await camera(() => `RTSP/1.0 302 Found\r\nCSeq: <cseq>\r\nLocation: rtsp://127.0.0.1:${canary.port}/secret\r\n\r\n`)
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    expect(await ask(relay)).toBe('')
    expect((await relay.failed).code).toBe('redirect')
    expect(canary.connections).toBe(0)
  })

  test('a foreign host in its description is turned into the relay, and the request stays on the one connection', async () => {
    const canary = await camera(() => undefined)
    const sdp = `v=0\r\na=control:rtsp://127.0.0.1:${canary.port}/other/\r\nm=video 0 RTP/AVP 96\r\na=control:rtsp://evil.example/track1\r\n`
    const there = await camera(
      () =>
        `RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\nContent-Base: rtsp://evil.example:1/x/\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
    )
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    const answer = await ask(relay)
    expect(answer).not.toContain('evil')
    expect(answer).not.toContain(String(canary.port))
    expect(answer).toContain('CSeq: 41')
    expect(answer).toContain(`a=control:${relay.url.replace(/\/[^/]*$/, '')}/track1`)
    expect(canary.connections).toBe(0)
  })

  test.each([
    ['404', 'RTSP/1.0 404 Not Found\r\nCSeq: <cseq>\r\n\r\n', 'not-found'],
    ['500', 'RTSP/1.0 500 Oops\r\nCSeq: <cseq>\r\n\r\n', 'camera-error'],
    ['401 to somebody without a password', 'RTSP/1.0 401 No\r\nCSeq: <cseq>\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n', 'auth'],
    ['another protocol', 'HTTP/1.1 200 OK\r\n\r\n', 'protocol'],
    ['bytes of something else', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'protocol'],
    ['an endless head', `RTSP/1.0 200 OK\r\nX: ${'a'.repeat(40_000)}`, 'protocol'],
    ['an endless body', 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\nContent-Length: 999999\r\n\r\n', 'protocol'],
    ['a header without a colon', 'RTSP/1.0 200 OK\r\nnonsense\r\n\r\n', 'protocol'],
  ])('%s', async (_what, reply, code) => {
    const there = await camera(() => reply)
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    expect(await ask(relay)).toBe('')
    expect((await relay.failed).code).toBe(code)
  })

  test('one that hangs up has ended', async () => {
    const there = await camera((_request, socket) => {
      socket.destroy()
      return undefined
    })
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    expect(await ask(relay)).toBe('')
    expect((await relay.failed).code).toBe('ended')
  })
})

describe('passwords', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')

  test('a digest challenge is answered by us; ffmpeg sees neither challenge nor password nor path', async () => {
    const there = await camera((request) => {
      const given = /Authorization: Digest (.*)/.exec(request)?.[1]
      if (!given) return 'RTSP/1.0 401 No\r\nCSeq: <cseq>\r\nWWW-Authenticate: Digest realm="cam, \\"A\\"", nonce="n1", qop="auth"\r\n\r\n'
      const field = (name: string) => new RegExp(`\\b${name}="?([^",]+)`).exec(given)?.[1]
      const request1 = request.split('\r\n')[0]?.split(' ') as string[]
      const expected = md5(
        `${md5('ad min:cam, "A":p@ss:w/rd')}:n1:${field('nc')}:${field('cnonce')}:auth:${md5(`${request1[0]}:${request1[1]}`)}`,
      )
      return field('response') === expected ? 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\n\r\n' : 'RTSP/1.0 401 No\r\nCSeq: <cseq>\r\n\r\n'
    })
    const { relay, steps } = await relayTo(`rtsp://ad%20min:p%40ss%3Aw%2Frd@127.0.0.1:${there.port}/secret/path?token=x`)
    expect(relay.url).toMatch(/^rtsp:\/\/127\.0\.0\.1:\d+\/[\w-]+$/)
    const answer = await ask(relay)
    expect(answer).toBe('RTSP/1.0 200 OK\r\nCSeq: 41\r\n\r\n')
    expect(there.requests).toHaveLength(2)
    expect(there.requests[1]).toContain(`DESCRIBE rtsp://127.0.0.1:${there.port}/secret/path?token=x RTSP/1.0`)
    expect(steps).toEqual(['resolve', 'connect', 'describe'])
  })

  test('a wrong password is asked about once, not for ever', async () => {
    const there = await camera(() => 'RTSP/1.0 401 No\r\nCSeq: <cseq>\r\nWWW-Authenticate: Digest realm="r", nonce="n"\r\n\r\n')
    const { relay } = await relayTo(`rtsp://admin:wrong@127.0.0.1:${there.port}/a`)
    await ask(relay)
    expect((await relay.failed).code).toBe('auth')
    expect(there.requests).toHaveLength(2)
  })
})

describe('pictures', () => {
  /** Numbers from 0 to below `most`, always the same ones for a seed. */
  function seeded(seed: number): (most: number) => number {
    let state = seed
    return (most) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * most)
    }
  }

  test.each([7762, 7763])('pass byte for byte, in whatever pieces they come and however slowly ffmpeg reads (seed %i)', async (seed) => {
    const random = seeded(seed)
    const packet = (i: number): Buffer => {
      const bytes = Buffer.alloc(4 + (i % 9 === 0 ? random(65_536) : random(1500)), i)
      bytes[0] = 0x24
      bytes.writeUInt16BE(bytes.length - 4, 2)
      return bytes
    }
    const packets = Array.from({ length: 1500 }, (_, i) => packet(i))
    const said = packets.flatMap((bytes, i) =>
      // What the camera asks or tells between two packets is not for ffmpeg.
      i % 100 === 50 ? [bytes, Buffer.from('ANNOUNCE rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n')] : [bytes],
    )
    const stream = Buffer.concat(said)
    const there = await camera((_request, socket) => {
      const send = (at: number): void => {
        if (at >= stream.length) return
        const end = at + 1 + random(40_000)
        if (random(4) === 0) relay.hold(random(6), 20)
        const goOn = () => setImmediate(send, end)
        if (socket.write(stream.subarray(at, end))) goOn()
        else socket.once('drain', goOn)
      }
      setImmediate(send, 0)
      return 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\n\r\n'
    })
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    const ffmpeg = connect(Number(new URL(relay.url.replace('rtsp', 'http')).port), '127.0.0.1')
    cleanUps.push(() => ffmpeg.destroy())
    const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 41\r\n\r\n')
    const expected = Buffer.concat([answer, ...packets])
    const got: Buffer[] = []
    let size = 0
    await new Promise<void>((done) => {
      ffmpeg.on('data', (chunk: Buffer) => {
        got.push(chunk)
        size += chunk.length
        if (size >= expected.length) return done()
        if (random(3) > 0) return
        ffmpeg.pause()
        setTimeout(() => ffmpeg.resume(), random(8))
      })
      ffmpeg.write(`DESCRIBE ${relay.url} RTSP/1.0\r\nCSeq: 41\r\n\r\n`)
    })
    expect(Buffer.concat(got).equals(expected)).toBe(true)
  })

  /** A packet that ends a picture, with this text in it. */
  const picture = (text: string): Buffer =>
    Buffer.concat([Buffer.from([0x24, 0, 0, 12 + text.length, 0x80, 0x80 | 96]), Buffer.alloc(10), Buffer.from(text)])
  const textsIn = (bytes: Buffer): string => bytes.toString('latin1').replace(/[^a-z]/g, '')

  test('that nobody waits for go to ffmpeg together with the one that somebody waits for, or when their time is over', async () => {
    let socket: Socket | undefined
    const there = await camera((_request, from) => {
      socket = from.setNoDelay(true)
      return 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\n\r\n'
    })
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    const ffmpeg = connect(Number(new URL(relay.url.replace('rtsp', 'http')).port), '127.0.0.1')
    cleanUps.push(() => ffmpeg.destroy())
    const got: string[] = []
    ffmpeg.on('data', (chunk: Buffer) => got.push(textsIn(chunk)))
    ffmpeg.write(`DESCRIBE ${relay.url} RTSP/1.0\r\nCSeq: 41\r\n\r\n`)
    await until(() => got.length === 1, 2000, 'the answer')
    const send = async (texts: string): Promise<void> => {
      for (const text of texts) {
        socket?.write(picture(text))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    relay.hold(3, 60_000)
    await send('abcdef')
    await until(() => got.length === 4, 2000, 'six pictures')
    expect(got.slice(1)).toEqual(['abcd', 'e', 'f'])
    relay.hold(3, 50)
    await send('g')
    await until(() => got.length === 5, 2000, 'a picture that waited alone')
    expect(got.at(-1)).toBe('g')
    // What the camera answers meanwhile does not overtake a picture.
    relay.hold(3, 60_000)
    await send('h')
    ffmpeg.write(`OPTIONS ${relay.url} RTSP/1.0\r\nCSeq: 42\r\n\r\n`)
    await until(() => got.slice(5).join('').length > 1, 2000, 'both')
    expect(got.slice(5).join('')).toMatch(/^h/)
  })
})

describe('the port for ffmpeg', () => {
  test('serves nobody who does not know the path', async () => {
    const there = await camera(() => 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\n\r\n')
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    expect(await ask(relay, 'DESCRIBE', `${relay.url.replace(/\/[^/]*$/, '')}/guess`)).toBe('')
    expect(there.requests).toHaveLength(0)
  })

  test('takes one client only and goes with it', async () => {
    const there = await camera(() => 'RTSP/1.0 200 OK\r\nCSeq: <cseq>\r\n\r\n')
    const { relay } = await relayTo(`rtsp://127.0.0.1:${there.port}/a`)
    expect(await ask(relay)).toContain('200 OK')
    expect(await ask(relay)).toBe('')
  })
})
