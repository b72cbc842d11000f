/** A private redis-server under DATA_DIR: fsync before every reply, on a unix socket only we may open, found again after a crash of ours, started again after one of its own. */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, link, mkdir, readdir, readFile, readlink, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

export interface EmbeddedRedis {
  /** `unix://…` for REDIS_URL. */
  readonly url: string
  /** Process id of the redis-server now. */
  pid(): number
  /** Shuts redis-server down and waits for its end. */
  stop(): Promise<void>
}

/** Longest path a unix socket address holds on Linux, less the terminating zero. */
const SOCKET_PATH = 107
const READY_WITHIN = 60_000
const WATCH_EVERY = 250
/** Of so many looks one reads whose the process is; for the others it is enough that one of that number lives. Reading four times a second was an eighth of an idle server's work. */
const READ_EVERY = 10
const STOP_WITHIN = 10_000

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** Starts or finds the redis-server of this DATA_DIR. Rejects with an Error of one clear sentence. */
export async function startEmbeddedRedis({
  dataDir,
  log,
}: {
  dataDir: string
  log: { warn(o: object, m: string): void }
}): Promise<EmbeddedRedis> {
  const dir = resolve(dataDir, 'redis')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const socket = await socketPath(dir)
  const place: Place = { dir, socket, pidFile: join(dir, 'redis.pid'), logFile: join(dir, 'redis.log'), lock: join(dir, 'start.lock') }
  await ensureRunning(place)

  let stopping = false
  let restarts = 0
  let known = (await livingPid(place)) ?? 0
  const watch = async (): Promise<void> => {
    for (let look = 1; !stopping; look++) {
      await sleep(WATCH_EVERY)
      if (stopping || (look % READ_EVERY > 0 && known > 0 && alive(known))) continue
      const living = await livingPid(place)
      if (living !== undefined) {
        // Another server of this folder may have started the next one already.
        known = living
        continue
      }
      log.warn({ restarts: ++restarts }, 'the private redis-server ended by itself; starting it again')
      try {
        await ensureRunning(place)
        known = (await livingPid(place)) ?? 0
      } catch (error) {
        log.warn({ err: error }, 'the private redis-server could not be started again; trying on')
        await sleep(Math.min(5_000, 250 * restarts))
      }
    }
  }
  const watching = watch()
  return {
    url: `unix://${socket}`,
    pid: () => known,
    async stop() {
      stopping = true
      await watching
      known = (await livingPid(place)) ?? 0
      if (!known) return
      signal(known, 'SIGTERM')
      const until = Date.now() + STOP_WITHIN
      // Only until this one has ended: another process that shares the directory may have started the next already.
      while ((await serversIn(place.dir)).includes(known)) {
        if (Date.now() > until) signal(known, 'SIGKILL')
        await sleep(20)
      }
    },
  }
}

interface Place {
  readonly dir: string
  readonly socket: string
  readonly pidFile: string
  readonly logFile: string
  readonly lock: string
}

/** DATA_DIR may be too deep for a socket address; then a directory of ours under the system's one for temporary files serves. */
async function socketPath(dir: string): Promise<string> {
  const near = join(dir, 'redis.sock')
  if (Buffer.byteLength(near) <= SOCKET_PATH) return near
  const short = join(tmpdir(), `orchid-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`)
  await mkdir(short, { recursive: true, mode: 0o700 })
  await chmod(short, 0o700)
  return join(short, 'redis.sock')
}

/** Only one process at a time may decide whether to start one: a second redis-server would take the socket from the first. */
async function ensureRunning(place: Place): Promise<void> {
  const release = await lock(place.lock)
  try {
    if ((await livingPid(place)) === undefined) await launch(place)
    await pong(place)
  } finally {
    await release()
  }
}

async function launch({ dir, socket, pidFile, logFile }: Place): Promise<void> {
  const until = Date.now() + READY_WITHIN
  // One that shuts down removes its pid file first and its socket last: it would take the next one's away.
  while ((await serversIn(dir)).length) {
    if (Date.now() > until) throw new Error(`the last redis-server in ${dir} does not end`)
    await sleep(20)
  }
  await rm(socket, { force: true })
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir,
    pidfile: pidFile,
    logfile: logFile,
    daemonize: 'no',
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
    'aof-use-rdb-preamble': 'yes',
    'auto-aof-rewrite-min-size': '256mb',
  }
  // A session of its own: neither Ctrl-C nor our crash reaches it.
  const child = spawn(
    redisProgram(),
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    { argv0: 'redis-server', detached: true, stdio: 'ignore', cwd: dir, env: { PATH: process.env.PATH } },
  )
  await new Promise<void>((done, fail) => {
    child.once('spawn', done)
    child.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new Error(
          error.code === 'ENOENT'
            ? 'redis-server is not installed. On Debian: apt-get install redis-tools. Or set REDIS_URL to a Redis of yours.'
            : `redis-server cannot be started: ${error.message}`,
        ),
      ),
    )
  })
  child.unref()
  // Its own pid file tells that it has read its settings; a process that ended before is a failure with a reason in its log.
  while ((await readPid(pidFile)) !== child.pid) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until)
      throw new Error(`redis-server ended at its start: ${await lastWords(logFile)}`)
    await sleep(10)
  }
}

