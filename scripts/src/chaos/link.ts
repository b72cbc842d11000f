/** A TCP proxy in front of one client, so that its link can be cut, held half-open and made slow. */
import { connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly near: Socket
  readonly far: Socket
}

export class Link {
  readonly name: string
  /** Bytes a second towards the client; undefined: as fast as it goes. */
  rate: number | undefined
  readonly #server: Server
  readonly #targets: () => readonly number[]
  readonly #pairs = new Set<Pair>()
  /** Connections that came while the link was held. */
  #waiting = new Set<Socket>()
  #state: 'open' | 'cut' | 'held' = 'open'

  private constructor(name: string, targets: () => readonly number[]) {
    this.name = name
    this.#targets = targets
    this.#server = createServer((near) => this.#accept(near))
  }

  /** `targets`: ports on this machine, the preferred one first; each new connection goes to the first that takes it. */
  static async open(name: string, targets: () => readonly number[]): Promise<Link> {
    const link = new Link(name, targets)
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject)
      link.#server.listen(0, '127.0.0.1', resolve)
    })
    return link
  }

  get base(): string {
    const at = this.#server.address()
    return `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`
  }

  /** Breaks every connection and refuses new ones. */
  cut(): void {
    this.#state = 'cut'
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
    for (const near of this.#waiting) near.resetAndDestroy()
    this.#waiting.clear()
  }

  /** Lets nothing through in either direction, while both ends believe in their connection. */
  hold(): void {
    this.#state = 'held'
    for (const { near, far } of this.#pairs) {
      near.pause()
      far.pause()
    }
  }

  restore(): void {
    this.#state = 'open'
    for (const { near, far } of this.#pairs) {
      near.resume()
      far.resume()
    }
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const near of waiting) this.#dial(near, [...this.#targets()])
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(near: Socket): void {
    near.on('error', () => undefined) // 'close' follows and tells the other end
    near.setNoDelay()
    near.pause()
    if (this.#state === 'cut') near.resetAndDestroy()
    else if (this.#state === 'held') {
      this.#waiting.add(near)
      near.once('close', () => this.#waiting.delete(near))
    } else this.#dial(near, [...this.#targets()])
  }

  #dial(near: Socket, targets: number[]): void {
    const port = targets.shift()
    if (port === undefined || near.destroyed || this.#state === 'cut') {
      near.resetAndDestroy()
      return
    }
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    const next = (): void => this.#dial(near, targets)
    far.once('error', next)
    far.once('connect', () => {
      far.off('error', next)
      far.on('error', () => undefined) // 'close' follows and tells the other end
      this.#join({ near, far })
    })
  }

  #join(pair: Pair): void {
    const { near, far } = pair
    this.#pairs.add(pair)
    this.#flow(near, far, () => undefined)
    this.#flow(far, near, () => this.rate)
    if (this.#state === 'cut') near.resetAndDestroy()
    else if (this.#state === 'open') near.resume()
    else far.pause()
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.once('close', () => {
        this.#pairs.delete(pair)
        other.destroy()
      })
  }

  #flow(from: Socket, to: Socket, rate: () => number | undefined): void {
    const goOn = (): void => {
      if (this.#state !== 'held') from.resume()
    }
    from.on('data', (chunk) => {
      const taken = to.write(chunk)
      const limit = rate()
      if (taken && limit === undefined) return
      from.pause()
      if (limit === undefined) to.once('drain', goOn)
      else setTimeout(goOn, (1000 * chunk.length) / limit)
    })
    from.once('end', () => to.end())
  }
}
