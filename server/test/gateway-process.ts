/** A gateway process for tests, from the sources as they are. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtProgram } from '../src/adapters/video/testing/built-program.ts'
import { CITY } from './city.ts'
import { until } from './http.ts'
import type { Ground } from './product.ts'

/** Built once for all that run on one ground. */
const programs = new WeakMap<Ground, Promise<string>>()
const programOf = (on: Ground): Promise<string> => {
  const built = programs.get(on) ?? builtProgram('gateway-main.ts', mkdtempSync(join(on.dataDir, 'program-')))
  programs.set(on, built)
  return built
}

export interface GatewayChild {
  readonly name: string
  readonly url: string
  readonly pid: number
  /** Lines of its log. */
  readonly said: () => string
  signal(signal: NodeJS.Signals): void
  /** Process ids of what it started. */
  children(): Promise<number[]>
  /** In good order. */
  stop(): Promise<void>
}

/** Starts one on the ground's Redis and waits until it is ready. */
export async function startGatewayProcess(on: Ground, name: string, env: Readonly<Record<string, string>> = {}): Promise<GatewayChild> {
  const dataDir = mkdtempSync(join(on.dataDir, `${name}-`))
  copyFileSync(join(on.dataDir, 'journal.key'), join(dataDir, 'journal.key'))
  const { child, output } = spawnGateway(await programOf(on), {
    DATA_DIR: dataDir,
    REDIS_URL: on.redisUrl,
    CITY,
    NODE_ID: name,
    GATEWAY_URL: 'https://127.0.0.1:0',
    ...env,
  })
  const url = await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}: ${output()}`)
      return /^ready (\S+)$/m.exec(output())?.[1]
    },
    25_000,
    () => `the gateway is not ready: ${output()}`,
  )
  const pid = child.pid as number
  return {
    name,
    url,
    pid,
    said: output,
    signal: (signal) => void child.kill(signal),
    children: () => childrenOf(pid),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await until(() => child.exitCode !== null || child.signalCode !== null, 12_000, 'the gateway does not stop')
    },
  }
}

/** Runs one that is expected to refuse; gives its exit code and words. */
export async function refusedGateway(on: Ground, env: Readonly<Record<string, string>>): Promise<{ code: number | null; said: string }> {
  const { child, output } = spawnGateway(await programOf(on), env)
  await new Promise((done) => child.once('exit', done))
  return { code: child.exitCode, said: output() }
}

function spawnGateway(program: string, env: Readonly<Record<string, string>>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', CAMERA_ROUND_MINUTES: '0', CAMERA_PICTURES_PER_MINUTE: '0', ...env },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return { child, output: () => said }
}

/** Children of a process by what the kernel says of all. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')))
  return pids.filter((_, i) => Number(/^\d+ \(.*\) \S (\d+) /s.exec(stats[i] ?? '')?.[1]) === parent).map(Number)
}
