/** One server node of the product in a process of its own, started again whenever it ends, as the supervisor of `npm start` does. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../bench/processes.ts'

const MAIN = fileURLToPath(new URL('../../../server/dist/bundle/main.js', import.meta.url))
const PAUSE = 150
const READY_WITHIN = 60_000
/** A planned stop must end by itself within this time. */
const STOP_WITHIN = 10_000

export class Node {
  readonly name: string
  readonly port: number
  /** What it writes: warnings and defects of the product, one JSON a line. */
  readonly logFile: string
  kills = 0
  stops = 0
  readonly problems: string[] = []
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #asked = false
  #stopping = false
  #running: Promise<void> = Promise.resolve()

  private constructor(name: string, port: number, logFile: string, env: NodeJS.ProcessEnv) {
    this.name = name
    this.port = port
    this.logFile = logFile
    this.#env = env
  }

  static async start({
    name,
    dataDir,
    redisUrl,
    env: more,
  }: {
    name: string
    dataDir: string
    redisUrl: string
    env: NodeJS.ProcessEnv
  }): Promise<Node> {
    const port = await freePort()
    const env = {
      ...process.env,
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      REDIS_URL: redisUrl,
      DEMO: '0',
      LOG_LEVEL: 'warn',
      NODE_ID: name,
      ...more,
    }
    const node = new Node(name, port, join(dataDir, 'server.log'), env)
    node.#running = node.#keep()
    await node.back()
    return node
  }

  get pid(): number | undefined {
    return this.lives ? this.#child?.pid : undefined
  }

  get lives(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** SIGKILL; settles when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.kills++
    this.#asked = true
    child?.kill('SIGKILL')
    while (child && child.exitCode === null && child.signalCode === null) await sleep(5)
  }

  /** SIGTERM; settles when the process has ended and another one been started. */
  async restart(): Promise<void> {
    const child = this.#child as ChildProcess
    this.stops++
    this.#asked = true
    const from = performance.now()
    child.kill('SIGTERM')
    while (this.#child === child) {
      if (performance.now() - from > STOP_WITHIN && this.lives) {
        this.problems.push(`${this.name} had not stopped ${STOP_WITHIN / 1000} s after SIGTERM`)
        child.kill('SIGKILL')
      }
      await sleep(20)
    }
    if (child.exitCode !== 0) this.problems.push(`${this.name} ended with ${child.exitCode ?? child.signalCode} after SIGTERM`)
  }

  /** Settles when it serves: its journal answers and its tables have caught up. */
  async back(): Promise<void> {
    for (const until = performance.now() + READY_WITHIN; ; await sleep(20)) {
      const ready = await fetch(`http://127.0.0.1:${this.port}/readyz`, { signal: AbortSignal.timeout(3_000) }).then(
        (response) => response.ok,
        () => false,
      )
      if (ready) return
      if (performance.now() > until) throw new Error(`${this.name} was not ready within ${READY_WITHIN / 1000} s; see ${this.logFile}`)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child && this.lives) {
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN)
      await this.#running
      clearTimeout(force)
    }
    await this.#running
  }

  async #keep(): Promise<void> {
    while (!this.#stopping) {
      const log = openSync(this.logFile, 'a', 0o600)
      // A process group of its own: Ctrl-C reaches us only. It ends by itself should we die.
      const child = spawn(process.execPath, [MAIN], { stdio: ['ignore', log, log], env: this.#env, detached: true })
      closeSync(log)
      this.#asked = false
      this.#child = child
      await new Promise((resolve) => {
        child.once('exit', resolve)
        child.once('error', resolve)
      })
      if (this.#stopping) return
      if (!this.#asked) this.problems.push(`${this.name} ended by itself with ${child.exitCode ?? child.signalCode}`)
      await sleep(PAUSE)
    }
  }
}
