/** A small HTTP/1.1 sender over kept connections: cheap enough not to be what is measured. */
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** One connection, one request at a time. Understands answers with Content-Length only. */
class Connection {
  readonly #socket: Socket
  #held: Buffer[] = []
  #size = 0
  #wanted = -1
  #bodyAt = 0
  #status = 0
  #done: { resolve(answer: Answer): void; reject(error: Error): void } | undefined
  /** A server may close a connection that rests: what is sent on it then would never be answered. */
  lost = false

  constructor(host: string, port: number) {
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  send(head: string, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#done = { resolve, reject }
      this.#socket.cork()
      this.#socket.write(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#held.push(chunk)
    this.#size += chunk.length
    if (this.#wanted < 0) {
      const all = this.#held.length === 1 ? chunk : Buffer.concat(this.#held)
      const end = all.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = all.toString('latin1', 0, end)
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      if (length === undefined) {
        this.#fail(new Error(`an answer without Content-Length: ${head.slice(0, 200)}`))
        return
      }
      this.#status = Number(head.slice(9, 12))
      this.#bodyAt = end + 4
      this.#wanted = this.#bodyAt + Number(length)
    }
    if (this.#size < this.#wanted) return
    const all = this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held)
    const answer = { status: this.#status, body: all.subarray(this.#bodyAt, this.#wanted) }
    this.#held = []
    this.#size = 0
    this.#wanted = -1
    const done = this.#done
    this.#done = undefined
    done?.resolve(answer)
  }

  #fail(error: Error): void {
    this.lost = true
    const done = this.#done
    this.#done = undefined
    done?.reject(error)
  }
}

/** Keeps as many connections as there are requests at once, up to `most`; beyond that a request waits for its turn. */
export class HttpSender {
  readonly #connections: Connection[] = []
  readonly #idle: Connection[] = []
  readonly #queue: ((connection: Connection) => void)[] = []
  readonly #most: number
  readonly #url: URL
  readonly #head: string

  /** `url` is where every request goes by POST, with these headers. */
  constructor(url: string, headers: Readonly<Record<string, string>>, most: number) {
    this.#url = new URL(url)
    this.#most = most
    const lines = Object.entries({ host: this.#url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    this.#head = `POST ${this.#url.pathname} HTTP/1.1\r\n${lines.join('')}`
  }

  /** Sends one body. `sent` is told the moment at which it is written to the socket. Rejects when the connection breaks. */
  async post(body: Buffer, sent?: (at: number) => void): Promise<Answer> {
    const connection = await this.#free()
    sent?.(performance.now())
    try {
      return await connection.send(this.#head, body)
    } finally {
      const next = this.#queue.shift()
      const free = connection.lost ? this.#replace(connection) : connection
      if (next) next(free)
      else this.#idle.push(free)
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }

  #open(): Connection {
    const fresh = new Connection(this.#url.hostname, Number(this.#url.port))
    this.#connections.push(fresh)
    return fresh
  }

  #replace(lost: Connection): Connection {
    this.#connections.splice(this.#connections.indexOf(lost), 1)
    return this.#open()
  }

  #free(): Connection | Promise<Connection> {
    const idle = this.#idle.pop()
    if (idle) return idle.lost ? this.#replace(idle) : idle
    if (this.#connections.length < this.#most) {
      return this.#open()
    }
    return new Promise((resolve) => this.#queue.push(resolve))
  }
}
