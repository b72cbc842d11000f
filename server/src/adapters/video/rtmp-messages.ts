/** RTMP on the wire (Adobe's specification 1.0): chunks into messages and back, and AMF0 as far as commands need it. */

export interface RtmpMessage {
  readonly type: number
  readonly stream: number
  /** Milliseconds. */
  readonly timestamp: number
  readonly body: Buffer
}

export class MalformedRtmp extends Error {}

const maxMessageBytes = 8 * 1024 * 1024
const maxChunkStreams = 64
/** What every server begins with. Smaller ones would make millions of pieces of one message. */
const smallestChunk = 128
/** Of all messages that are not whole yet. */
const maxPendingBytes = 2 * maxMessageBytes
const extended = 0xff_ffff

interface ChunkStream {
  timestamp: number
  delta: number
  /** The last header had the long form of the time. */
  long: boolean
  length: number
  type: number
  stream: number
  parts: Buffer[]
  have: number
}

/** Feed chunks of the connection in order. Throws MalformedRtmp. */
export class ChunkReader {
  /** Bytes of a chunk at most; the other side changes it. */
  #size = 128
  readonly #message: (message: RtmpMessage) => void
  readonly #streams = new Map<number, ChunkStream>()
  /** Received and not read yet; joined only when there is enough, or many small pieces of a large chunk would be copied again and again. */
  #waiting: Buffer[] = []
  #have = 0
  #wanted = 1
  #pending = 0

  constructor(message: (message: RtmpMessage) => void) {
    this.#message = message
  }

