/** A websocket client on a bare socket that reads and sends text: many of them must not take the machine from the server they measure. */
import { connect, type Socket } from 'node:net'

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  // Any 16 bytes do: what the server makes of them proves nothing here.
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]
const FINAL = 0x80
const MASKED = 0x80
const TEXT = 1
const CLOSE = 8
const PING = 9
const PONG = 10

/** All clients of this process read into the same memory, one after the other. */
const memory = Buffer.allocUnsafeSlow(256 * 1024)

export interface Listener {
  /** The upgrade was answered. */
  onOpen(): void
  /** One text as UTF-8; the bytes are the listener's only until it returns. */
  onText(text: Buffer): void
  /** Also after an error, and when the upgrade was refused. */
  onClose(why: string): void
}

export class BareWebsocket {
  readonly #socket: Socket
  readonly #listener: Listener
  #open = false
  /** Begin of a message, or of the answer to the upgrade, that is not complete yet. */
  #held: Buffer | undefined

  /** `url`: http or ws, of a server without TLS. */
  constructor(url: URL, listener: Listener) {
    this.#listener = listener
    const onread = {
      buffer: memory,
      callback: (size: number) => {
        this.#take(memory.subarray(0, size))
        return true
      },
    }
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true, onread })
    this.#socket.write(`${[`GET ${url.pathname}${url.search} HTTP/1.1`, `Host: ${url.host}`, ...UPGRADE].join('\r\n')}\r\n\r\n`, 'latin1')
    let why = 'the server closed the connection'
    this.#socket.on('error', (error) => {
      why = error.message
    })
    this.#socket.on('close', () => listener.onClose(why))
  }

  send(text: string): void {
    this.#socket.write(masked(TEXT, text))
  }

  /** Nothing is heard of it any more. */
  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.end(masked(CLOSE, ''))
  }

  #take(chunk: Buffer): void {
    const data = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    let at = this.#open ? 0 : this.#upgraded(data)
    if (this.#open) at = this.#messages(data, at)
    this.#held = at < data.length ? Buffer.from(data.subarray(at)) : undefined
  }

  /** How many bytes the answer to the upgrade has; 0 while it is not complete. */
  #upgraded(data: Buffer): number {
    const end = data.indexOf('\r\n\r\n')
    if (end < 0) return 0
    const status = data.toString('latin1', 0, data.indexOf('\r\n'))
    if (!status.startsWith('HTTP/1.1 101')) {
      this.#socket.destroy(new Error(`the upgrade was answered with ${status}`))
      return data.length
    }
    this.#open = true
    this.#listener.onOpen()
    return end + 4
  }

  /** Hands on the whole messages from `at` on; gives where the first begins that is not whole. */
  #messages(data: Buffer, at: number): number {
    for (;;) {
      if (data.length < at + 2) return at
      const first = data[at] as number
      const short = data[at + 1] as number
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (data.length < at + head) return at
      const size = head === 2 ? short : head === 4 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))
      const end = at + head + size
      if (data.length < end) return at
      const body = data.subarray(at + head, end)
      if (first === (FINAL | TEXT)) this.#listener.onText(body)
      else if (first === (FINAL | PING)) this.#socket.write(masked(PONG, body.toString('latin1')))
      else if (first !== (FINAL | CLOSE)) {
        this.#socket.destroy(new Error(`a frame that begins with ${first}, which no server here sends`))
        return data.length
      }
      at = end
    }
  }
}

let last = { kind: 0, text: '', frame: Buffer.alloc(0) }

/** A frame masked with zeros, which leave the text as it is. Clients that got one frame say the same: the last is kept. */
function masked(kind: number, text: string): Buffer {
  if (last.kind === kind && last.text === text) return last.frame
  const body = Buffer.from(text, kind === PONG ? 'latin1' : 'utf8')
  const size = body.length < 126 ? [MASKED | body.length] : [MASKED | 126, body.length >> 8, body.length & 255]
  if (body.length > 0xffff) throw new RangeError('longer than what a client here says')
  last = { kind, text, frame: Buffer.concat([Buffer.from([FINAL | kind, ...size, 0, 0, 0, 0]), body]) }
  return last.frame
}
