/** Plays one stream from an RTMP server over the checked connection and hands it on as FLV: ffmpeg speaks no RTMP and knows no address. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { Feed, Reach } from './backends/backend.ts'
import { byteFeed } from './byte-feed.ts'
import { type CameraAddress, connectCamera } from './camera-connection.ts'
import { CameraFailure, socketFailure } from './camera-failure.ts'
import { type Amf, ChunkReader, type RtmpMessage, readAmf, writeAmf, writeChunks } from './rtmp-messages.ts'

/** Milliseconds until the server says that the stream plays. */
const answerMs = 8000
const handshakeBytes = 1536

/** Rejects with CameraFailure. */
export async function openRtmp(camera: CameraAddress, reach: Reach): Promise<Feed> {
  // Logins of RTMP servers stand in the query of the stream; what stands before the host would be sent to nobody.
  if (camera.credentials) throw new CameraFailure('unsupported-address', 'source')
  const wanted = wantedOf(camera)
  const socket = await connectCamera(camera, reach)
  reach.step?.('describe')
  const flv = new PassThrough({ highWaterMark: 512 * 1024 })
  const player = new RtmpPlayer(socket, wanted, flv)
  const leave = () => player.fail(new CameraFailure('ended', 'describe'))
  reach.signal.addEventListener('abort', leave, { once: true })
  try {
    await player.playing
  } finally {
    reach.signal.removeEventListener('abort', leave)
  }
  return byteFeed({ container: 'flv', bytes: flv, close: () => player.close() })
}

interface Wanted {
  readonly app: string
  readonly stream: string
  readonly tcUrl: string
}

/** `/app/stream` or `/app/instance/stream`; what follows belongs to the stream, the query too. */
function wantedOf({ target }: CameraAddress): Wanted {
  const url = new URL(target)
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  if (parts.length < 2) throw new CameraFailure('unsupported-address', 'source')
  const app = parts.slice(0, parts.length > 2 ? 2 : 1).join('/')
  return { app, stream: parts.slice(parts.length > 2 ? 2 : 1).join('/') + url.search, tcUrl: `rtmp://${url.host}/${app}` }
}

class RtmpPlayer {
  /** Resolves when the server says that the stream plays; rejects with CameraFailure. */
  readonly playing: Promise<void>
  #resolve: () => void = () => undefined
  #reject: (failure: CameraFailure) => void = () => undefined
  readonly #socket: Socket
  readonly #wanted: Wanted
  readonly #flv: PassThrough
  readonly #timer: NodeJS.Timeout
  #handshake: Buffer | undefined = Buffer.alloc(0)
  readonly #reader = new ChunkReader((message) => this.#hear(message))
  #window = 2_500_000
  #received = 0
  #acknowledged = 0
  #over = false
  #plays = false

