/** The last look around: a server that was killed could not stop its private Redis; if nobody else uses it, we do. */
import { existsSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { dataDir } from './place.mjs'

const PATIENCE = 1_000

const quietly = (read) => {
  try {
    return read()
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return ''
    throw error
  }
}

/** Stops the private Redis of DATA_DIR unless it has clients. Settles when it is gone or was left alone. */
export async function stopIdleRedis() {
  const dir = join(dataDir(), 'redis')
  const pid = Number(quietly(() => readFileSync(join(dir, 'redis.pid'), 'utf8')).trim())
  const command = () => (pid > 1 ? quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1')) : '')
  if (!command().includes('redis-server') || !command().includes(dir)) return
  // Once it runs, Redis puts `redis-server unixsocket:<path>` in the place of its arguments.
  const socket = /unixsocket[:\0](.*?\.sock)/.exec(command())?.[1]
  if (socket && existsSync(socket) && (await clients(socket)) > 0) return
  process.kill(pid, 'SIGTERM')
  for (const until = Date.now() + PATIENCE; command() && Date.now() < until; ) await new Promise((done) => setTimeout(done, 20))
}

/** How many others are connected. A Redis that does not answer counts as idle. */
function clients(socket) {
  return new Promise((done) => {
    let text = ''
    const connection = createConnection(socket)
    const end = (count) => {
      connection.destroy()
      done(count)
    }
    connection.setTimeout(PATIENCE, () => end(0)).on('error', () => end(0))
    connection.setEncoding('utf8').on('connect', () => connection.write('CLIENT LIST\r\n'))
    connection.on('data', (more) => {
      text += more
      const size = Number(/^\$(\d+)\r\n/.exec(text)?.[1])
      if (Buffer.byteLength(text) >= size) end((text.match(/(?:^|\n)id=/g) ?? []).length - 1)
    })
  })
}
