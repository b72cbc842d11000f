/** The one connection to a camera: its address is read, resolved once, checked, and connected to exactly as checked. */
import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Reach } from './backends/backend.ts'
import { CameraFailure, socketFailure } from './camera-failure.ts'
import type { Resolve } from './camera-networks.ts'
import { passing, type Take } from './passing-bytes.ts'
import type { Credentials } from './rtsp-auth.ts'

const connectMs = 4000
const lookupMs = 4000
/** Schemes with the port they mean when none is named. */
const ports: Readonly<Record<string, number>> = { rtsp: 554, rtsps: 322, rtmp: 1935, http: 80, https: 443 }

export interface CameraAddress {
  readonly scheme: string
  readonly host: string
  readonly port: number
  /** The camera's own URL, without user, password and fragment. */
  readonly target: string
  readonly credentials: Credentials | undefined
  /** SHA-256 of the one certificate it may show, in lower-case hex. */
  readonly fingerprint: string | undefined
  /** Path and query of the smaller stream. */
  readonly sub: string | undefined
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const isDecodable = (path: string): boolean => {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/**
 * Reads a camera's URL of one of the schemes `rtsp rtsps rtmp http https`. What stands behind `#` is for us and never sent:
 * `fingerprint=<64 hex digits>` and `sub=<path and query of the smaller stream>`, joined by `&`. Throws CameraFailure `unsupported-address`.
 */
export function readAddress(source: string, schemes: readonly string[]): CameraAddress {
  let url: URL
  try {
    url = new URL(source)
  } catch {
    throw new CameraFailure('unsupported-address', 'source')
  }
  const scheme = url.protocol.slice(0, -1)
  // The parser takes `http:\host`, `http:host` and a backslash for a slash: an address that is not written plainly is none.
  if (!schemes.includes(scheme) || !url.hostname || !source.startsWith(`${scheme}://`) || source.includes('\\'))
    throw new CameraFailure('unsupported-address', 'source')
  if (scheme !== 'rtsp' && scheme !== 'rtsps' && !isDecodable(url.pathname)) throw new CameraFailure('unsupported-address', 'source')
  const ours = new Map(
    url.hash
      .slice(1)
      .split('&')
      .filter(Boolean)
      .map((part) => [part.slice(0, part.indexOf('=')), decode(part.slice(part.indexOf('=') + 1))]),
  )
  const fingerprint = ours.get('fingerprint')?.replaceAll(':', '').toLowerCase()
  const sub = ours.get('sub')
  if ((fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(fingerprint)) || (sub !== undefined && !/^\/[!-~]*$/.test(sub)))
    throw new CameraFailure('unsupported-address', 'source')
  return {
    scheme,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : (ports[scheme] as number),
    target: `${scheme}://${url.host}${url.pathname || '/'}${url.search}`,
    credentials: url.username || url.password ? { user: decode(url.username), password: decode(url.password) } : undefined,
    fingerprint,
    sub,
  }
}

const ofTheSystem: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

/** The first address of a host that cameras may have. Rejects with CameraFailure `dns` or `address-refused`. */
export async function resolveOnce(host: string, port: number, { networks, resolve = ofTheSystem }: Reach): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), lookupMs)
    })
    const addresses = isIP(host) ? [host] : await Promise.race([resolve(host), late])
    const allowed = addresses.find((address) => networks.allows(address, port))
    if (allowed === undefined) throw new CameraFailure('address-refused', 'resolve')
    return allowed
  } catch (error) {
    throw error instanceof CameraFailure ? error : new CameraFailure('dns', 'resolve')
  } finally {
    clearTimeout(timer)
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (failure?: CameraFailure) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
      socket.removeListener('error', fail)
      socket.removeListener('close', end)
      if (!failure) return resolve()
      socket.on('error', () => undefined)
      socket.destroy()
      reject(failure)
    }
    const leave = () => settle(new CameraFailure('ended', 'connect'))
    const end = () => settle(new CameraFailure('ended', 'connect'))
    const fail = (error: Error) => settle(event === 'secureConnect' ? tlsFailure(error) : socketFailure(error, 'connect'))
    const timer = setTimeout(() => settle(new CameraFailure('timeout', 'connect')), connectMs)
    socket.once(event, () => settle())
    socket.once('error', fail)
    socket.once('close', end)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

const tlsFailure = (error: Error): CameraFailure => {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return /^E[A-Z]+$/.test(code) && code !== 'EPROTO' ? socketFailure(error, 'connect') : new CameraFailure('certificate', 'connect')
}

/**
 * A connection to an address that `resolveOnce` gave; by TLS for `rtsps` and `https`. A certificate must be valid for the host, or be exactly
 * the one whose fingerprint the address names. Rejects with CameraFailure. The socket has no error listener yet. `take` gets what comes,
 * instead of the socket's `data`.
 */
export async function connectChecked(
  { scheme, host, port, fingerprint }: CameraAddress,
  address: string,
  signal: AbortSignal,
  take?: Take,
): Promise<Socket> {
  const isSecure = scheme === 'rtsps' || scheme === 'https'
  const socket = connect({ host: address, port, noDelay: true, ...(take && !isSecure && { onread: passing(take) }) })
  await opened(socket, 'connect', signal)
  if (!isSecure) return socket
  const secure = connectTls({
    socket,
    rejectUnauthorized: fingerprint === undefined,
    ...(isIP(host) ? { host } : { servername: host }),
  })
  await opened(secure, 'secureConnect', signal)
  if (fingerprint !== undefined && secure.getPeerCertificate().fingerprint256?.replaceAll(':', '').toLowerCase() !== fingerprint) {
    secure.destroy()
    throw new CameraFailure('certificate', 'connect')
  }
  if (take) secure.on('data', take)
  return secure
}

/** Rejects with a CameraFailure that names the step. `step` is told as it goes on. The socket has no error listener yet. */
export async function connectCamera(camera: CameraAddress, reach: Reach, take?: Take): Promise<Socket> {
  reach.step?.('resolve')
  const address = await resolveOnce(camera.host, camera.port, reach)
  reach.step?.('connect')
  return connectChecked(camera, address, reach.signal, take)
}
