/** A planned stop: what is under way, and what still comes on an open connection, is answered in full. */
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gridsOf } from './city.ts'
import { entry, until } from './http.ts'
import { type Product, startProduct } from './product.ts'

let product: Product

beforeAll(async () => {
  product = await startProduct()
})
afterAll(() => product.close())

test('a request sent on an open connection during the stop is stored like the one before it', async () => {
  const token = await product.token('intake')
  const grid = gridsOf()[0] as string
  const request = (): string => {
    const body = JSON.stringify(entry(grid))
    const head = ['POST /api/patrol/events HTTP/1.1', 'host: x', 'content-type: application/json', `authorization: Bearer ${token}`]
    return `${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  }
  const { server } = product.app.http
  const socket = connect(product.port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (text) => {
    received += text
  })
  const ended = new Promise((resolve) => socket.once('close', resolve))
  const [first, second] = [Buffer.from(request()), Buffer.from(request())]
  const begun = new Promise((resolve) => server.once('request', resolve))
  socket.write(first.subarray(0, first.length - 10))
  await begun
  const restarted = product.restart()
  await until(() => !server.listening, 5_000, 'the server still takes connections')
  socket.write(Buffer.concat([first.subarray(first.length - 10), second]))
  await ended
  await restarted
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 201', 'HTTP/1.1 201'])
  expect(received.match(/"status":"stored"/g)).toHaveLength(2)
})

test('a connection that never asked anything, as browsers keep one ready, and one whose request never ends hold up no stop', async () => {
  const silent = connect(product.port, '127.0.0.1')
  const slow = connect(product.port, '127.0.0.1')
  const ended = Promise.all(
    [silent, slow].map((socket) => new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve))),
  )
  const begun = new Promise((resolve) => product.app.http.server.once('request', resolve))
  slow.write('POST /api/patrol/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n')
  slow.write(`authorization: Bearer ${await product.token('intake')}\r\ncontent-length: 100\r\n\r\n{`)
  await begun
  await product.restart()
  await ended
})
