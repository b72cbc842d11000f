/** Lets one process at a time prepare a checkout. An abstract unix socket is the lock: the kernel frees it with its owner, however that ends. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { Sorry } from './command.mjs'
import { ending, pause } from './lifetime.mjs'
import { root } from './place.mjs'
import { say } from './progress.mjs'

const AGAIN = 200

/** Runs `work` while no other process runs it under this lock. */
export async function alone(work) {
  // Other systems have no abstract sockets; there a developer takes care himself.
  if (process.platform !== 'linux') return work()
  const name = `\0orchid-watch-prepare-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`
  let waiting = false
  let server = await take(name)
  while (!server) {
    if (ending.aborted) throw new Sorry('stopped')
    if (!waiting) say('  another command is preparing this checkout; waiting for it')
    waiting = true
    await pause(AGAIN)
    server = await take(name)
  }
  try {
    return await work()
  } finally {
    server.close()
  }
}

function take(name) {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? done(undefined) : fail(error)))
    server.listen(name, () => done(server))
  })
}
