/** A piece of wire between clients and a server that a test can cut, or lead to another server. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export class Relay {
  /** Port the wire leads to; undefined: it leads nowhere, and who connects is dropped. */
  target: number | undefined
  /** How many clients have come since it was opened. */
  connections = 0
  readonly #server: Server
  readonly #open = new Set<Socket>()

  private constructor(target: number) {
    this.target = target
    this.#server = createServer((client) => this.#join(client))
  }

  static async open(target: number): Promise<Relay> {
    const relay = new Relay(target)
    await new Promise<void>((done) => relay.#server.listen(0, '127.0.0.1', done))
    return relay
  }

  /** `http://127.0.0.1:<port>` */
  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #join(client: Socket): void {
    this.connections++
    if (this.target === undefined) {
      client.destroy()
      return
    }
    const server = connect(this.target, '127.0.0.1')
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#open.add(one)
      one.setNoDelay(true)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy()
  }

  /** What is open carries nothing more and does not end, as when a cable is pulled; new ones are taken. */
  hold(): void {
    for (const socket of this.#open) socket.unpipe().pause()
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done))
    this.cut()
    await closed
  }
}
