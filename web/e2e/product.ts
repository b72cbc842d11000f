/** Starts the product for the journeys: the demo city without simulator, on a free port, in a folder of its own; a copy for each journey that wants one. Stops all of it afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endLeftOvers, folderOf, removeWithRedis } from './left-overs.ts'

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  return port
}

async function run(script: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [inRoot(script)], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${script} ended with ${code}`)
}

async function startProgram(script: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const program = spawn(process.execPath, [inRoot(script)], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const chunk of program.stdout ?? []) if (String(chunk).includes('ready ')) break
  if (program.exitCode !== null) throw new Error(`${script} ended with ${program.exitCode}`)
  return program
}

/**
 * The server process on its data; resolves when it serves. Unless `env` says so it opens no camera ahead of need: eight drawn pictures that nobody
 * looks at take as much as an open wall.
 */
export const startServer = (env: NodeJS.ProcessEnv): Promise<ChildProcess> =>
  startProgram('server/dist/bundle/main.js', { CAMERAS_AHEAD: '0', ...env })

/** A gateway process beside that server, on the server's own Redis, with data of its own in `name`; resolves when servers may ask it. */
export async function startGateway(env: NodeJS.ProcessEnv, name: string): Promise<ChildProcess> {
  const dataDir = join(env.DATA_DIR as string, name)
  await mkdir(dataDir, { mode: 0o700 })
  await cp(join(env.DATA_DIR as string, 'journal.key'), join(dataDir, 'journal.key'))
  const redis = `unix://${join(env.DATA_DIR as string, 'redis', 'redis.sock')}`
  return startProgram('server/dist/bundle/gateway-main.js', {
    ...{ ...env, DATA_DIR: dataDir, REDIS_URL: redis, NODE_ID: name, GATEWAY_URL: 'https://127.0.0.1:0' },
  })
}

export const startSimulator = (env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [inRoot('scripts/dist/simulator/main.js')], { env, stdio: ['ignore', 'ignore', 'inherit'] })

/** Ends a process, whatever state a test left it in. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  await ended
}

export interface Demo {
  readonly dataDir: string
  readonly base: string
  /** Environment of its processes. */
  readonly env: NodeJS.ProcessEnv
  remove(): Promise<void>
}

async function emptyFolder(): Promise<{ dataDir: string; base: string; env: NodeJS.ProcessEnv }> {
  const dataDir = await mkdtemp(join(tmpdir(), folderOf(process.pid)))
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    HOST: '127.0.0.1',
    DEMO: '1',
    REDIS_URL: '',
    PUBLIC_URL: '',
    // A picture that nobody looks at any more costs the journeys that go on as much as one that is seen.
    CAMERA_IDLE_SECONDS: '4',
    ORCHID_URL: base,
  }
  return { dataDir, base, env }
}

/** The demo city as it was loaded and stopped, once for all journeys. */
async function loadOnce(): Promise<string> {
  const { dataDir, env } = await emptyFolder()
  await run('scripts/dist/demo/load.js', env)
  // Its stop leaves a snapshot and no process.
  await end(await startServer(env))
  return dataDir
}

/** The demo city in a folder of its own, with a free port for its server; nothing runs yet. */
export async function loadDemo(): Promise<Demo> {
  const loaded = process.env.E2E_LOADED ?? ''
  const { dataDir, base, env } = await emptyFolder()
  await cp(loaded, dataDir, { recursive: true })
  const access = join(dataDir, 'demo-access.json')
  await writeFile(access, (await readFile(access, 'utf8')).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, base))
  return { dataDir, base, env, remove: () => removeWithRedis(dataDir) }
}

export default async function globalSetup(): Promise<() => Promise<void>> {
  await endLeftOvers(tmpdir())
  const loaded = await loadOnce()
  process.env.E2E_LOADED = loaded
  const demo = await loadDemo()
  const server = await startServer(demo.env)
  process.env.E2E_DATA_DIR = demo.dataDir
  process.env.E2E_BASE = demo.base
  return async () => {
    await end(server)
    await demo.remove()
    await removeWithRedis(loaded)
  }
}
