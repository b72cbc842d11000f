/** `npm start`: prepares the machine, loads the demo city once, keeps server and simulator running, and prints where to look. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { killGroup, main, Sorry } from './prepare/command.mjs'
import { ending } from './prepare/lifetime.mjs'
import { dataDir, inRoot } from './prepare/place.mjs'
import { stopIdleRedis } from './prepare/private-redis.mjs'
import { say } from './prepare/progress.mjs'
import { address, checkPort, untilReady } from './prepare/ready.mjs'
import { serverArguments } from './prepare/server.mjs'
import { supervise } from './prepare/supervise.mjs'
import { prepare } from './prepare.mjs'

const access = join(dataDir(), 'demo-access.json')
const base = address()
const env = { ...process.env, DATA_DIR: dataDir(), DEMO: process.env.DEMO || '1', ORCHID_URL: base }
const simulated = env.DEMO === '1' && process.env.SIMULATOR !== '0'

/** The loader writes the access file last, so its absence means that nothing, or not all, was loaded. */
function loadDemo() {
  if (existsSync(access) || ending.aborted) return
  say('Loading the demo city …')
  const loader = spawn(process.execPath, [inRoot('scripts/dist/demo/load.js')], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  ending.addEventListener('abort', () => killGroup(loader.pid, 'SIGTERM'))
  return new Promise((done, fail) => {
    loader.once('error', fail)
    loader.once('exit', (code) =>
      code === 0 || ending.aborted ? done() : fail(new Sorry('The demo city could not be loaded; the reason stands above.')),
    )
  })
}

/** What the loader wrote, with the wall's address put right when the server is now found elsewhere (another PORT, HOST or PUBLIC_URL). */
function demoAccess() {
  const kept = JSON.parse(readFileSync(access, 'utf8'))
  const wallUrl = `${process.env.PUBLIC_URL?.replace(/\/$/, '') || base}/wall${new URL(kept.wallUrl).hash}`
  if (wallUrl !== kept.wallUrl) {
    // Whole or not at all: the passwords in it cannot be made again.
    writeFileSync(`${access}.new`, `${JSON.stringify({ ...kept, wallUrl }, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${access}.new`, access)
  }
  return { ...kept, wallUrl }
}

function welcome() {
  const demo = env.DEMO === '1' ? demoAccess() : undefined
  say(`
Orchid Watch 兰哨 is ready.
  Wall       ${demo ? demo.wallUrl : `${base}/wall`}
  Sign in    ${base}/sign-in
  API        ${base}/docs`)
  if (!demo) return
  const grid = /"(330781\d{9})"/.exec(JSON.stringify(demo))?.[1]
  say(`  Accounts and tokens of the demo: ${access}

Report a hazard:
  TOKEN=$(node -p "JSON.parse(fs.readFileSync('${access}')).tokens.find((t) => t.name === 'intake').token")
  curl ${base}/api/patrol/events -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
    -d '{"id":"hello-1","kind":"hazard","grid":"${grid ?? '<15 digits>'}","occurredAt":"'$(date -Iseconds)'","level":"red","title":"消防通道被占用"}'

Ctrl-C stops everything.`)
}

main(async () => {
  await checkPort()
  await prepare()
  const kept = []
  let trouble
  const keep = (name, args) => {
    const failed = new Promise((gaveUp) => kept.push(supervise({ name, args, env, gaveUp })))
    return failed.then((sentence) => (trouble ??= sentence))
  }
  const ended = new Promise((done) => (ending.aborted ? done() : ending.addEventListener('abort', done)))
  try {
    if (env.DEMO === '1') await loadDemo()
    if (ending.aborted) return 0
    const serverFailed = keep('server', serverArguments)
    const ready = await Promise.race([untilReady(base), serverFailed.then(() => false)])
    if (ready) {
      welcome()
      // The wall goes on without traffic; that alone is no reason to stop.
      if (simulated) keep('simulator', [inRoot('scripts/dist/simulator/main.js')]).then((sentence) => say(sentence))
      await Promise.race([ended, serverFailed])
    }
  } finally {
    if (ending.aborted) say('Stopping …')
    const [server, simulator] = kept
    await simulator?.stop(1_000)
    await server?.stop(8_000)
    if (!process.env.REDIS_URL) await stopIdleRedis()
  }
  if (!ending.aborted && trouble) throw new Sorry(trouble)
  return 0
})
