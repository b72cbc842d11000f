/** The product's private Redis as the victim: its process, whether it answers, and killing or stopping it. Its keeper starts it again. */
import { readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PrivateRedis } from '../bench/processes.ts'

const BACK_WITHIN = 60_000

export class Victim {
  kills = 0
  hangs = 0
  readonly #redis: PrivateRedis
  readonly #pidFile: string
  #stopped = false
  #killed = 0

  constructor(redis: PrivateRedis, dataDir: string) {
    this.#redis = redis
    this.#pidFile = join(dataDir, 'redis', 'redis.pid')
  }

  get pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'))
  }

  kill(): void {
    this.kills++
    this.#killed = this.pid
    process.kill(this.#killed, 'SIGKILL')
  }

  /** Leaves it alive and connected, but without a stroke of work. */
  hang(): void {
    this.hangs++
    this.#stopped = true
    process.kill(this.pid, 'SIGSTOP')
  }

  wakeUp(): void {
    if (this.#stopped) process.kill(this.pid, 'SIGCONT')
    this.#stopped = false
  }

  /** Settles when it, or the one started in its place, answers PONG: so when it has read its whole file. */
  async back(): Promise<void> {
    for (const until = performance.now() + BACK_WITHIN; this.pid === this.#killed || !(await this.#answers()); await sleep(10))
      if (performance.now() > until) throw new Error(`Redis did not answer within ${BACK_WITHIN / 1000} s`)
  }

  async stop(): Promise<void> {
    this.wakeUp()
    await this.#redis.stop()
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const connection = createConnection(this.#redis.path)
      const end = (answer: boolean): void => {
        connection.destroy()
        resolve(answer)
      }
      connection.setTimeout(500, () => end(false))
      connection.on('error', () => end(false))
      connection.on('connect', () => connection.write('PING\r\n'))
      connection.on('data', (data) => end(data.toString('latin1').startsWith('+PONG')))
    })
  }
}
