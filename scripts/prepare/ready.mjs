/** Where the server is reached from this machine, and when it can serve. */
import { get } from 'node:http'
import { createServer } from 'node:net'
import { Sorry } from './command.mjs'
import { ending, pause } from './lifetime.mjs'

const EVERY = 50
const PATIENCE = 2_000
/** An earlier server may still be saying goodbye. */
const PORT_PATIENCE = 3_000

/** Address without a trailing slash, e.g. `http://127.0.0.1:7760`; for a HOST that means every interface, the loopback one. */
export function address({ HOST = '127.0.0.1', PORT = '7760' } = process.env) {
  const host = HOST === '0.0.0.0' ? '127.0.0.1' : HOST === '::' ? '::1' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

/** Throws Sorry when another program listens where the server is to listen: asked early, and so that its answers are not taken for ours. */
export async function checkPort({ HOST = '127.0.0.1', PORT = '7760' } = process.env) {
  if (!/^[1-9]\d{0,4}$/.test(PORT) || Number(PORT) > 65_535) throw new Sorry(`PORT=${PORT} is no port: a number from 1 to 65535 is.`)
  for (const until = Date.now() + PORT_PATIENCE; !ending.aborted; await pause(100)) {
    const code = await tryListen(HOST, Number(PORT))
    if (code !== 'EADDRINUSE') return
    if (Date.now() > until)
      throw new Sorry(`Port ${PORT} is taken by another program. Stop it, or choose another port: PORT=7761 npm start`)
  }
}

/** Code of what went wrong; undefined when one could listen. What else may be wrong the server says better. */
const tryListen = (host, port) =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', (error) => done(error.code))
    server.listen({ host, port, exclusive: true }, () => server.close(() => done()))
  })

/** Settles with true when the server is ready, with false when the end comes before. */
export async function untilReady(base) {
  while (!ending.aborted) {
    if (await answers(`${base}/readyz`)) return true
    await pause(EVERY)
  }
  return false
}

const answers = (url) =>
  new Promise((done) => {
    const request = get(url, { timeout: PATIENCE }, (response) => {
      response.resume()
      done(response.statusCode === 200)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => done(false))
  })
