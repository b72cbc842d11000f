/** The one connection to a camera: its address is read, resolved once, checked, and connected to exactly as checked. */
import { lookup } from 'node:dns/promises'
import { connect, type Socket } from 'node:net'
import { CameraFailure, type OpeningStep, socketFailure } from './camera-failure.ts'
import type { CameraNetworks } from './camera-networks.ts'
import type { Credentials } from './rtsp-auth.ts'

const connectMs = 4000
const lookupMs = 4000

export interface CameraAddress {
  readonly host: string
  readonly port: number
  /** The camera's own URL, without user and password. */
  readonly target: string
  readonly credentials: Credentials | undefined
}

/** Reads an `rtsp://` URL. Throws CameraFailure `unsupported-address`. */
export function readAddress(source: string): CameraAddress {
  let url: URL
  try {
    url = new URL(source)
  } catch {
    throw new CameraFailure('unsupported-address', 'source')
  }
  if (url.protocol !== 'rtsp:' || !url.hostname) throw new CameraFailure('unsupported-address', 'source')
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text)
    } catch {
      return text
    }
  }
  const credentials = url.username ? { user: decode(url.username), password: decode(url.password) } : undefined
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : 554,
    target: `rtsp://${url.host}${url.pathname || '/'}${url.search}`,
    credentials,
  }
}

async function resolveOnce(host: string): Promise<string> {
  const timeout = new Promise<never>((_, reject) => setTimeout(() => reject(new CameraFailure('dns', 'resolve')), lookupMs).unref())
  try {
    return (await Promise.race([lookup(host), timeout])).address
  } catch {
    throw new CameraFailure('dns', 'resolve')
  }
}

function connectTo(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, signal })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new CameraFailure('timeout', 'connect'))
    }, connectMs)
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(socketFailure(error, 'connect'))
    })
  })
}

/** Rejects with a CameraFailure that names the step. `step` is told as it goes on. The socket has no error listener yet. */
export async function connectCamera(
  source: string,
  { networks, signal, step }: { networks: CameraNetworks; signal: AbortSignal; step?: (step: OpeningStep) => void },
): Promise<{ camera: CameraAddress; socket: Socket }> {
  const camera = readAddress(source)
  step?.('resolve')
  const address = await resolveOnce(camera.host)
  if (!networks.allows(address, camera.port)) throw new CameraFailure('address-refused', 'resolve')
  step?.('connect')
  return { camera, socket: await connectTo(address, camera.port, signal) }
}
