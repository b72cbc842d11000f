/** HTTP with one camera or media server: its name resolved once, the address checked, every request to exactly that, no redirect followed. */
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Reach } from './backends/backend.ts'
import { type CameraAddress, connectChecked, resolveOnce } from './camera-connection.ts'
import { CameraFailure, type OpeningStep, socketFailure } from './camera-failure.ts'
import { Authorizer } from './rtsp-auth.ts'

/** Milliseconds from the request to the head of the answer, and from there to the end of what is read as a whole; media servers first fetch a stream that nobody watched. */
const patienceMs = 8000

export interface Asking {
  readonly range?: { readonly from: number; readonly bytes: number }
  /** Milliseconds the head of the answer may take, where the server was asked to wait; never less than usual. */
  readonly answerMs?: number
}

export interface CameraHttp {
  /** Aborts when it is closed. */
  readonly signal: AbortSignal
  /** The URL an answer's relative addresses are read against. */
  readonly base: URL
  /** Gives the 2xx answer to a GET. Rejects with CameraFailure, `redirect` when the target is another host or the answer sends elsewhere. */
  get(target: URL, options?: Asking): Promise<IncomingMessage>
  /** The whole body of `get`, at most `most` bytes, else AnswerTooLarge. */
  read(target: URL, most: number, options?: Asking): Promise<Buffer>
  /** The first bytes of `get`, at least 12 where there are as many; the rest is not fetched. */
  beginning(target: URL): Promise<Buffer>
  /** Ends all connections. */
  close(): void
}

/** More than was to be read. */
export class AnswerTooLarge extends CameraFailure {
  constructor() {
    super('protocol', 'describe')
  }
}

/** Every connection goes to the one address, whatever a request says. */
class PinnedAgent extends Agent {
  readonly #connect: () => Promise<Socket>
  constructor(connect: () => Promise<Socket>) {
    super({ keepAlive: true, maxSockets: 2 })
    this.#connect = connect
  }
  override createConnection(_options: object, done?: (error: Error | null, stream: Duplex) => void): null {
    this.#connect().then(
      (socket) => done?.(null, socket),
      (error) => done?.(error as Error, undefined as unknown as Duplex),
    )
    return null
  }
}

/** `headers` go with every request. Rejects with CameraFailure. */
export async function openCameraHttp(
  camera: CameraAddress,
  reach: Reach,
  headers: Readonly<Record<string, string>> = {},
): Promise<CameraHttp> {
  reach.step?.('resolve')
  const address = await resolveOnce(camera.host, camera.port, reach)
  reach.step?.('connect')
  const leaving = new AbortController()
  const { signal } = leaving
  const sockets = new Set<Socket>()
  let connected = false
  const agent = new PinnedAgent(async () => {
    const socket = await connectChecked(camera, address, signal)
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    if (!connected) reach.step?.('describe')
    connected = true
    return socket
  })
  const base = new URL(camera.target)
  let authorizer: Authorizer | undefined

  const ask = (target: URL, asking: Asking): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const path = target.pathname + target.search
      const { range, answerMs = 0 } = asking
      const asked = request({
        ...{ agent, host: camera.host, port: camera.port, path, signal },
        headers: {
          ...headers,
          host: base.host,
          'user-agent': 'orchid-watch',
          ...(range && { range: `bytes=${range.from}-${range.from + range.bytes - 1}` }),
          ...(authorizer && { authorization: authorizer.header('GET', path) }),
        },
      })
      const timer = setTimeout(() => asked.destroy(new CameraFailure('timeout', 'describe')), Math.max(answerMs, patienceMs))
      asked.once('response', (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      asked.once('error', (error) => {
        clearTimeout(timer)
        // The server closed a connection that was kept, just when we used it: it has not read the question.
        if (asked.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') ask(target, asking).then(resolve, reject)
        else reject(failureOf(error, 'describe'))
      })
      asked.end()
    })

  const close = () => {
    reach.signal.removeEventListener('abort', close)
    leaving.abort()
    agent.destroy()
    for (const socket of sockets) socket.destroy()
  }
  reach.signal.addEventListener('abort', close)
  if (reach.signal.aborted) close()

  const http: CameraHttp = {
    base,
    signal,
    close,
    async get(target, asking = {}) {
      if (target.protocol !== base.protocol || target.host !== base.host || target.username || target.password)
        throw new CameraFailure('redirect', 'describe')
      let answer = await ask(target, asking)
      if (answer.statusCode === 401 && camera.credentials) {
        // Once per request: a second refusal is a wrong password, unless the nonce only grew old.
        const challenge = answer.headersDistinct['www-authenticate'] ?? []
        const stale = challenge.some((text) => /\bstale\s*=\s*"?true/i.test(text))
        const first = authorizer === undefined || stale
        authorizer = Authorizer.answering(challenge, camera.credentials)
        if (authorizer && first) {
          answer.destroy()
          answer = await ask(target, asking)
        }
      }
      const failure = refusalOf(answer.statusCode ?? 0, asking.range !== undefined)
      if (!failure) return answer
      answer.destroy()
      throw failure
    },
    async read(target, most, options) {
      const answer = await http.get(target, options)
      const parts: Buffer[] = []
      let size = 0
      const timer = setTimeout(() => answer.destroy(new CameraFailure('timeout', 'describe')), patienceMs)
      try {
        for await (const part of answer as AsyncIterable<Buffer>) {
          size += part.length
          // Leaving the loop ends the connection.
          if (size > most) throw new AnswerTooLarge()
          parts.push(part)
        }
      } catch (error) {
        throw failureOf(error, 'describe')
      } finally {
        clearTimeout(timer)
      }
      return Buffer.concat(parts)
    },
    async beginning(target) {
      const answer = await http.get(target)
      const timer = setTimeout(() => answer.destroy(new CameraFailure('timeout', 'describe')), patienceMs)
      try {
        let head: Buffer = Buffer.alloc(0)
        for await (const part of answer as AsyncIterable<Buffer>) {
          head = Buffer.concat([head, part])
          // Leaving the loop ends the connection.
          if (head.length >= 12) return head
        }
        throw new CameraFailure('ended', 'describe')
      } catch (error) {
        throw failureOf(error, 'describe')
      } finally {
        clearTimeout(timer)
      }
    },
  }
  return http
}

export function failureOf(error: unknown, step: OpeningStep): CameraFailure {
  if (error instanceof CameraFailure) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code.startsWith('HPE_')) return new CameraFailure('protocol', step)
  return code === 'ABORT_ERR' ? new CameraFailure('ended', step) : socketFailure(error, step)
}

/** The failure an HTTP status stands for; undefined for a good one. */
function refusalOf(status: number, partial: boolean): CameraFailure | undefined {
  if (status === 200 ? !partial : status === 206 && partial) return undefined
  if (status >= 200 && status < 300) return new CameraFailure('protocol', 'describe')
  if (status < 400) return new CameraFailure('redirect', 'describe')
  if (status === 401 || status === 403 || status === 407) return new CameraFailure('auth', 'describe')
  return new CameraFailure(status === 404 || status === 410 ? 'not-found' : 'camera-error', 'describe')
}
