/** Asks one camera whether it is there: DESCRIBE over the checked connection, or the first bytes of what is no RTSP; no picture. Light enough for thousands in turn. */
import { gateway } from './backends/gateway.ts'
import { type CameraAddress, connectCamera, readAddress } from './camera-connection.ts'
import { CameraFailure, type FailureCode, socketFailure } from './camera-failure.ts'
import type { CameraNetworks } from './camera-networks.ts'
import { Authorizer } from './rtsp-auth.ts'
import { headersOf, type RtspMessage, RtspSplitter, refusalOf, writeMessage } from './rtsp-messages.ts'

/** `answering`: it describes a picture that browsers can show. `codec`: one they cannot. `denied`: it wants another password. */
export interface Probed {
  readonly state: 'answering' | 'codec' | 'denied' | 'offline'
  readonly reason?: FailureCode
  /** Of `codec`: with a transcode slot it can be shown all the same. */
  readonly transcodable?: true
}

export interface ProbeOptions {
  readonly networks: CameraNetworks
  readonly signal: AbortSignal
  /** Milliseconds from the first byte sent to the whole answer; default 6 s. Looking up and connecting have 4 s each. */
  readonly answerMs?: number
}

/** Never rejects. `source` is the camera's address with its password, which stays here. */
export async function probeCamera(source: string, options: ProbeOptions): Promise<Probed> {
  try {
    const camera = readAddress(source, ['rtsp', 'rtsps', 'rtmp', 'http', 'https'])
    if (!camera.scheme.startsWith('rtsp')) return await beginning(source, options)
    const codec = videoCodec(await describe(camera, options))
    if (codec === undefined) return { state: 'offline', reason: 'protocol' }
    return codec === 'H264' ? { state: 'answering' } : { state: 'codec', ...(codec === 'H265' && { transcodable: true }) }
  } catch (error) {
    if (!(error instanceof CameraFailure)) throw error
    const state = error.code === 'auth' ? 'denied' : error.code === 'codec' ? 'codec' : 'offline'
    return { state, reason: error.code }
  }
}

/** A source that does not describe itself answers when it begins. Rejects with CameraFailure. */
async function beginning(url: string, { networks, signal }: ProbeOptions): Promise<Probed> {
  const feed = await gateway.open(
    { backend: 'gateway', url },
    { id: '', quality: 'main', probing: true, networks, signal, font: async () => undefined },
  )
  await feed.close()
  return { state: 'answering' }
}

/** The camera's SDP. Rejects with CameraFailure. */
async function describe(camera: CameraAddress, { networks, signal, answerMs = 6_000 }: ProbeOptions): Promise<string> {
  const socket = await connectCamera(camera, { networks, signal })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<string>((resolve, reject) => {
      let sequence = 0
      const ask = (authorizer?: Authorizer): void => {
        const headers: (readonly [string, string])[] = [
          ['CSeq', String(++sequence)],
          ['Accept', 'application/sdp'],
          ['User-Agent', 'orchid-watch'],
        ]
        if (authorizer) headers.push(['Authorization', authorizer.header('DESCRIBE', camera.target)])
        socket.write(writeMessage({ start: `DESCRIBE ${camera.target} RTSP/1.0`, headers, body: Buffer.alloc(0) }))
      }
      const hear = (message: RtspMessage): void => {
        const status = Number(/^RTSP\/1\.\d (\d{3})/.exec(message.start)?.[1])
        // A request of the camera's own is no answer.
        if (!status || headersOf(message, 'cseq')[0] !== String(sequence)) return
        if (status === 401 && sequence === 1 && camera.credentials) {
          const authorizer = Authorizer.answering(headersOf(message, 'www-authenticate'), camera.credentials)
          if (authorizer) {
            ask(authorizer)
            return
          }
        }
        if (status >= 300) reject(refusalOf(status))
        else resolve(message.body.toString('latin1'))
      }
      const splitter = new RtspSplitter({ message: hear, packets: () => undefined })
      socket.on('data', (chunk: Buffer) => {
        try {
          splitter.push(chunk)
        } catch {
          reject(new CameraFailure('protocol', 'describe'))
        }
      })
      socket.once('error', (error) => reject(socketFailure(error, 'describe')))
      socket.once('close', () => reject(new CameraFailure('ended', 'describe')))
      timer = setTimeout(() => reject(new CameraFailure('timeout', 'describe')), answerMs)
      ask()
    })
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

/** Encoding name of the first video track of an SDP, in capitals; undefined when there is none. */
function videoCodec(sdp: string): string | undefined {
  const video = sdp.split(/^m=/m).find((part) => part.startsWith('video'))
  return video && /^a=rtpmap:\d+ ([A-Za-z0-9-]+)\//m.exec(video)?.[1]?.toUpperCase()
}
