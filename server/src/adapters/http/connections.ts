/** The end of a server's connections at a stop, for which `close` alone waits as long as somebody else likes. */
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Milliseconds for requests under way. An append is answered within 2.3 s, and whatever else is cut off is asked again. */
const UNDER_WAY = 3_000

/** Call what it gives when the server closes: connections that never asked anything, as browsers keep one ready, end at once, all others in 3 s. */
export function endingConnections(server: Server): () => void {
  const silent = new Set<Duplex>()
  server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  server.on('request', ({ socket }) => silent.delete(socket))
  server.on('upgrade', (_request, socket) => silent.delete(socket))
  return () => {
    for (const socket of silent) socket.destroy()
    setTimeout(() => server.closeAllConnections(), UNDER_WAY).unref()
  }
}
