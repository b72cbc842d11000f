/** A Socket.IO adapter that encodes a frame once for many clients and still learns of each client's own acknowledgement. */

import type { Namespace, Socket } from 'socket.io'
import { Adapter } from 'socket.io-adapter'
import { PacketType } from 'socket.io-parser'

/** What the in-memory adapter itself uses for broadcasts; declared here because the base class keeps it out of its types. */
interface Encoding {
  _encode(packet: object, options: object): unknown[]
}
interface Wire {
  acks: Map<number, () => void>
  client: { writeToEngine(packets: unknown[], options: object): void; nsps: Map<string, Pick<Wire, 'acks'>> }
  conn: { transport: { onPacket(packet: { type: string; data?: unknown }): void } }
}

export class SharedFrames extends Adapter {
  /** Sends one event with the same text to each receiver; `received` is called at most once per receiver. */
  sendShared(event: string, body: unknown, receivers: readonly { socket: Socket; received: () => void }[]): void {
    const id = (this.nsp as Namespace & { _ids: number })._ids++
    const options: { preEncoded: boolean; volatile: boolean; compress: boolean; wsPreEncodedFrame?: Buffer[] } = {
      preEncoded: true,
      volatile: false,
      compress: false,
    }
    const packets = (this as unknown as Encoding)._encode({ type: PacketType.EVENT, data: [event, body], nsp: this.nsp.name, id }, options)
    // Head and text of the websocket frame as one piece: what is copied once here need not be gathered for each receiver.
    if (options.wsPreEncodedFrame) options.wsPreEncodedFrame = [Buffer.concat(options.wsPreEncodedFrame)]
    for (const { socket, received } of receivers) {
      const wire = socket as unknown as Wire
      // One frame at a time is on its way: one that was never acknowledged must not be remembered for ever.
      if (wire.acks.size > 0) wire.acks.clear()
      wire.acks.set(id, received)
      wire.client.writeToEngine(packets, options)
    }
  }

  /**
   * Takes acknowledgements without a value where they come in on this socket's connection. The usual way through five emitters and a
   * parser took a sixth of the thread at 500 clients. All else goes that way.
   */
  takeAcknowledgements(socket: Socket): void {
    const { client, conn } = socket as unknown as Wire
    const { transport } = conn
    // Whoever signs out and in again on one connection must not make its way longer each time.
    if (Object.hasOwn(transport, 'onPacket')) return
    const begin = `${PacketType.ACK}${this.nsp.name},`
    const usual = transport.onPacket
    transport.onPacket = (packet) => {
      const { type, data } = packet
      const isBare = type === 'message' && typeof data === 'string' && data.startsWith(begin) && data.endsWith('[]')
      const id = isBare ? Number(data.slice(begin.length, -2)) : Number.NaN
      const acks = client.nsps.get(this.nsp.name)?.acks
      const received = acks?.get(id)
      if (!received) return usual.call(transport, packet)
      acks?.delete(id)
      received()
    }
  }
}
