/** A `/live` client that speaks Socket.IO's text packets over a plain websocket, so that a thousand of them fit on one core. */
import type { Changes } from '@orchid/shared/protocol/live'
import { BareWebsocket } from './bare-websocket.ts'

export interface ClientOptions {
  readonly base: string
  /** `orchid`: namespace /live with frames that are acknowledged. `feathers`: the main namespace, one event an entry. `plain`: no Socket.IO, frames as they are. */
  readonly wire: 'orchid' | 'feathers' | 'plain'
  readonly token: string
  /** What is sent as `watch` once connected; only `orchid`. */
  readonly watch?: () => object
  /** An advance of what this client shows, and the bytes of the message that made it. */
  readonly onFrame: (frame: { from: number; to: number; body: Buffer }) => void
  /** The answer to `watch`. */
  readonly onWatched?: (answer: WatchAnswer) => void
}

export interface WatchAnswer {
  readonly ok: boolean
  readonly code?: string
  readonly epoch: string
  readonly cursor: number
  readonly mode: 'tail' | 'snapshot'
  readonly tables: Changes
}

const FRAME = /^42\/live,(\d+)\["frame",\{"epoch":"[^"]*","from":(\d+),"to":(\d+)/
const FEATHERS = /^42\["events created",\{"seq":(\d+)/
const PLAIN = /^\{"from":(\d+),"to":(\d+)/
/** Enough of a message to hold everything before the rows. */
const HEAD = 160

const PATH = {
  orchid: '/socket.io/?EIO=4&transport=websocket',
  feathers: '/socket.io/?EIO=4&transport=websocket',
  plain: '/',
} as const

/** Connects, signs in and watches. Resolves with a function that closes the connection; rejects when refused. */
export function connectClient(options: ClientOptions): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const { wire, onFrame } = options
    let connected = false
    const done = (): void => {
      connected = true
      resolve(() => socket.close())
    }
    const onText = (message: Buffer) => {
      const head = message.toString('latin1', 0, HEAD)
      if (wire === 'plain') {
        const [, from, to] = PLAIN.exec(head) ?? []
        socket.send('ack')
        return onFrame({ from: Number(from), to: Number(to), body: message })
      }
      if (head.startsWith('2')) return socket.send('3')
      if (head.startsWith('0')) return socket.send(wire === 'orchid' ? `40/live,${JSON.stringify({ token: options.token })}` : '40')
      if (wire === 'feathers') {
        const seq = FEATHERS.exec(head)?.[1]
        if (seq) onFrame({ from: Number(seq) - 1, to: Number(seq), body: message })
        else if (head.startsWith('40')) done()
        return
      }
      const frame = FRAME.exec(head)
      if (frame) {
        socket.send(`43/live,${frame[1]}[]`)
        return onFrame({ from: Number(frame[2]), to: Number(frame[3]), body: message.subarray(8 + (frame[1] as string).length) })
      }
      if (head.startsWith('40/live,')) return socket.send(`42/live,0["watch",${JSON.stringify(options.watch?.())}]`)
      if (head.startsWith('44')) return reject(new Error(`refused: ${message.toString()}`))
      if (head.startsWith('43/live,0')) {
        const [answer] = JSON.parse(message.toString('utf8', 9)) as [WatchAnswer]
        if (!answer.ok) return reject(new Error(`watch was refused: ${answer.code}`))
        options.onWatched?.(answer)
        done()
      }
    }
    const socket = new BareWebsocket(new URL(PATH[wire], options.base), {
      onOpen: () => {
        if (wire === 'plain') done()
      },
      onText,
      onClose: (why) => {
        const error = new Error(`a client lost its connection: ${why}`)
        if (connected) throw error
        reject(error)
      },
    })
  })
}
