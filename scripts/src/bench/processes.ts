/** Starts the processes of a benchmark and ends them all, whatever happens. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startEmbeddedRedis } from '@orchid/server/journal/embedded-redis'
import { Redis } from 'ioredis'

const running = new Set<ChildProcess>()
const folders = new Set<string>()
/** What stops a Redis that is no child of ours by name. */
const stops = new Set<() => Promise<void>>()

/** A temporary folder that `endAll` removes. */
export function folder(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `orchid-bench-${name}-`))
  folders.add(path)
  return path
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const at = server.address()
      server.close(() => resolve(typeof at === 'object' && at ? at.port : 0))
    })
  })
}

function keep(child: ChildProcess): ChildProcess {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends a process in good order, after 5 s by force. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(force)
}

export async function endAll(): Promise<void> {
  await Promise.all([...running].map((child) => end(child)))
  await Promise.all([...stops].map((stop) => stop()))
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  folders.clear()
}

/** As the product starts its server. */
export const USUAL_FLAGS: readonly string[] = JSON.parse(readFileSync(new URL('../../../server/node-flags.json', import.meta.url), 'utf8'))
/** Node flags of a process under test: the usual ones, and those of BENCH_NODE_FLAGS, e.g. `--cpu-prof`. */
const flags = (): string[] => [...USUAL_FLAGS, ...(process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean)]

/** Runs one of our own scripts (a file beside this one), with flags of Node's, until it sends its first message. */
export async function startPeer<Job, Ready>(
  file: string,
  job: Job,
  execArgv: readonly string[] = [],
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = keep(
    fork(fileURLToPath(new URL(file, import.meta.url)), { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  )
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready`)))
  })
  child.send(job as object)
  return { child, ready: await ready }
}

/** Runs one of our own scripts with a job to its answer. */
export async function runPeer<Job, Answer>(file: string, job: Job, execArgv: readonly string[] = []): Promise<Answer> {
  const { child, ready } = await startPeer<Job, Answer>(file, job, execArgv)
  await end(child)
  return ready
}

/** In a script started by the functions above: takes the job and answers with what `work` gives. */
export function onJob<Job>(work: (job: Job) => Promise<object>): void {
  process.once('disconnect', () => process.exit(0))
  process.once('message', (job) => {
    work(job as Job).then(
      (answer) => process.send?.(answer),
      (error: Error) => {
        process.stderr.write(`${error.stack}\n`)
        process.exit(1)
      },
    )
  })
}

export interface PrivateRedis {
  readonly url: string
  /** Of its unix socket. */
  readonly path: string
  stop(): Promise<void>
}

/** The product's own private Redis (fsync before each reply) in a folder of the benchmark. It does not rewrite its file meanwhile, which would hit one measurement and spare another. */
export async function startRedis(dataDir: string): Promise<PrivateRedis> {
  const embedded = await startEmbeddedRedis({ dataDir, log: console })
  const { url } = embedded
  const path = url.slice('unix://'.length)
  const stop = async (): Promise<void> => {
    stops.delete(stop)
    await embedded.stop()
  }
  stops.add(stop)
  const redis = new Redis({ path })
  await redis.config('SET', 'auto-aof-rewrite-percentage', '0')
  redis.disconnect()
  return { url, path, stop }
}

export interface Server {
  readonly base: string
  readonly pid: number
  /** Milliseconds from the start of the process to the first 200 of /readyz. */
  readonly readyMs: number
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../../../server/dist/bundle/main.js', import.meta.url))

/** The product's server process on a free port, until it is ready. */
export async function startServer(
  dataDir: string,
  redisUrl: string,
  { readyWithin = 120_000, env = {} }: { readyWithin?: number; env?: Readonly<Record<string, string>> } = {},
): Promise<Server> {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const started = performance.now()
  const child = keep(
    spawn(process.execPath, [...flags(), MAIN], {
      // Warnings of the product are seen beside the figures.
      stdio: ['ignore', 2, 2],
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(port),
        DATA_DIR: dataDir,
        REDIS_URL: redisUrl,
        INTAKE_LIMIT: '1000000/10000000',
        DEMO: '0',
        ...env,
      },
    }),
  )
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} before it was ready`)
    if (performance.now() - started > readyWithin) throw new Error(`the server was not ready within ${readyWithin / 1000} s`)
    const ready = await fetch(`${base}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) break
    await sleep(20)
  }
  return { base, pid: child.pid as number, readyMs: performance.now() - started, stop: () => end(child) }
}

const GATEWAY = fileURLToPath(new URL('../../../server/dist/bundle/gateway-main.js', import.meta.url))

/** A process of the stream gateway for a server with GATEWAY=processes, until it listens. */
export async function startGateway(
  dataDir: string,
  redisUrl: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly pid: number; stop(): Promise<void> }> {
  const child = keep(
    spawn(process.execPath, [...flags(), GATEWAY], {
      stdio: ['ignore', 'pipe', 2],
      env: { ...process.env, DATA_DIR: dataDir, REDIS_URL: redisUrl, GATEWAY_URL: 'https://127.0.0.1:0', ...env },
    }),
  )
  await new Promise<void>((ready, fail) => {
    child.once('exit', (code) => fail(new Error(`the gateway ended with ${code} before it was ready`)))
    child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes('ready ')) ready()
    })
  })
  return { pid: child.pid as number, stop: () => end(child) }
}
