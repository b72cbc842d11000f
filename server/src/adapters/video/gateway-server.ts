/**
 * The door of a gateway process: what servers ask of its streams, over the link of `gateway-link.ts`. Paths are `/touch/<stream>`,
 * `/ahead/<stream>`, `/playlist/<stream>`, `/file/<stream>/<file>`, `/key-frame/<stream>`, `/recordings/<camera>` and, of what is kept on its disk, `/kept/<camera>`,
 * `/kept/<camera>/recorded.m3u8` and `/kept/<camera>/<file>`; pictures and playlists are bodies, everything else is JSON.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, isIPv6 } from 'node:net'
import type { Span } from './backends/backend.ts'
import type { KeptPictures } from './dvr.ts'
import { type Gateway, GatewayFull, GatewayStopping } from './gateway.ts'
import { listeningTerms } from './gateway-link.ts'
import { recordedName } from './playlist.ts'

/** What stands beside a key frame's bytes, as JSON. */
export const frameHeader = 'orchid-key-frame'

export interface GatewayServer {
  /** `https://host:port` at which it listens. */
  readonly address: string
  close(): Promise<void>
}

interface Options {
  readonly gateway: Gateway
  /** As `Video.recordings`. */
  recordings(camera: string, span: Span): Promise<object>
  readonly kept: KeptPictures
  readonly secret: Uint8Array
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  readonly log: { warn(o: object, m: string): void; error(o: object, m: string): void }
}

const ROUTE =
  /^\/(touch|ahead|playlist|file|key-frame|recordings|kept)\/([A-Za-z0-9._-]{1,40}(?:~sub|~\d{1,15}-\d{1,15})?)(?:\/([A-Za-z0-9.-]{1,40}))?$/
/** Longer than the pause between two requests of a tile, so that a connection serves it as long as it plays. */
const IDLE_MS = 60_000

const numberIn = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Rejects when the address cannot be listened at. */
export async function openGatewayServer({ gateway, recordings, kept, secret, host, port, log }: Options): Promise<GatewayServer> {
  const json = (reply: ServerResponse, status: number, value: object): void =>
    void reply.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  const bytes = (reply: ServerResponse, data: Buffer, headers: Readonly<Record<string, string>> = {}): void =>
    void reply.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': data.length, ...headers }).end(data)

  async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'https://gateway')
    const [, what, name = '', file = ''] = ROUTE.exec(url.pathname) ?? []
    const gone = new AbortController()
    reply.once('close', () => gone.abort())
    const span = { from: numberIn(url.searchParams, 'from') ?? 0, to: numberIn(url.searchParams, 'to') ?? 0 }
    const orNone = (data: Buffer | string | undefined): void =>
      data === undefined ? json(reply, 404, {}) : bytes(reply, Buffer.from(data))
    const touch = (): ReturnType<Gateway['touch']> => {
      const [priority, after] = [numberIn(url.searchParams, 'priority'), numberIn(url.searchParams, 'after')]
      return gateway.touch(name, { ...(priority !== undefined && { priority }), ...(after !== undefined && { after }) })
    }
    if (what === 'touch') json(reply, 200, touch())
    else if (what === 'ahead') json(reply, 200, { open: gateway.ahead(name, url.searchParams.get('by') ?? '') })
    else if (what === 'playlist') {
      touch()
      const playlist = await gateway.playlist(name, { _HLS_msn: url.searchParams.get('msn') ?? undefined }, gone.signal)
      if ('text' in playlist) bytes(reply, Buffer.from(playlist.text))
      else json(reply, 503, playlist)
    } else if (what === 'file') {
      orNone(gateway.file(name, file))
    } else if (what === 'kept' && file === '') {
      const found = await kept.kept(name, span)
      json(reply, found ? 200 : 404, found ?? {})
    } else if (what === 'kept') {
      orNone(await (file === recordedName ? kept.playlist(name, span) : kept.file(name, file)))
    } else if (what === 'key-frame') {
      const after = numberIn(url.searchParams, 'after')
      const { frame, ...now } = await gateway.keyFrame(name, { signal: gone.signal, ...(after !== undefined && { after }) })
      const { mp4, ...about } = frame ?? { mp4: Buffer.alloc(0) }
      bytes(reply, mp4, { [frameHeader]: JSON.stringify({ ...now, ...(frame && { frame: about }) }) })
    } else if (what === 'recordings') json(reply, 200, await recordings(name, span))
    else json(reply, 404, {})
  }

  const server = createServer({ ...listeningTerms(secret), keepAliveTimeout: IDLE_MS, requestTimeout: 10_000 }, (request, reply) => {
    request.resume()
    answer(request, reply).catch((error) => {
      // Like one that has ended: the server goes on to another one.
      if (error instanceof GatewayStopping) return void reply.destroy()
      if (error instanceof GatewayFull) return json(reply, 503, { full: true })
      log.error({ err: error }, 'a server could not be answered')
      if (reply.headersSent) reply.destroy()
      else json(reply, 500, {})
    })
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) =>
    log.warn({ from: socket.remoteAddress, code: error.code }, 'somebody without the key of this city asked for pictures'),
  )
  await new Promise<void>((listening, fail) => {
    server.once('error', fail)
    server.listen({ host, port }, listening)
  })
  const at = (server.address() as AddressInfo).port
  return {
    address: `https://${isIPv6(host) ? `[${host}]` : host}:${at}`,
    async close() {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}
