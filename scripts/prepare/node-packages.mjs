/** The packages of the workspace: pnpm into .tools, then exactly what the lock file says. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from './command.mjs'
import { inRoot, root, tools } from './place.mjs'
import { step } from './progress.mjs'
import { fingerprint, unlessDone } from './unchanged.mjs'

/** Newer lines of pnpm need Node 22. */
const PNPM = '10.34.9'
const rooms = ['shared', 'server', 'web', 'scripts']

export async function nodePackages() {
  const print = fingerprint(['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...rooms.map((room) => `${room}/package.json`)], PNPM)
  const results = ['node_modules/.modules.yaml', ...rooms.map((room) => `${room}/node_modules`)]
  await unlessDone('packages', print, results, () =>
    step('Node packages', async () => {
      const pnpm = await fetchPnpm()
      // Without a terminal pnpm would ask in vain whether it may replace an old node_modules.
      const asked = ['install', '--frozen-lockfile', '--reporter=append-only', '--config.confirm-modules-purge=false']
      await run(process.execPath, [pnpm, ...asked], { env: writableHome() })
    }),
  )
}

/** Path of pnpm's script. */
async function fetchPnpm() {
  const home = join(tools, 'node_modules', 'pnpm')
  const manifest = join(home, 'package.json')
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== PNPM) {
    mkdirSync(tools, { recursive: true })
    const quietly = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error']
    await run('npm', ['install', '--prefix', tools, ...quietly, `pnpm@${PNPM}`], { cwd: root, env: writableHome() })
  }
  const file = ['pnpm.cjs', 'pnpm.mjs'].map((name) => join(home, 'bin', name)).find(existsSync)
  if (!file) throw new Error(`pnpm ${PNPM} holds no program: ${readdirSync(home).join(' ')}`)
  return file
}

/** Service accounts often have a HOME that is not there or not theirs; then a folder of the checkout serves. */
function writableHome() {
  try {
    accessSync(homedir(), constants.W_OK)
    return process.env
  } catch {
    const home = join(tools, 'home')
    mkdirSync(home, { recursive: true })
    return { ...process.env, HOME: home }
  }
}

/** Script of a tool installed for a room, to be run with Node: no shell in between. */
export const tool = (room, path) => inRoot(room, 'node_modules', path)
