/**
 * The one binary websocket all tiles of a page share, because browsers allow six HTTP/1.1 connections to a host and a waiting playlist
 * would hold one per tile. Where no socket can be had, the same signed addresses are fetched one by one.
 */

export interface MediaAnswer {
  /** HTTP status. */
  readonly status: number
  readonly body: Uint8Array<ArrayBuffer>
}

const headerBytes = 6
const openWaitMs = 1_500
const unusedMs = 5_000
const backOffMs = [500, 10_000] as const

interface Pending {
  resolve(answer: MediaAnswer): void
  reject(error: Error): void
}

export class MediaConnection {
  readonly #url: () => string
  #socket: WebSocket | undefined
  #opening: Promise<boolean> | undefined
  #pending = new Map<number, Pending>()
  #nextId = 1
  #users = 0
  #closeTimer: ReturnType<typeof setTimeout> | undefined
  #backOff: number = backOffMs[0]
  #notBefore = 0

  constructor(url: () => string = () => `${location.origin.replace(/^http/, 'ws')}/media`) {
    this.#url = url
  }

  /** A player begins to use the connection; the returned function ends that. Without users it closes after some seconds. */
  use(): () => void {
    this.#users++
    clearTimeout(this.#closeTimer)
    let using = true
    return () => {
      if (!using) return
      using = false
      if (--this.#users === 0) this.#closeTimer = setTimeout(() => this.#socket?.close(1000), unusedMs)
    }
  }

  /** Asks for a path with query on this origin. Rejects when the connection breaks or the signal aborts. */
  async request(path: string, signal: AbortSignal): Promise<MediaAnswer> {
    const socket = await this.#opened()
    signal.throwIfAborted()
    return socket ? this.#ask(socket, path, signal) : fetchDirectly(path, signal)
  }

  async #opened(): Promise<WebSocket | undefined> {
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket
    if (!this.#opening) {
      if (performance.now() < this.#notBefore) return undefined
      this.#opening = this.#open().finally(() => {
        this.#opening = undefined
      })
    }
    return (await this.#opening) ? this.#socket : undefined
  }

  #open(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.#url())
      socket.binaryType = 'arraybuffer'
      this.#socket = socket
      const timer = setTimeout(() => socket.close(), openWaitMs)
      socket.addEventListener('open', () => {
        clearTimeout(timer)
        this.#backOff = backOffMs[0]
        resolve(true)
      })
      socket.addEventListener('message', ({ data }) => this.#answered(data as ArrayBuffer))
      socket.addEventListener('close', () => {
        clearTimeout(timer)
        if (this.#socket === socket) this.#socket = undefined
        this.#notBefore = performance.now() + this.#backOff * (0.5 + Math.random())
        this.#backOff = Math.min(backOffMs[1], this.#backOff * 2)
        const pending = [...this.#pending.values()]
        this.#pending.clear()
        for (const { reject } of pending) reject(new Error('the media connection broke'))
        resolve(false)
      })
    })
  }

  #ask(socket: WebSocket, path: string, signal: AbortSignal): Promise<MediaAnswer> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId
      this.#nextId = (this.#nextId % 0xffff_ffff) + 1
      const cancel = () => {
        this.#pending.delete(id)
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id, cancel: true }))
        reject(signal.reason as Error)
      }
      const settled = () => signal.removeEventListener('abort', cancel)
      this.#pending.set(id, {
        resolve: (answer) => {
          settled()
          resolve(answer)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
      signal.addEventListener('abort', cancel, { once: true })
      socket.send(JSON.stringify({ id, path }))
    })
  }

  #answered(data: ArrayBuffer): void {
    if (data.byteLength < headerBytes) return
    const head = new DataView(data, 0, headerBytes)
    const id = head.getUint32(0)
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    pending.resolve({ status: head.getUint16(4), body: new Uint8Array(data.slice(headerBytes)) })
  }
}

async function fetchDirectly(path: string, signal: AbortSignal): Promise<MediaAnswer> {
  const answer = await fetch(path, { signal, credentials: 'same-origin', cache: 'no-store' })
  return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) }
}

/** The page's connection. */
export const mediaConnection = new MediaConnection()
