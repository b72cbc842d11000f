import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { HlsAnswer, HlsRequest, ServeHls } from './hls-server.ts'
import { createMediaSocket, type MediaSocketLimits } from './media-socket.ts'

let http: Server
let sockets: WebSocketServer
let asked: HlsRequest[]
const limits: MediaSocketLimits = { outstanding: 4, buffered: 256 * 1024, rate: 50 }

const answer = (text: string): HlsAnswer => ({ status: 200, headers: {}, body: Buffer.from(text) })

/** `/wait…` answers only when aborted, `/big` a megabyte, `/broken` rejects, everything else its path. */
const serve: ServeHls = (request) => {
  asked.push(request)
  const { path, signal } = request
  if (path.startsWith('/wait')) return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(answer('late'))))
  if (path === '/big') return Promise.resolve({ ...answer(''), body: Buffer.alloc(1024 * 1024) })
  if (path === '/broken') return Promise.reject(new Error('no'))
  return Promise.resolve(answer(path))
}

beforeEach(async () => {
  asked = []
  http = createServer()
  sockets = new WebSocketServer({ server: http })
  const handle = createMediaSocket(serve, limits)
  sockets.on('connection', (socket) => handle(socket, { viewer: 'session-a' }))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const socket of sockets.clients) socket.terminate()
  sockets.close()
  await new Promise((resolve) => http.close(resolve))
})

interface Peer {
  readonly socket: WebSocket
  readonly answers: { id: number; status: number; text: string }[]
  readonly closed: Promise<number>
  ask(request: object): void
}

async function connect(): Promise<Peer> {
  const socket = new WebSocket(`ws://127.0.0.1:${(http.address() as { port: number }).port}`)
  const answers: Peer['answers'] = []
  socket.on('message', (data: Buffer) =>
    answers.push({ id: data.readUInt32BE(0), status: data.readUInt16BE(4), text: data.toString('utf8', 6) }),
  )
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  await new Promise((resolve) => socket.on('open', resolve))
  return { socket, answers, closed, ask: (request) => socket.send(JSON.stringify(request)) }
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 60))

describe('the shared media socket', () => {
  test('answers each request under its id, as the viewer it belongs to', async () => {
    const peer = await connect()
    peer.ask({ id: 7, path: '/media/hls/a' })
    peer.ask({ id: 4294967295, path: '/broken' })
    await soon()
    expect(peer.answers).toEqual([
      { id: 7, status: 200, text: '/media/hls/a' },
      { id: 4294967295, status: 500, text: '' },
    ])
    expect(asked.every(({ viewer }) => viewer === 'session-a')).toBe(true)
  })

  test('a waiting playlist holds nobody up, and can be taken back', async () => {
    const peer = await connect()
    peer.ask({ id: 1, path: '/wait' })
    peer.ask({ id: 2, path: '/quick' })
    await soon()
    expect(peer.answers.map(({ id }) => id)).toEqual([2])
    peer.ask({ id: 1, cancel: true })
    await soon()
    expect(asked[0]?.signal?.aborted).toBe(true)
    expect(peer.answers).toHaveLength(1)
    peer.ask({ id: 1, path: '/again' })
    await soon()
    expect(peer.answers.at(-1)).toEqual({ id: 1, status: 200, text: '/again' })
  })

  test('too many waiting requests are refused one by one', async () => {
    const peer = await connect()
    for (let id = 0; id < 6; id++) peer.ask({ id, path: `/wait${id}` })
    await soon()
    expect(peer.answers).toEqual([
      { id: 4, status: 429, text: '' },
      { id: 5, status: 429, text: '' },
    ])
    expect(peer.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('everything outstanding is dropped when the page goes', async () => {
    const peer = await connect()
    peer.ask({ id: 1, path: '/wait' })
    await soon()
    peer.socket.terminate()
    await soon()
    expect(asked[0]?.signal?.aborted).toBe(true)
  })

  test('a reader that stops reading is cut off instead of filling the memory', async () => {
    const peer = await connect()
    peer.socket.pause()
    // Again and again, below the rate that would end it too: the system itself takes some megabytes.
    let id = 0
    await vi.waitFor(
      () => {
        peer.ask({ id: id++, path: '/big' })
        expect(sockets.clients.size).toBe(0)
      },
      { timeout: 10_000, interval: 60 },
    )
    peer.socket.terminate()
  })

  test.each<[string, string | Buffer]>([
    ['text that is no JSON', 'hello'],
    ['null', 'null'],
    ['an array', '[1]'],
    ['a missing id', '{"path":"/a"}'],
    ['an id that is no integer', '{"id":1.5,"path":"/a"}'],
    ['a negative id', '{"id":-1,"path":"/a"}'],
    ['an unknown field', '{"id":1,"path":"/a","x":1}'],
    ['path and cancel', '{"id":1,"path":"/a","cancel":true}'],
    ['a prototype key', '{"id":1,"path":"/a","__proto__":{}}'],
    ['a path that is an object', '{"id":1,"path":{}}'],
    ['a path too long', JSON.stringify({ id: 1, path: `/${'a'.repeat(600)}` })],
    ['a message too long', ' '.repeat(5000)],
    ['binary', Buffer.from('{"id":1,"path":"/a"}')],
  ])('%s ends the connection', async (_what, message) => {
    const peer = await connect()
    peer.socket.send(message)
    expect(await peer.closed).toBe(1008)
    expect(asked).toHaveLength(0)
  })

  test('an id in use and a flood end the connection', async () => {
    const twice = await connect()
    twice.ask({ id: 1, path: '/wait' })
    twice.ask({ id: 1, path: '/a' })
    expect(await twice.closed).toBe(1008)
    const flood = await connect()
    for (let id = 0; id < 60; id++) flood.ask({ id, path: '/a' })
    expect(await flood.closed).toBe(1008)
  })
})
