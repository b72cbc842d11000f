/**
 * Stands between ffmpeg and one camera: resolves and checks the address, holds the password, and refuses to be sent elsewhere.
 * ffmpeg sees only `rtsp://127.0.0.1:<port>/<random>`; whatever host the camera names, the bytes go over the one connection we checked.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import type { Reach } from './backends/backend.ts'
import { type CameraAddress, connectCamera } from './camera-connection.ts'
import { CameraFailure, socketFailure } from './camera-failure.ts'
import { Authorizer } from './rtsp-auth.ts'
import { headersOf, type RtspMessage, RtspSplitter, refusalOf, writeMessage } from './rtsp-messages.ts'

export interface RtspRelay {
  /** What ffmpeg may know. */
  readonly url: string
  /** Resolves when the camera or the connection fails; stays pending when it is closed from our side. */
  readonly failed: Promise<CameraFailure>
  readonly failure: CameraFailure | undefined
  /** What comes of the next so many pictures, within so many milliseconds, may be written to ffmpeg together: each writing costs. */
  hold(pictures: number, ms: number): void
  /** Closes both connections and the port. */
  close(): void
}

const heldBytes = 32 * 1024
/** Requests ffmpeg may have without an answer; it asks one at a time, apart from keep-alives. */
const maxOutstanding = 16

/** Rejects with a CameraFailure that names the step. `step` is told as the opening goes on. */
export async function openRtspRelay(camera: CameraAddress, reach: Reach): Promise<RtspRelay> {
  let relay: Relay | undefined
  // A camera that speaks before it is asked is answered by nobody.
  const cameraSocket = await connectCamera(camera, reach, (bytes) => relay?.fromCamera(bytes))
  reach.step?.('describe')
  relay = new Relay(camera, cameraSocket)
  try {
    await relay.listen()
  } catch {
    relay.close()
    throw new CameraFailure('ffmpeg', 'describe')
  }
  return relay
}

interface Outstanding {
  readonly clientSequence: string
  readonly request: RtspMessage
  readonly authorized: boolean
}

class Relay implements RtspRelay {
  readonly failed: Promise<CameraFailure>
  failure: CameraFailure | undefined
  url = ''
  #tell: (failure: CameraFailure) => void = () => undefined
  readonly #camera: CameraAddress
  readonly #cameraSocket: Socket
  #client: Socket | undefined
  readonly #secret = randomBytes(9).toString('base64url')
  #local = ''
  readonly #server = createServer((client) => this.#accept(client))
  #authorizer: Authorizer | undefined
  #sequence = 0
  readonly #outstanding = new Map<string, Outstanding>()
  #closed = false
  readonly #splitter = new RtspSplitter(
    { message: (message) => this.#fromCamera(message), packets: (bytes, pictures) => this.#toClientSoon(bytes, pictures) },
    { parts: true },
  )
  /** Packets for ffmpeg that are written together: the first `#heldBytes` bytes of it. Once written it belongs to the socket until that is done. */
  #held = Buffer.allocUnsafeSlow(heldBytes)
  #heldBytes = 0
  /** Pictures that may still come without being written; below 0 nothing waits. */
  #spare = -1
  #patience: NodeJS.Timeout | undefined

  constructor(camera: CameraAddress, cameraSocket: Socket) {
    this.#camera = camera
    this.#cameraSocket = cameraSocket
    this.failed = new Promise((resolve) => {
      this.#tell = resolve
    })
    cameraSocket.once('error', (error) => this.#fail(socketFailure(error, 'describe')))
    cameraSocket.once('close', () => this.#fail(new CameraFailure('ended', 'describe')))
  }

  /** As `Take`. */
  fromCamera(bytes: Buffer): void {
    this.#read(() => {
      this.#splitter.push(bytes)
      if (this.#spare < 0) this.#writeHeld()
    })
  }

  hold(pictures: number, ms: number): void {
    clearTimeout(this.#patience)
    this.#spare = pictures > 0 ? pictures : -1
    if (pictures > 0) this.#patience = setTimeout(() => this.hold(0, 0), ms)
    else this.#writeHeld()
  }

  #toClientSoon(bytes: Buffer, pictures: number): void {
    this.#spare -= pictures
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.copy(this.#held, this.#heldBytes, at)
      this.#heldBytes += length
      at += length
      if (this.#heldBytes === this.#held.length) this.#writeHeld()
    }
  }

  #writeHeld(): void {
    if (this.#heldBytes === 0) return
    const bytes = this.#held.subarray(0, this.#heldBytes)
    this.#heldBytes = 0
    this.#pass(bytes, this.#cameraSocket, this.#client)
    if (this.#client?.writableLength) this.#held = Buffer.allocUnsafeSlow(heldBytes)
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: '127.0.0.1', port: 0 }, resolve)
    })
    const port = (this.#server.address() as { port: number }).port
    this.#local = `rtsp://127.0.0.1:${port}`
    this.url = `${this.#local}/${this.#secret}`
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#patience)
    this.#server.close()
    this.#cameraSocket.destroy()
    this.#client?.destroy()
  }

  #fail(failure: CameraFailure): void {
    if (this.#closed || this.failure) return
    this.failure = failure
    this.#tell(failure)
    this.close()
  }

  /** Whatever a stranger's bytes make the reading throw is his fault, not ours. */
  #read(work: () => void): void {
    if (this.#closed) return
    try {
      work()
    } catch {
      this.#fail(new CameraFailure('protocol', 'describe'))
    }
  }

