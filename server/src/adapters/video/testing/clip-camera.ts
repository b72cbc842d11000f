/** A fake RTSP camera site for tests and benchmarks: plays clips endlessly over TCP to whoever asks, by one clock for all, and falls ill when told to. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Clip } from './clip.ts'

export interface ClipCamera {
  readonly port: number
  /** `rtsp://127.0.0.1:<port>/<name>`; every name plays. */
  address(name: string): string
  /** Epoch milliseconds at which the newest frame with this number (frames are numbered modulo the clip's length) was sent. */
  sentAt(number: number, before: number): number
  /** Milliseconds until the next key frame is sent. */
  untilKeyFrame(): number
  /** Sends another clip from its next key frame on, whose epoch milliseconds it gives; it must have the same codec, rate and length. */
  play(clip: Clip): number
  /** Sends nothing more, and keeps every connection open. */
  fallSilent(): void
  /** Ends every connection; nobody can connect any more. */
  kill(): Promise<void>
}

/** RTP payloads are cut to this many bytes. */
const MTU = 1400
const CLOCK = 90_000

export async function startClipCamera(first: Clip): Promise<ClipCamera> {
  let clip = first
  let next: Clip | undefined
  let silent = false
  const sockets = new Set<Socket>()
  const playing = new Set<Socket>()
  const startedAt = Date.now()
  const frameMs = 1000 / clip.fps
  let frame = 0
  let sequence = 0
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined) // who asks may hang up
    socket.on('close', () => {
      sockets.delete(socket)
      playing.delete(socket)
    })
    let text = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      text = Buffer.concat([text, chunk])
      for (;;) {
        // Reports of the receiver are not read.
        if (text[0] === 0x24 && text.length >= 4 && text.length >= 4 + text.readUInt16BE(2)) {
          text = text.subarray(4 + text.readUInt16BE(2))
          continue
        }
        const end = text.indexOf('\r\n\r\n')
        if (text[0] === 0x24 || end < 0) return
        answer(socket, text.toString('latin1', 0, end))
        text = text.subarray(end + 4)
      }
    })
  })

  function answer(socket: Socket, request: string): void {
    const [, method = '', url = ''] = /^([A-Z_]+) (\S+)/.exec(request) ?? []
    const cseq = /CSeq: *(\d+)/i.exec(request)?.[1] ?? '0'
    const reply = (headers: readonly string[] = [], body = ''): void =>
      void socket.write(
        [`RTSP/1.0 200 OK`, `CSeq: ${cseq}`, ...headers, ...(body ? [`Content-Length: ${body.length}`] : []), '', body].join('\r\n'),
      )
    const session = 'Session: 1;timeout=60'
    if (silent) return
    if (method === 'DESCRIBE') reply(['Content-Type: application/sdp', `Content-Base: ${url}/`], sdp(clip))
    else if (method === 'SETUP') reply([session, 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'])
    else if (method === 'PLAY') {
      reply([session, 'Range: npt=0-'])
      playing.add(socket)
    } else if (method === 'TEARDOWN') {
      reply([session])
      socket.end()
    } else reply([session, 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER'])
  }

  function send(): void {
    if (next && frame % clip.gop === 0) {
      clip = next
      next = undefined
    }
    const units = clip.frames[frame % clip.frames.length] as readonly Buffer[]
    const timestamp = Math.round((frame * CLOCK) / clip.fps) >>> 0
    const payloads = units.flatMap((unit) => payloadsOf(unit, clip.codec))
    const packets = payloads.map((payload, i) => {
      const packet = Buffer.alloc(16 + payload.length)
      packet[0] = 0x24
      packet.writeUInt16BE(12 + payload.length, 2)
      packet[4] = 0x80
      packet[5] = 96 | (i === payloads.length - 1 ? 0x80 : 0)
      packet.writeUInt16BE(sequence++ & 0xffff, 6)
      packet.writeUInt32BE(timestamp, 8)
      packet.writeUInt32BE(1, 12)
      payload.copy(packet, 16)
      return packet
    })
    const bytes = Buffer.concat(packets)
    frame++
    if (!silent) for (const socket of playing) if (socket.writableLength < 1_000_000) socket.write(bytes)
  }
  const ticker = setInterval(
    () => {
      while (startedAt + frame * frameMs <= Date.now()) send()
    },
    Math.min(5, frameMs / 4),
  )

  const untilKeyFrame = (): number => startedAt + Math.ceil(frame / clip.gop) * clip.gop * frameMs - Date.now()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    address: (name) => `rtsp://127.0.0.1:${port}/${name}`,
    sentAt(number, before) {
      const length = clip.frames.length
      const newest = Math.floor((before - startedAt) / frameMs)
      const back = (((newest - number) % length) + length) % length
      return startedAt + (newest - back) * frameMs
    },
    untilKeyFrame,
    play(other) {
      if (other.codec !== clip.codec || other.frames.length !== clip.frames.length || other.gop !== clip.gop)
        throw new Error('that clip has another shape')
      next = other
      return Date.now() + untilKeyFrame()
    },
    fallSilent() {
      silent = true
    },
    async kill() {
      clearInterval(ticker)
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** RTP payloads of one NAL unit: itself, or fragments (RFC 6184 FU-A, RFC 7798 FU). */
function payloadsOf(unit: Buffer, codec: Clip['codec']): Buffer[] {
  if (unit.length <= MTU) return [unit]
  const head = codec === 'h264' ? 1 : 2
  const first = unit[0] as number
  const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f
  const parts: Buffer[] = []
  for (let at = head; at < unit.length; at += MTU) {
    const body = unit.subarray(at, at + MTU)
    const flags = (at === head ? 0x80 : 0) | (at + MTU >= unit.length ? 0x40 : 0) | type
    const header = codec === 'h264' ? [(first & 0xe0) | 28, flags] : [(first & 0x81) | (49 << 1), unit[1] as number, flags]
    parts.push(Buffer.concat([Buffer.from(header), body]))
  }
  return parts
}

function sdp({ codec, frames }: Clip): string {
  const key = frames[0] as readonly Buffer[]
  const of = (...types: number[]): string =>
    types
      .map((type) =>
        key.find((unit) => (codec === 'h264' ? (unit[0] as number) & 31 : (unit[0] as number) >> 1) === type)?.toString('base64'),
      )
      .join(',')
  const format =
    codec === 'h264'
      ? ['a=rtpmap:96 H264/90000', `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${of(7, 8)}`]
      : ['a=rtpmap:96 H265/90000', `a=fmtp:96 sprop-vps=${of(32)};sprop-sps=${of(33)};sprop-pps=${of(34)}`]
  return [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=clip',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'm=video 0 RTP/AVP 96',
    ...format,
    'a=control:track1',
    '',
  ].join('\r\n')
}