  push(bytes: Buffer): void {
    this.#waiting.push(bytes)
    this.#have += bytes.length
    if (this.#have < this.#wanted) return
    let rest = this.#waiting.length === 1 ? bytes : Buffer.concat(this.#waiting)
    for (;;) {
      this.#wanted = rest.length + 1
      const used = this.#chunk(rest)
      if (used === 0) break
      rest = rest.subarray(used)
    }
    this.#waiting = rest.length ? [Buffer.from(rest)] : []
    this.#have = rest.length
  }

  /** Bytes of the chunk that begins here, or 0 while it is not whole. */
  #chunk(bytes: Buffer): number {
    if (bytes.length < 1) return 0
    const first = bytes[0] as number
    const format = first >> 6
    let id = first & 63
    let at = 1
    if (id < 2) {
      if (bytes.length < at + id + 1) return 0
      id = id === 0 ? 64 + (bytes[1] as number) : 64 + bytes.readUInt16LE(1)
      at += (first & 63) + 1
    }
    const headBytes = [11, 7, 3, 0][format] as number
    if (bytes.length < at + headBytes) return 0
    const known = this.#streams.get(id)
    if (!known && (format !== 0 || this.#streams.size >= maxChunkStreams)) throw new MalformedRtmp('chunk stream')
    const head = bytes.subarray(at, at + headBytes)
    at += headBytes
    const short = format < 3 ? head.readUIntBE(0, 3) : undefined
    const long = short === undefined ? (known?.long ?? false) : short === extended
    if (long && bytes.length < at + 4) return 0
    const time = long ? bytes.readUInt32BE(at) : (short ?? 0)
    if (long) at += 4
    const length = format < 2 ? head.readUIntBE(3, 3) : (known?.length ?? 0)
    if (length > maxMessageBytes) throw new MalformedRtmp('message too long')
    const have = known?.have ?? 0
    if (have > 0 && format !== 3) throw new MalformedRtmp('a message within a message')
    const take = Math.min(this.#size, length - have)
    if (bytes.length < at + take) {
      this.#wanted = at + take
      return 0
    }

    const stream: ChunkStream = known ?? { timestamp: 0, delta: 0, long, length, type: 0, stream: 0, parts: [], have: 0 }
    this.#streams.set(id, stream)
    if (format < 3) stream.long = long
    if (format < 2) {
      stream.length = length
      stream.type = head[6] as number
    }
    if (format === 0) {
      stream.stream = head.readUInt32LE(7)
      stream.timestamp = time
      stream.delta = 0
    } else if (format < 3) stream.delta = time
    if (have === 0 && format !== 0) stream.timestamp = (stream.timestamp + stream.delta) >>> 0
    stream.parts.push(Buffer.from(bytes.subarray(at, at + take)))
    stream.have += take
    this.#pending += take
    if (this.#pending > maxPendingBytes) throw new MalformedRtmp('too many messages at once')
    if (stream.have >= stream.length) {
      const body = stream.parts.length === 1 ? (stream.parts[0] as Buffer) : Buffer.concat(stream.parts)
      stream.parts = []
      this.#pending -= stream.have
      stream.have = 0
      if (stream.type === 1) {
        const size = body.length >= 4 ? body.readUInt32BE(0) : 0
        if (size < smallestChunk || size > maxMessageBytes) throw new MalformedRtmp('chunk size')
        this.#size = size
      } else this.#message({ type: stream.type, stream: stream.stream, timestamp: stream.timestamp, body })
    }
    return at + take
  }
}

/** One message in chunks of at most 128 bytes, the size every server begins with. */
export function writeChunks(channel: number, type: number, stream: number, body: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head[0] = channel
  head.writeUIntBE(body.length, 4, 3)
  head[7] = type
  head.writeUInt32LE(stream, 8)
  const parts: Buffer[] = [head]
  for (let at = 0; at < body.length; at += 128) {
    if (at > 0) parts.push(Buffer.from([0xc0 | channel]))
    parts.push(body.subarray(at, at + 128))
  }
  return Buffer.concat(parts)
}

export type Amf = number | boolean | string | null | { readonly [name: string]: Amf }

export function writeAmf(...values: readonly Amf[]): Buffer {
  return Buffer.concat(values.map(amfOf))
}

function amfOf(value: Amf): Buffer {
  if (value === null) return Buffer.from([5])
  if (typeof value === 'number') {
    const number = Buffer.alloc(9)
    number.writeDoubleBE(value, 1)
    return number
  }
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0])
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), named(value)])
  const fields = Object.entries(value).flatMap(([name, field]) => [named(name), amfOf(field)])
  return Buffer.concat([Buffer.from([3]), ...fields, Buffer.from([0, 0, 9])])
}

function named(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** The values of a command, as far as they can be read. Throws MalformedRtmp. */
export function readAmf(body: Buffer): Amf[] {
  const values: Amf[] = []
  let at = 0
  const text = (bytes: 2 | 4): string => {
    const length = body.readUIntBE(at, bytes)
    at += bytes + length
    if (at > body.length) throw new RangeError('text')
    return body.toString('utf8', at - length, at)
  }
  const fields = (depth: number): Amf => {
    const object: Record<string, Amf> = Object.create(null)
    for (;;) {
      const name = text(2)
      if (name === '' && body[at] === 9) {
        at++
        return object
      }
      object[name] = value(depth + 1)
    }
  }
  const value = (depth: number): Amf => {
    if (depth > 8) throw new RangeError('depth')
    const marker = body.readUInt8(at++)
    switch (marker) {
      case 0:
        at += 8
        return body.readDoubleBE(at - 8)
      case 1:
        return body.readUInt8(at++) !== 0
      case 2:
        return text(2)
      case 3:
        return fields(depth)
      case 5:
      case 6:
        return null
      case 8:
        at += 4
        return fields(depth)
      case 11:
        at += 10
        return body.readDoubleBE(at - 10)
      case 12:
        return text(4)
      default:
        throw new RangeError('marker')
    }
  }
  try {
    while (at < body.length && values.length < 8) values.push(value(0))
  } catch (error) {
    if (error instanceof RangeError) throw new MalformedRtmp('AMF')
    throw error
  }
  return values
}
