/** Prepares, then runs one of the commands in scripts/src with the rest of the arguments: `node scripts/run.mjs <name> [args]`. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { main, Sorry } from './prepare/command.mjs'
import { ending } from './prepare/lifetime.mjs'
import { dataDir, inRoot } from './prepare/place.mjs'
import { stopIdleRedis } from './prepare/private-redis.mjs'
import { prepare } from './prepare.mjs'

const [name = '', ...args] = process.argv.slice(2)
const program = (of) => inRoot('scripts/dist', of, 'main.js')

main(async () => {
  await prepare()
  if (!/^[a-z]+$/.test(name) || !existsSync(program(name))) {
    const known = readdirSync(inRoot('scripts/dist')).filter((folder) => existsSync(program(folder)))
    throw new Sorry(`There is no command "${name}"; there are: ${known.join(', ')}.`)
  }
  if (ending.aborted) return 0
  // It stays in the terminal's foreground group, so that it may ask for a password; Ctrl-C therefore reaches it without us.
  const child = spawn(process.execPath, [program(name), ...args], { env: { ...process.env, DATA_DIR: dataDir() }, stdio: 'inherit' })
  ending.addEventListener('abort', () => child.kill('SIGTERM'))
  const code = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', done)
  })
  if (!process.env.REDIS_URL) await stopIdleRedis()
  return code ?? 1
})
