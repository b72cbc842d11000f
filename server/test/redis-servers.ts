/** Redis servers started by hand in whatever mode a test needs, on free ports, in one folder that goes with them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisProgram } from '../src/journal/embedded-redis.ts'
import { until } from './http.ts'
import { straight } from './redis.ts'

export interface Started {
  readonly port: number
  /** As kill -9. */
  kill(): void
}

export interface Servers {
  readonly dir: string
  /** Writes a file into the folder. */
  write(name: string, text: string): string
  /** A port that was free a moment ago. */
  port(): Promise<number>
  /** Starts one with these settings and waits until it listens. */
  start(settings: Readonly<Record<string, string>>): Promise<Started>
  startSentinel(name: string, master: number): Promise<Started>
  startCluster(masters: number, settings: Readonly<Record<string, string>>): Promise<Started[]>
  /** One command to the server at a port. */
  ask(port: number, command: string, ...args: string[]): Promise<unknown>
  close(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })

const isListening = async (port: number): Promise<boolean> => {
  const { connect } = await import('node:net')
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true))
    socket.once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}

export function startServers(): Servers {
  const dir = mkdtempSync(join(tmpdir(), 'orchid-redis-'))
  const children: ChildProcess[] = []
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const run = async (args: string[], port: number): Promise<Started> => {
    const child = spawn(redisProgram(), args, { argv0: 'redis-server', cwd: dir, stdio: 'ignore' })
    children.push(child)
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}: ${args.join(' ')}`)
        return isListening(port)
      },
      10_000,
      `nothing listens on ${port}`,
    )
    return { port, kill: () => child.kill('SIGKILL') }
  }
  const ask = (port: number, command: string, ...args: string[]): Promise<unknown> =>
    straight(`redis://127.0.0.1:${port}`, (redis) => redis.call(command, ...args))

  async function start(settings: Readonly<Record<string, string>>): Promise<Started> {
    const port = Number(settings['tls-port'] ?? (await freePort()))
    const folder = join(dir, String(port))
    mkdirSync(folder)
    const all = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', ...settings }
    return run(
      Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...value.split(' ')]),
      port,
    )
  }

  return {
    dir,
    write,
    port: freePort,
    start,
    async startSentinel(name, master) {
      const port = await freePort()
      const lines = [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${dir}`,
        `sentinel monitor ${name} 127.0.0.1 ${master} 1`,
        `sentinel down-after-milliseconds ${name} 1000`,
        `sentinel failover-timeout ${name} 5000`,
      ]
      return run([write(`sentinel-${port}.conf`, `${lines.join('\n')}\n`), '--sentinel'], port)
    },
    async startCluster(masters, settings) {
      const nodes: Started[] = []
      const buses: number[] = []
      for (let i = 0; i < masters; i++) {
        const bus = await freePort()
        buses.push(bus)
        nodes.push(
          await start({ ...settings, 'cluster-enabled': 'yes', 'cluster-port': String(bus), 'cluster-config-file': `nodes-${i}.conf` }),
        )
      }
      for (const [i, { port }] of nodes.entries()) {
        const [from, to] = [i, i + 1].map((n) => Math.floor((n * 16_384) / masters)) as [number, number]
        await ask(port, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to - 1))
        if (i > 0) await ask(port, 'CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port), String(buses[0]))
      }
      for (const { port } of nodes)
        await until(
          async () => {
            const info = String(await ask(port, 'CLUSTER', 'INFO'))
            return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${masters}`)
          },
          20_000,
          'the cluster did not form',
        )
      return nodes
    },
    ask,
    async close() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const ended = new Promise((done) => child.once('exit', done))
        child.kill('SIGKILL')
        await ended
      }
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
