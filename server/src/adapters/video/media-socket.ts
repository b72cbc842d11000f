/**
 * One binary websocket a page shares among all its tiles: many requests at once, answered in any order, so that a waiting playlist holds
 * nobody up. Request: text `{"id": n, "path": "/media/hls/…"}`, or `{"id": n, "cancel": true}`. Answer: 4 bytes id and 2 bytes HTTP
 * status, both big-endian, then the body.
 */
import type { WebSocket } from 'ws'
import type { ServeHls } from './hls-server.ts'

export interface MediaIdentity {
  /** As given to `PlayUrls.sign`. */
  readonly viewer: string
}

export interface MediaSocketLimits {
  /** Requests without an answer. */
  readonly outstanding: number
  /** Bytes waiting for a slow reader; a connection above it is ended. */
  readonly buffered: number
  /** Messages a second. */
  readonly rate: number
}

const maxMessageBytes = 1024
const headerBytes = 6
const aliveMs = 20_000
const defaultLimits: MediaSocketLimits = { outstanding: 96, buffered: 8 * 1024 * 1024, rate: 400 }

interface MediaRequest {
  readonly id: number
  /** Absent: the request with this id is not wanted any more. */
  readonly path?: string
}

function readRequest(text: string): MediaRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { id, path, cancel, ...other } = value as Record<string, unknown>
  if (!Number.isInteger(id) || (id as number) < 0 || (id as number) > 0xffffffff || Object.keys(other).length) return undefined
  if (cancel === true && path === undefined) return { id: id as number }
  return typeof path === 'string' && cancel === undefined && path.length <= 500 ? { id: id as number, path } : undefined
}

/** The handler for each new connection; who may connect (session, Origin) is decided before. Ends the connection on any message that is no request. */
export function createMediaSocket(
  serveHls: ServeHls,
  limits: MediaSocketLimits = defaultLimits,
): (socket: WebSocket, identity: MediaIdentity) => void {
  return (socket, { viewer }) => {
    const outstanding = new Map<number, AbortController>()
    let budget = limits.rate
    let alive = true
    const beat = setInterval(() => {
      if (!alive) return socket.terminate()
      alive = false
      socket.ping()
    }, aliveMs)
    const refill = setInterval(() => {
      budget = limits.rate
    }, 1000)
    socket.on('pong', () => {
      alive = true
    })
    const end = (code: number, reason: string) => {
      socket.close(code, reason)
      // A peer that does not answer the close would keep its buffers.
      setTimeout(() => socket.terminate(), 1000).unref()
    }
    const answer = (id: number, status: number, body: Buffer) => {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > limits.buffered) return socket.terminate()
      const header = Buffer.alloc(headerBytes)
      header.writeUInt32BE(id, 0)
      header.writeUInt16BE(status, 4)
      socket.send(Buffer.concat([header, body]), { binary: true })
    }
    socket.on('message', (data, isBinary) => {
      if (socket.readyState !== socket.OPEN) return
      if (--budget < 0) return end(1008, 'too many messages')
      const text = isBinary || !Buffer.isBuffer(data) || data.length > maxMessageBytes ? undefined : data.toString('utf8')
      const request = text === undefined ? undefined : readRequest(text)
      if (!request) return end(1008, 'not a media request')
      const { id, path } = request
      if (path === undefined) {
        outstanding.get(id)?.abort()
        outstanding.delete(id)
        return
      }
      if (outstanding.has(id)) return end(1008, 'request id in use')
      if (outstanding.size >= limits.outstanding) return answer(id, 429, Buffer.alloc(0))
      const controller = new AbortController()
      outstanding.set(id, controller)
      serveHls({ path, viewer, signal: controller.signal })
        .then(
          ({ status, body }) => !controller.signal.aborted && answer(id, status, body),
          () => !controller.signal.aborted && answer(id, 500, Buffer.alloc(0)),
        )
        .finally(() => {
          if (outstanding.get(id) === controller) outstanding.delete(id)
        })
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearInterval(beat)
      clearInterval(refill)
      for (const controller of outstanding.values()) controller.abort()
      outstanding.clear()
    })
  }
}
