/** A Socket.IO adapter that encodes a message once for many clients, writes it to each as it is, and still learns of each client's own acknowledgement. */
import type { Socket as TcpSocket } from 'node:net'
import type { Socket } from 'socket.io'
import { Adapter } from 'socket.io-adapter'
import { PacketType } from 'socket.io-parser'

/** What lies below a Socket.IO socket and is not typed; nothing else of it is touched. */
interface Below {
  onack(packet: { id: number }): void
  readonly conn: { readonly transport: { readonly socket: Websocket } }
}
interface Websocket {
  readonly readyState: number
  readonly _socket: TcpSocket
  readonly _receiver: Receiver
}
/** The reader of a websocket, between two messages where all three are 0. */
interface Receiver {
  readonly _state: number
  readonly _bufferedBytes: number
  readonly _fragmented: number
}

/** As `readyState` of a websocket. */
const OPEN = 1
/** First byte of a websocket frame that is a whole text. */
const TEXT = 0x81
const MASKED = 0x80
/** Sizes from here on stand in two bytes of their own, and these in eight. */
const [SHORT, MIDDLE] = [126, 0x1_0000]
/** Packet type `message` of Engine.IO. */
const MESSAGE = '4'
const [ZERO, NINE, OPENING, CLOSING] = [0x30, 0x39, 0x5b, 0x5d]

/** One client, for whoever sends it what many get. All that a frame and its acknowledgement touch lies here: with a thousand clients each object more is one that no cache holds. */
export class Line {
  readonly #websocket: Websocket
  readonly #tcp: TcpSocket
  /** The one message that awaits its acknowledgement. */
  #awaited = -1
  #received: (() => void) | undefined

  /** `begin`: what an acknowledgement of the namespace begins with. */
  constructor(socket: Socket, begin: Buffer) {
    const below = socket as unknown as Below
    this.#websocket = below.conn.transport.socket
    this.#tcp = this.#websocket._socket
    below.onack = ({ id }) => this.#acknowledge(id)
    this.#takeBareOnes(begin)
  }

  /** Whether a message would go out at once: the connection is open, and nothing waits in our memory for the client to read it. */
  get takes(): boolean {
    return this.#websocket.readyState === OPEN && this.#tcp.writableLength === 0
  }

  /** To be called only where it `takes`: then Engine.IO and ws hold nothing that would have to go before, and their way to here is left out. */
  write(frame: Buffer, id: number, received: (() => void) | undefined): void {
    if (received) {
      this.#awaited = id
      this.#received = received
    }
    this.#tcp.write(frame)
  }

  #acknowledge(id: number): boolean {
    if (id !== this.#awaited) return false
    this.#awaited = -1
    this.#received?.()
    return true
  }

  /**
   * Takes acknowledgements without a value where they come in. The usual way through two streams, five emitters and two parsers took more of
   * the thread than all else about a frame but the kernel's copy. All else goes that way, and so do acknowledgements that come in pieces.
   */
  #takeBareOnes(begin: Buffer): void {
    const tcp = this.#tcp
    const receiver = this.#websocket._receiver
    // Whoever signs out and in again on one connection must not make its way longer each time.
    const usual = Object.getPrototypeOf(tcp).push as TcpSocket['push']
    tcp.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
      const idle = receiver._state === 0 && receiver._bufferedBytes === 0 && receiver._fragmented === 0 && tcp.readableLength === 0
      const id = idle && chunk !== null ? acknowledged(chunk, begin) : -1
      return (id >= 0 && this.#acknowledge(id)) || usual.call(tcp, chunk, encoding)
    }
  }
}

/** Who is to get a message, and what is to happen once when it was acknowledged. */
export interface Receiving {
  readonly line: Line
  readonly received?: () => void
}

export class SharedFrames extends Adapter {
  readonly #begin = Buffer.from(`${MESSAGE}${PacketType.ACK}${this.nsp.name},`)
  #ids = 0

  /** What is sent to a client by `sendShared` goes through this. Socket.IO's own acknowledgements must not be asked for on the same socket. */
  lineTo(socket: Socket): Line {
    return new Line(socket, this.#begin)
  }

  /** Sends one event with the same JSON to each, all of which must be such that `takes`. Acknowledgements are asked for where some are to be told of theirs. */
  sendShared(event: string, json: string, receivers: readonly Receiving[]): void {
    const asks = receivers.some(({ received }) => received !== undefined)
    const id = asks ? ++this.#ids : -1
    const frame = framed(`${MESSAGE}${PacketType.EVENT}${this.nsp.name},${asks ? id : ''}[${JSON.stringify(event)},${json}]`)
    for (const { line, received } of receivers) line.write(frame, id, received)
  }
}

/** A text as one websocket frame, head and all: what is put together once here need not be for each receiver. */
function framed(text: string): Buffer {
  const size = Buffer.byteLength(text)
  const head = size < SHORT ? 2 : size < MIDDLE ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(head + size)
  frame[0] = TEXT
  frame[1] = head === 2 ? size : head === 4 ? SHORT : SHORT + 1
  if (head === 4) frame.writeUInt16BE(size, 2)
  if (head === 10) frame.writeBigUInt64BE(BigInt(size), 2)
  frame.write(text, head)
  return frame
}

/** The number that these bytes acknowledge, where they are one whole masked websocket frame with `<begin><number>[]` and nothing else; otherwise -1. */
function acknowledged(bytes: Buffer, begin: Buffer): number {
  const size = (bytes[1] as number) ^ MASKED
  // Above 14 digits it is no number of ours.
  if (bytes[0] !== TEXT || size >= SHORT || bytes.length !== size + 6 || size < begin.length + 3 || size > begin.length + 16) return -1
  let id = 0
  for (let i = 0; i < size; i++) {
    const byte = (bytes[6 + i] as number) ^ (bytes[2 + (i & 3)] as number)
    if (i < begin.length ? byte !== begin[i] : i === size - 2 ? byte !== OPENING : i === size - 1 && byte !== CLOSING) return -1
    if (i < begin.length || i >= size - 2) continue
    if (byte < ZERO || byte > NINE) return -1
    id = id * 10 + byte - ZERO
  }
  return id
}
