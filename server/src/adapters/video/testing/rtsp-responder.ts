/** A fake RTSP camera site for tests and benchmarks: answers DESCRIBE for any number of names, each with the fate its name says. It plays nothing. */
import { createServer, type Socket } from 'node:net'

/** What becomes of who asks. `dead` hangs up, `silent` never answers, `slow` answers after a second, `secured` wants a password. */
export const FATES = ['h264', 'h265', 'dead', 'silent', 'slow', 'secured', 'missing'] as const
export type Fate = (typeof FATES)[number]

export interface RtspResponder {
  readonly port: number
  /** Address of a camera with that fate. */
  address(name: string, fate: Fate): string
  /** Connections that are open now. */
  readonly connections: number
  /** Most connections that were open at once. */
  readonly mostAtOnce: number
  close(): Promise<void>
}

const SLOW = 1_000
const sdp = (codec: 'H264' | 'H265'): string =>
  [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=camera',
    't=0 0',
    'm=video 0 RTP/AVP 96',
    `a=rtpmap:96 ${codec}/90000`,
    'a=control:track1',
    '',
  ].join('\r\n')

export async function startRtspResponder(): Promise<RtspResponder> {
  const sockets = new Set<Socket>()
  let mostAtOnce = 0
  const answer = (socket: Socket, status: string, cseq: string, headers: readonly string[] = [], body = ''): void => {
    if (socket.destroyed) return
    const length = body ? [`Content-Type: application/sdp`, `Content-Length: ${body.length}`] : []
    socket.write([`RTSP/1.0 ${status}`, `CSeq: ${cseq}`, ...headers, ...length, '', body].join('\r\n'))
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    mostAtOnce = Math.max(mostAtOnce, sockets.size)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined) // who asks may hang up
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      const fate = /rtsp:\/\/[^/]+\/([a-z0-9]+)\//.exec(text)?.[1] as Fate | undefined
      const cseq = /CSeq: (\d+)/.exec(text)?.[1] ?? '0'
      text = ''
      if (fate === 'dead') socket.destroy()
      else if (fate === 'h264') answer(socket, '200 OK', cseq, [], sdp('H264'))
      else if (fate === 'h265') answer(socket, '200 OK', cseq, [], sdp('H265'))
      else if (fate === 'slow') setTimeout(() => answer(socket, '200 OK', cseq, [], sdp('H264')), SLOW)
      else if (fate === 'secured') answer(socket, '401 Unauthorized', cseq, ['WWW-Authenticate: Digest realm="camera", nonce="00"'])
      else if (fate !== 'silent') answer(socket, '404 Not Found', cseq)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    address: (name, fate) => `rtsp://viewer:wrong@127.0.0.1:${port}/${fate}/${name}`,
    get connections() {
      return sockets.size
    },
    get mostAtOnce() {
      return mostAtOnce
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
