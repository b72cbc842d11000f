/** `npm run gateway`: one process of the stream gateway, for servers started with GATEWAY=processes. */
import { main, Sorry } from './prepare/command.mjs'
import { ending } from './prepare/lifetime.mjs'
import { dataDir } from './prepare/place.mjs'
import { gatewayArguments } from './prepare/server.mjs'
import { supervise } from './prepare/supervise.mjs'
import { prepare } from './prepare.mjs'

main(async () => {
  await prepare()
  const env = { ...process.env, NODE_ENV: 'production', DATA_DIR: dataDir() }
  let gateway
  const failed = new Promise((gaveUp) => {
    gateway = supervise({ name: 'gateway', args: gatewayArguments, env, gaveUp })
  })
  const ended = new Promise((done) => (ending.aborted ? done() : ending.addEventListener('abort', done)))
  const sentence = await Promise.race([ended, failed])
  await gateway.stop(9_000)
  if (!ending.aborted) throw new Sorry(sentence)
  return 0
})