/**
 * Redis is one program under several names. Debian's redis-tools brings it as redis-check-rdb only (its package redis-server adds the name and
 * starts a service of its own, which nobody here wants); called by the name redis-server it is just that.
 */
export function redisProgram(): string {
  const named = (name: string): string | undefined =>
    (process.env.PATH ?? '')
      .split(delimiter)
      .map((folder) => join(folder, name))
      .find((file) => existsSync(file))
  return named('redis-server') ?? named('redis-check-rdb') ?? 'redis-server'
}

/** Waits for the literal PONG: while Redis loads its file it answers, but not that. */
async function pong(place: Place): Promise<void> {
  const until = Date.now() + READY_WITHIN
  while (!(await ping(place.socket))) {
    if ((await livingPid(place)) === undefined)
      throw new Error(
        `redis-server ended while it read its files: ${await lastWords(place.logFile)} If the file is damaged, see "Backup and restore" in the README (redis-check-aof).`,
      )
    if (Date.now() > until) throw new Error(`redis-server did not become ready in ${READY_WITHIN / 1000} s`)
    await sleep(20)
  }
}

function ping(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const connection = createConnection(socket)
    const end = (answer: boolean): void => {
      connection.destroy()
      done(answer)
    }
    connection.setTimeout(1_000, () => end(false))
    connection.on('error', () => end(false))
    // Ended without a word: then no time-out comes any more.
    connection.on('close', () => end(false))
    connection.on('connect', () => connection.write('PING\r\n'))
    connection.on('data', (data) => end(data.toString('latin1').startsWith('+PONG')))
  })
}

async function readPid(file: string): Promise<number | undefined> {
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).trim())
  return Number.isInteger(pid) && pid > 1 ? pid : undefined
}

/** Pid of the redis-server of this place, if it lives. A pid that now belongs to another program does not count. */
async function livingPid({ pidFile, socket, dir }: Place): Promise<number | undefined> {
  const pid = await readPid(pidFile)
  if (pid === undefined) return undefined
  const [line, state] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''),
  ])
  if (/\) [ZX] /.test(state)) return undefined
  return line.includes('redis-server') && (line.includes(socket) || line.includes(dir)) ? pid : undefined
}

/** Pids of the redis-servers that work in a folder, those that are shutting down included. */
async function serversIn(dir: string): Promise<number[]> {
  const folder = await realpath(dir)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      if ((await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== folder) return false
      const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')
      // A process on its very last steps has a folder still and no command line any more.
      return line === '' || line.includes('redis-server')
    }),
  )
  return pids.filter((_, i) => found[i]).map(Number)
}

async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n')
  return lines.at(-1)?.replace(/^\d+:\w+ /, '') || 'it left no word in its log.'
}

/** A lock file with our pid in it, never without; one whose owner is dead is taken over. */
async function lock(file: string): Promise<() => Promise<void>> {
  const own = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`
  await writeFile(own, String(process.pid), { mode: 0o600 })
  const until = Date.now() + READY_WITHIN
  try {
    for (;;) {
      try {
        await link(own, file)
        return () => rm(file, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        const owner = await readPid(file)
        if (owner !== undefined && !alive(owner)) await moveAside(file, owner, `${own}-dead`)
        else if (Date.now() > until) throw new Error(`another process holds ${file}; remove it if none is starting`)
        else await sleep(50)
      }
    }
  } finally {
    await rm(own, { force: true })
  }
}

/** Removes a dead owner's lock. Of two who find it dead, the slower would remove the quicker one's: what was not the dead one's is put back. */
async function moveAside(file: string, owner: number, aside: string): Promise<void> {
  try {
    await rename(file, aside)
    if ((await readPid(aside)) !== owner) await link(aside, file)
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** A process that has ended meanwhile needs no signal. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
