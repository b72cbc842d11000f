/** Which stalls of the event loop make a server refuse. */
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { overload } from './overload.ts'
import { problems } from './problem.ts'

let app: FastifyInstance

beforeEach(async () => {
  app = Fastify()
  problems(app)
  await overload(app)
  app.get('/', () => 'well')
  await app.ready()
})
afterEach(() => app.close())

/** Holds the event loop, then gives its timers a turn. */
async function stall(milliseconds: number): Promise<void> {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  await new Promise((resolve) => setTimeout(resolve, 20))
}

test('given a stall of more than a second, when the next request comes, then it is answered', async () => {
  await stall(1_200)
  expect((await app.inject('/')).statusCode).toBe(200)
})

test('given a stall of more than three seconds, when the next request comes, then it is refused and told when to return', async () => {
  await stall(3_200)
  const { statusCode, headers, body } = await app.inject('/')
  expect([statusCode, headers['retry-after'], JSON.parse(body).code]).toEqual([503, '3', 'overloaded'])
})
