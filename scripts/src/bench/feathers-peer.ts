/** Peer of the push: Feathers 5 (Koa and Socket.IO, as its own generator makes it), each entry stored by the same fsync'd XADD and published to everybody. */
import { feathers } from '@feathersjs/feathers'
import { bodyParser, koa, rest } from '@feathersjs/koa'
import socketio from '@feathersjs/socketio'
import { Redis } from 'ioredis'
import { onJob } from './processes.ts'

export interface FeathersJob {
  readonly path: string
}

onJob(async ({ path }: FeathersJob) => {
  const redis = new Redis({ path })
  let seq = 0
  const service = {
    async create(data: object) {
      await redis.xadd('bench:feathers', '*', 'e', JSON.stringify(data))
      return { seq: ++seq, ...data }
    },
  }
  const app = koa<{ events: typeof service }>(feathers())
  app.use(bodyParser())
  app.configure(rest())
  app.configure(socketio())
  app.use('events', service)
  app.on('connection', (connection) => app.channel('everybody').join(connection))
  app.service('events').publish(() => app.channel('everybody'))
  const server = await app.listen(0, '127.0.0.1')
  // As in plain-ws-peer.ts: a connection that rests is kept.
  server.keepAliveTimeout = 0
  const at = server.address()
  return { base: `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`, pid: process.pid }
})
