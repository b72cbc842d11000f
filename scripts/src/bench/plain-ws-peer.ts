/** Peer of the push: bare node:http, one XADD an entry, plain `ws` frames of the same size every 50 ms, acknowledged; no rules, no tables. */
import { createServer } from 'node:http'
import { Redis } from 'ioredis'
import { type WebSocket, WebSocketServer } from 'ws'
import { onJob } from './processes.ts'

export interface PlainJob {
  readonly path: string
  /** Bytes of frame an entry makes, as measured on the product. */
  readonly bytesPerEntry: number
}

const FLUSH_EVERY = 50

onJob(async ({ path, bytesPerEntry }: PlainJob) => {
  const redis = new Redis({ path })
  const filler = 'x'.repeat(Math.max(1, Math.round(bytesPerEntry)))
  const clients = new Map<WebSocket, { cursor: number; awaiting: boolean }>()
  let seq = 0

  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      JSON.parse(body)
      redis.xadd('bench:plain', '*', 'e', body).then(
        () => {
          const answer = JSON.stringify({ seq: ++seq })
          response.writeHead(201, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }).end(answer)
        },
        () => response.writeHead(503, { 'content-length': 0 }).end(),
      )
    })
  })
  // Node closes a connection that rests for 5 s; a sender that is late just then would meet ECONNRESET, and that is nobody's figure.
  http.keepAliveTimeout = 0
  new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket) => {
    const client = { cursor: seq, awaiting: false }
    clients.set(socket, client)
    socket.on('message', () => {
      client.awaiting = false
    })
    socket.on('close', () => clients.delete(socket))
  })
  setInterval(() => {
    const shared = new Map<number, Buffer>()
    for (const [socket, client] of clients) {
      if (client.awaiting || client.cursor >= seq) continue
      let frame = shared.get(client.cursor)
      if (!frame) {
        const rows = Array.from({ length: seq - client.cursor }, () => filler)
        frame = Buffer.from(JSON.stringify({ from: client.cursor, to: seq, rows }))
        shared.set(client.cursor, frame)
      }
      client.cursor = seq
      client.awaiting = true
      socket.send(frame, { binary: false })
    }
  }, FLUSH_EVERY)
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const at = http.address()
  return { base: `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`, pid: process.pid }
})
