/** Splits an RTSP connection into messages and interleaved packets, with bounds on everything a stranger may send; and what a refusal means. */
import { CameraFailure } from './camera-failure.ts'

export interface RtspMessage {
  /** First line, without the line end. */
  readonly start: string
  /** In order; names as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

export class MalformedRtsp extends Error {}

const maxHead = 16 * 1024
const maxBody = 64 * 1024
const dollar = 0x24
const nothing = Buffer.alloc(0)
/** ffmpeg asks for the video on this interleaved channel; the one above has its reports. */
const videoChannel = 0
/** Bit of an RTP packet that ends a picture. */
const marker = 0x80
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const UNCLEAR = /^\s*\$|[\x00-\x08\x0a-\x1f\x7f]/

export const headersOf = (message: RtspMessage, name: string): string[] =>
  message.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)

export function writeMessage(message: RtspMessage): Buffer {
  const head = [message.start, ...message.headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), message.body])
}

/** The failure an RTSP status of 300 and above stands for. */
export function refusalOf(status: number): CameraFailure {
  if (status < 400) return new CameraFailure('redirect', 'describe')
  if (status === 401 || status === 403 || status === 407) return new CameraFailure('auth', 'describe')
  return new CameraFailure(status === 404 || status === 410 || status === 454 ? 'not-found' : 'camera-error', 'describe')
}

/**
 * Feed chunks of one direction in order; they may be overwritten afterwards. Runs of whole interleaved packets are handed on in one piece,
 * together with how many of them end a picture; with `parts` a packet is handed on as it comes, for whom nothing else is written to in between.
 */
export class RtspSplitter {
  readonly #message: (message: RtspMessage) => void
  readonly #packets: (bytes: Buffer, pictures: number) => void
  readonly #parts: boolean
  #rest = nothing
  /** Bytes that are still to come of a packet whose beginning was handed on. */
  #owed = 0

  constructor(
    on: { message(message: RtspMessage): void; packets(bytes: Buffer, pictures: number): void },
    { parts = false }: { parts?: boolean } = {},
  ) {
    this.#message = on.message
    this.#packets = on.packets
    this.#parts = parts
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length ? Buffer.concat([this.#rest, chunk]) : chunk
    let at = Math.min(this.#owed, bytes.length)
    this.#owed -= at
    let packetsFrom = 0
    let pictures = 0
    const handOn = () => {
      if (at > packetsFrom) this.#packets(bytes.subarray(packetsFrom, at), pictures)
      pictures = 0
    }
    while (at < bytes.length) {
      if (bytes[at] === dollar) {
        // The head, and of the packet the two bytes that tell of its place in a picture.
        if (bytes.length - at < 6) break
        const end = at + 4 + bytes.readUInt16BE(at + 2)
        if (end > bytes.length && !this.#parts) break
        if (end - at >= 16 && bytes[at + 1] === videoChannel && ((bytes[at + 5] as number) & marker) !== 0) pictures++
        at = Math.min(end, bytes.length)
        this.#owed = end - at
        continue
      }
      handOn()
      const end = this.#readMessage(bytes, at)
      if (end === undefined) {
        packetsFrom = at
        break
      }
      at = end
      packetsFrom = at
    }
    handOn()
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : nothing
  }

  /** Position after the message that begins here, or undefined while it is not whole. */
  #readMessage(bytes: Buffer, from: number): number | undefined {
    // Line ends between messages are allowed and skipped.
    if (bytes[from] === 0x0d || bytes[from] === 0x0a) return from + 1
    const headEnd = bytes.indexOf('\r\n\r\n', from, 'latin1')
    if (headEnd < 0 ? bytes.length - from > maxHead : headEnd - from > maxHead) throw new MalformedRtsp('head too long')
    if (headEnd < 0) {
      if (!/^[\x20-\x7e\r\n\t]*$/.test(bytes.toString('latin1', from, Math.min(bytes.length, from + 64))))
        throw new MalformedRtsp('no RTSP')
      return undefined
    }
    const [start = '', ...lines] = bytes.toString('latin1', from, headEnd).split('\r\n')
    // Others end a line at a lone line feed, leave out carriage returns, and take a dollar at a line's start for a packet: they would read another message.
    if (lines.concat(start).some((line) => UNCLEAR.test(line))) throw new MalformedRtsp('a line that can be read in two ways')
    if (!/^RTSP\/1\.\d \d{3}( |$)|^[A-Z_]{3,20} \S+ RTSP\/1\.\d$/.test(start)) throw new MalformedRtsp('no RTSP')
    const headers = lines.map((line) => {
      const colon = line.indexOf(':')
      if (colon < 1) throw new MalformedRtsp('header without a colon')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
    })
    const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? '0'
    if (!/^\d{1,6}$/.test(length) || Number(length) > maxBody) throw new MalformedRtsp('body too long')
    const end = headEnd + 4 + Number(length)
    if (end > bytes.length) return undefined
    this.#message({ start, headers, body: Buffer.from(bytes.subarray(headEnd + 4, end)) })
    return end
  }
}