  #pass(bytes: Buffer, from: Socket, to: Socket | undefined): void {
    if (!to || to.destroyed) return
    if (to.write(bytes) || from.isPaused()) return
    from.pause()
    to.once('drain', () => from.resume())
  }

  #accept(client: Socket): void {
    // One client only, and it must know the random path: another process of this machine gains nothing by being first.
    this.#server.close()
    if (this.#client || this.#closed) {
      client.destroy()
      return
    }
    this.#client = client
    client.setNoDelay(true)
    const splitter = new RtspSplitter({
      message: (message) => this.#fromClient(message),
      packets: (bytes) => this.#pass(bytes, client, this.#cameraSocket),
    })
    client.on('data', (chunk: Buffer) => this.#read(() => splitter.push(chunk)))
    client.once('error', () => this.close())
    client.once('close', () => this.close())
  }

  #fromClient(message: RtspMessage): void {
    const match = /^([A-Z_]+) (\S+) RTSP\/1\.0$/.exec(message.start)
    // ffmpeg's answers to requests of the camera: those were never handed to it.
    if (!match) return
    const [, method, uri] = match as unknown as [string, string, string]
    const path = uri === '*' ? '*' : uri.startsWith(this.#local) ? uri.slice(this.#local.length) : undefined
    if (path === undefined || (this.#sequence === 0 && !path.startsWith(`/${this.#secret}`)) || this.#outstanding.size >= maxOutstanding) {
      this.#fail(new CameraFailure('protocol', 'describe'))
      return
    }
    const clientSequence = headersOf(message, 'cseq')[0] ?? '0'
    const headers = message.headers.filter(([name]) => !['cseq', 'authorization', 'user-agent', 'referer'].includes(name.toLowerCase()))
    this.#send({ start: `${method} ${this.#cameraUri(path)} RTSP/1.0`, headers, body: message.body }, clientSequence, this.#authorizer)
  }

  /** Our random path stands for the camera's URL; every other path was named by the camera itself under its own host. */
  #cameraUri(path: string): string {
    if (path === '*') return '*'
    const own = `/${this.#secret}`
    if (path.startsWith(own)) return this.#camera.target + path.slice(own.length)
    return `${this.#camera.scheme}://${new URL(this.#camera.target).host}${path}`
  }

  #send(request: RtspMessage, clientSequence: string, authorizer: Authorizer | undefined): void {
    const sequence = String(++this.#sequence)
    this.#outstanding.set(sequence, { clientSequence, request, authorized: authorizer !== undefined })
    const [method, uri] = request.start.split(' ') as [string, string]
    const headers: (readonly [string, string])[] = [['CSeq', sequence], ...request.headers, ['User-Agent', 'orchid-watch']]
    if (authorizer) headers.push(['Authorization', authorizer.header(method, uri)])
    this.#cameraSocket.write(writeMessage({ ...request, headers }))
  }

  #fromCamera(message: RtspMessage): void {
    const status = /^RTSP\/1\.\d (\d{3})/.exec(message.start)?.[1]
    // Requests of a camera (ANNOUNCE, REDIRECT) are not obeyed and not handed on.
    if (status === undefined) return
    const sequence = headersOf(message, 'cseq')[0] ?? ''
    const outstanding = this.#outstanding.get(sequence)
    if (!outstanding) return
    this.#outstanding.delete(sequence)
    if (status === '401' && this.#camera.credentials) {
      // Once per request; a second 401 to an answered challenge is a wrong password, unless the nonce only grew old.
      const challenges = headersOf(message, 'www-authenticate')
      const stale = challenges.some((challenge) => /\bstale\s*=\s*"?true/i.test(challenge))
      if (!outstanding.authorized || stale) {
        this.#authorizer = Authorizer.answering(challenges, this.#camera.credentials)
        if (this.#authorizer) {
          this.#send(outstanding.request, outstanding.clientSequence, this.#authorizer)
          return
        }
      }
    }
    const code = Number(status)
    const method = outstanding.request.start.slice(0, outstanding.request.start.indexOf(' '))
    // Cameras without GET_PARAMETER or OPTIONS still play.
    const optional = code >= 400 && (method === 'OPTIONS' || method === 'GET_PARAMETER') && code !== 401
    if (code >= 300 && !optional) {
      this.#fail(refusalOf(code))
      return
    }
    this.#toClient(message, outstanding.clientSequence, optional)
  }

  #toClient(message: RtspMessage, clientSequence: string, pretendOk: boolean): void {
    const own = (text: string) => text.replace(/rtsps?:\/\/[^/\s;,"]+/gi, this.#local)
    const headers: (readonly [string, string])[] = [['CSeq', clientSequence]]
    for (const [name, value] of message.headers) {
      const key = name.toLowerCase()
      if (key === 'cseq' || key === 'content-length' || key === 'location' || key === 'www-authenticate') continue
      headers.push([name, key === 'content-base' || key === 'content-location' || key === 'rtp-info' ? own(value) : value])
    }
    const isSdp = /application\/sdp/i.test(headersOf(message, 'content-type')[0] ?? '')
    const body = isSdp ? Buffer.from(message.body.toString('latin1').replace(/^a=control:.*$/gim, own), 'latin1') : message.body
    if (body.length) headers.push(['Content-Length', String(body.length)])
    this.#writeHeld()
    this.#client?.write(writeMessage({ start: pretendOk ? 'RTSP/1.0 200 OK' : message.start, headers, body }))
  }
}
