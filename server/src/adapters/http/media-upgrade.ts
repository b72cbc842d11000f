/** The websocket `/media` of the pages' own tiles: same session and Origin checks as everything else, apart from `/live` so that video never delays rows. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { may } from '@orchid/shared/domain/access/roles'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Authenticator } from './authenticate.ts'

const CHECK_EVERY = 2_000

interface Rooms {
  readonly auth: Authenticator
  readonly video: { serveSocket(socket: WebSocket, identity: { viewer: string }): void }
  readonly log: { error(o: object, m: string): void }
}

/** Takes upgrades to `/media`; `/socket.io` is left to the live room, anything else is refused. */
export function mediaUpgrade(server: Server, { auth, video, log }: Rooms): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4 * 1024 })

  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const who = auth.ownSocket(request) ? await auth.identifySocket(request, undefined) : undefined
    if (!who || !may(who.role, 'play')) return refuse(socket, who ? '403 Forbidden' : '401 Unauthorized')
    sockets.handleUpgrade(request, socket, head, (opened) => {
      video.serveSocket(opened, { viewer: auth.viewer(request) })
      // A session that ended ends its pictures too.
      const timer = setInterval(() => {
        auth.identifySocket(request, undefined).then(
          (still) => still ?? opened.terminate(),
          (error) => log.error({ err: error }, 'a media session could not be checked'),
        )
      }, CHECK_EVERY)
      opened.once('close', () => clearInterval(timer))
    })
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (path.startsWith('/socket.io')) return
    socket.on('error', () => socket.destroy())
    if (path !== '/media') return refuse(socket, '404 Not Found')
    admit(request, socket, head).catch((error) => {
      log.error({ err: error }, 'a media socket could not be opened')
      refuse(socket, '503 Service Unavailable')
    })
  })
  server.on('close', () => {
    for (const socket of sockets.clients) socket.terminate()
  })
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