  constructor(socket: Socket, wanted: Wanted, flv: PassThrough) {
    this.#socket = socket
    this.#wanted = wanted
    this.#flv = flv
    this.playing = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.playing.catch(() => undefined)
    this.#timer = setTimeout(() => this.fail(new CameraFailure('timeout', 'describe')), answerMs)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.once('error', (error) => this.fail(socketFailure(error, 'describe')))
    socket.once('close', () => this.fail(new CameraFailure('ended', 'describe')))
    flv.on('drain', () => socket.resume())
    flv.on('error', () => undefined)
    // Version 3, then time 0, four zeros and chance.
    socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(8), randomBytes(handshakeBytes - 8)]))
  }

  close(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#socket.destroy()
    this.#flv.destroy()
  }

  fail(failure: CameraFailure): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    this.#socket.destroy()
    this.#flv.destroy(failure)
    this.#reject(failure)
  }

  #read(chunk: Buffer): void {
    if (this.#over) return
    try {
      this.#received += chunk.length
      if (this.#handshake) this.#shake(chunk)
      else this.#reader.push(chunk)
      if (this.#received - this.#acknowledged >= this.#window / 2 && !this.#handshake) {
        this.#acknowledged = this.#received
        this.#control(3, this.#received)
      }
    } catch (error) {
      // Whatever a stranger's bytes make the reading throw is his fault, not ours.
      this.fail(error instanceof CameraFailure ? error : new CameraFailure('protocol', 'describe'))
    }
  }

  #shake(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#handshake as Buffer, chunk])
    this.#handshake = bytes
    if (bytes[0] !== 3) throw new CameraFailure('protocol', 'describe')
    if (bytes.length < 1 + 2 * handshakeBytes) return
    this.#socket.write(bytes.subarray(1, 1 + handshakeBytes))
    this.#handshake = undefined
    const { app, tcUrl } = this.#wanted
    const about = {
      app,
      flashVer: 'LNX 9,0,124,2',
      tcUrl,
      fpad: false,
      capabilities: 15,
      audioCodecs: 4071,
      videoCodecs: 252,
      videoFunction: 1,
    }
    this.#command(0, 'connect', 1, about)
    const rest = bytes.subarray(1 + 2 * handshakeBytes)
    if (rest.length) this.#reader.push(rest)
  }

  #command(stream: number, ...values: readonly Amf[]): void {
    this.#socket.write(writeChunks(stream === 0 ? 3 : 8, 20, stream, writeAmf(...values)))
  }

  #control(type: number, ...numbers: readonly number[]): void {
    const body = Buffer.alloc(4 * numbers.length)
    for (const [index, number] of numbers.entries()) body.writeUInt32BE(number >>> 0, 4 * index)
    this.#socket.write(writeChunks(2, type, 0, body))
  }

  #hear({ type, body, timestamp }: RtmpMessage): void {
    if (type === 20) this.#answer(readAmf(body))
    else if (type === 17) this.#answer(readAmf(body.subarray(1)))
    else if (type === 5 && body.length >= 4) this.#window = Math.max(4096, body.readUInt32BE(0))
    else if (type === 4 && body.length >= 6) this.#event(body)
    // Sound is not played: it is left out here already.
    else if (type === 9) this.#hand(timestamp, body)
  }

  /** Ping (6) is answered (7); end of the stream (1) is its end. */
  #event(body: Buffer): void {
    const kind = body.readUInt16BE(0)
    if (kind === 6) {
      const pong = Buffer.from(body.subarray(0, 6))
      pong.writeUInt16BE(7, 0)
      this.#socket.write(writeChunks(2, 4, 0, pong))
    } else if (kind === 1 && this.#plays) this.fail(new CameraFailure('ended', 'picture'))
  }

  #answer([name, transaction, , about]: readonly Amf[]): void {
    const told = typeof about === 'object' && about !== null ? about : {}
    const code = String(told.code ?? '')
    if (name === '_result' && transaction === 1) {
      this.#control(5, 2_500_000)
      this.#command(0, 'createStream', 2, null)
    } else if (name === '_result' && transaction === 2) {
      const stream = typeof about === 'number' && about > 0 ? about : 1
      this.#command(stream, 'play', 0, null, this.#wanted.stream, -2000)
      const buffer = Buffer.alloc(10)
      buffer.writeUInt16BE(3, 0)
      buffer.writeUInt32BE(stream, 2)
      buffer.writeUInt32BE(200, 6)
      this.#socket.write(writeChunks(2, 4, 0, buffer))
    } else if (name === '_error' || (name === 'onStatus' && told.level === 'error')) throw refusal(code, told)
    else if (name === 'onStatus') {
      if (/^NetStream\.Play\.(Start|Reset|PublishNotify)$/.test(code)) this.#resolve()
      else if (/^NetStream\.Play\.(Stop|UnpublishNotify|Complete)$/.test(code)) throw new CameraFailure('ended', 'picture')
    } else if (name === 'close') throw new CameraFailure('ended', 'picture')
  }

  #hand(timestamp: number, body: Buffer): void {
    clearTimeout(this.#timer)
    this.#resolve()
    if (!this.#plays) this.#flv.write(Buffer.from([0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0]))
    this.#plays = true
    const head = Buffer.alloc(11)
    head[0] = 9
    head.writeUIntBE(body.length, 1, 3)
    head.writeUIntBE(timestamp & 0xff_ffff, 4, 3)
    head[7] = timestamp >>> 24
    const tail = Buffer.alloc(4)
    tail.writeUInt32BE(11 + body.length)
    if (!this.#flv.write(Buffer.concat([head, body, tail]))) this.#socket.pause()
  }
}

/** The failure a refusal of the server stands for. A redirect to another server is refused by us. */
function refusal(code: string, told: { readonly [name: string]: Amf }): CameraFailure {
  const words = `${code} ${String(told.description ?? '')}`
  if (typeof told.ex === 'object' && told.ex !== null) return new CameraFailure('redirect', 'describe')
  if (/NotFound/i.test(words)) return new CameraFailure('not-found', 'describe')
  if (/auth|denied|forbidden|\b40[13]\b/i.test(words)) return new CameraFailure('auth', 'describe')
  return new CameraFailure('camera-error', 'describe')
}
