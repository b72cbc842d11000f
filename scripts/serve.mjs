/** `npm run serve`: the server for real use. No demo, no simulator; what would be unsafe is refused with a sentence. */
import { main, Sorry } from './prepare/command.mjs'
import { ending } from './prepare/lifetime.mjs'
import { dataDir } from './prepare/place.mjs'
import { stopIdleRedis } from './prepare/private-redis.mjs'
import { say } from './prepare/progress.mjs'
import { address, checkPort, untilReady } from './prepare/ready.mjs'
import { serverArguments } from './prepare/server.mjs'
import { supervise } from './prepare/supervise.mjs'
import { prepare } from './prepare.mjs'

const { DEMO, SIMULATOR, HOST, PUBLIC_URL, TRUSTED_PROXIES } = process.env
const loopback = !HOST || HOST === 'localhost' || HOST === '::1' || /^127\./.test(HOST)

function refuseUnsafe() {
  if (DEMO === '1') throw new Sorry('DEMO=1 is for `npm start` only: a demo city with passwords in a file has no place in real use.')
  if (SIMULATOR === '1') throw new Sorry('SIMULATOR=1 is for `npm start` only: invented reports have no place in real use.')
  if (!loopback && !PUBLIC_URL?.startsWith('https://'))
    throw new Sorry(`HOST=${HOST} listens to the network without TLS: put a TLS proxy in front and set PUBLIC_URL to its https address.`)
  if (!loopback && !TRUSTED_PROXIES)
    throw new Sorry(
      `HOST=${HOST} needs TRUSTED_PROXIES, the address of the proxy in front: without it every caller seems to be that proxy.`,
    )
}

main(async () => {
  refuseUnsafe()
  await checkPort()
  await prepare()
  const env = { ...process.env, NODE_ENV: 'production', DATA_DIR: dataDir(), DEMO: '0', SIMULATOR: '0' }
  let server
  const failed = new Promise((gaveUp) => {
    server = supervise({ name: 'server', args: serverArguments, env, gaveUp })
  })
  const ended = new Promise((done) => (ending.aborted ? done() : ending.addEventListener('abort', done)))
  const base = address()
  untilReady(base).then((ready) => {
    if (ready)
      say(
        `Orchid Watch 兰哨 serves ${PUBLIC_URL || base}\nThe first account is made with: npm run admin -- account add <account> system-admin <area>`,
      )
  })
  const sentence = await Promise.race([ended, failed])
  await server.stop(9_000)
  if (!process.env.REDIS_URL) await stopIdleRedis()
  if (!ending.aborted) throw new Sorry(sentence)
  return 0
})
