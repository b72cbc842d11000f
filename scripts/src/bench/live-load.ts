/** Clients and sender of one push measurement in one process, so that one clock tells when an entry was posted and when its row arrived. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Entry, type EntrySource, entry } from './entries.ts'
import { Histogram, type Latency } from './histogram.ts'
import { HttpSender } from './http-sender.ts'
import { type ClientOptions, connectClient, type WatchAnswer } from './live-client.ts'
import { cpuSeconds } from './machine.ts'
import { onJob } from './processes.ts'
import { type FrameText, Screens } from './screens.ts'

export interface LiveJob {
  readonly base: string
  readonly wire: ClientOptions['wire']
  /** Path that takes the entries by POST. */
  readonly path: string
  readonly writeToken: string
  readonly readToken: string
  readonly tables: readonly string[]
  readonly source: EntrySource
  readonly clients: number
  /** Entries a second, each in a POST of its own. */
  readonly rate: number
  /** Of these, red hazards. */
  readonly redRate: number
  readonly warmUp: number
  readonly seconds: number
  /** Process whose CPU is counted. */
  readonly pid: number
}

export interface LiveAnswer {
  readonly all: Latency
  readonly red: Latency
  /** Share of one core the server used in the measured window. */
  readonly core: number
  /** The same of this process, which holds the sender and all clients: near 1 it is the limit, not the server. */
  readonly loadCore: number
  readonly posted: number
  /** Mean bytes of frames a client received per entry. */
  readonly bytesPerEntry: number
  readonly framesPerSecond: number
  /** Frames that could not be joined on, so that the client had to watch again. */
  readonly gaps: number
  /** Share of rows, over all clients, that equal the server's when all is quiet again; absent for peers. */
  readonly converged?: number
}

interface Posted {
  readonly at: number
  /** Position at which its rows are on a screen. */
  readonly seq: number
  readonly red: boolean
}

class Client {
  cursor = 0
  readonly tos: number[] = []
  readonly times: number[] = []
  readonly frames: FrameText[] = []
  bytes = 0
  gaps = 0
}

/** Posts entries steadily, each by itself, until the time is over; gives them with the position the server told. */
async function post(job: LiveJob): Promise<Posted[]> {
  const sender = new HttpSender(
    `${job.base}${job.path}`,
    { 'content-type': 'application/json', authorization: `Bearer ${job.writeToken}` },
    512,
  )
  const posted: Posted[] = []
  const pending = new Set<Promise<void>>()
  let failed: Error | undefined
  const one = async (n: number): Promise<void> => {
    const red = job.redRate > 0 && n % Math.round(job.rate / job.redRate) === 0
    const over = red ? ({ kind: 'hazard', level: 'red' } as const satisfies Pick<Entry, 'kind' | 'level'>) : undefined
    let at = 0
    const { status, body } = await sender.post(Buffer.from(JSON.stringify(entry(job.source, n, over))), (moment) => {
      at = moment
    })
    if (status !== 201) throw new Error(`an entry was answered with ${status}: ${body.toString().slice(0, 300)}`)
    const { seq, results } = JSON.parse(body.toString()) as { seq?: number; results?: { seq: number }[] }
    // The incident follows its entry in the same append.
    posted.push({ at, seq: (results?.[0]?.seq ?? seq ?? 0) + (red && results ? 1 : 0), red })
  }
  const from = performance.now()
  const total = job.rate * (job.warmUp + job.seconds)
  for (let n = 0; n < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - from) / 1000) * job.rate) + 1)
    for (; n < due; n++) {
      const work = one(n).catch((error: Error) => {
        failed ??= error
      })
      pending.add(work)
      void work.finally(() => pending.delete(work))
    }
    if (failed) throw failed
    await sleep(1)
  }
  await Promise.all(pending)
  if (failed) throw failed
  sender.close()
  return posted
}

/** For every client and entry: when the first frame arrived that reaches the entry's position. */
function latencies(clients: readonly Client[], posted: readonly Posted[]): { all: Histogram; red: Histogram } {
  const all = new Histogram()
  const red = new Histogram()
  for (const { tos, times } of clients) {
    let f = 0
    for (const { at, seq, red: isRed } of posted) {
      while (f < tos.length && (tos[f] as number) < seq) f++
      const ms = f < tos.length ? (times[f] as number) - at : Number.POSITIVE_INFINITY
      all.add(ms)
      if (isRed) red.add(ms)
    }
  }
  return { all, red }
}

onJob(async (job: LiveJob): Promise<LiveAnswer> => {
  const screens = job.wire === 'orchid' ? await Screens.fetch(job.base, job.readToken, job.tables) : undefined
  const clients: Client[] = []
  const closing: (() => void)[] = []
  const connect = async (): Promise<void> => {
    const client = new Client()
    client.cursor = screens?.cursor ?? 0
    clients.push(client)
    closing.push(
      await connectClient({
        base: job.base,
        wire: job.wire,
        token: job.readToken,
        watch: () => ({ tables: job.tables, cursor: client.cursor, epoch: screens?.epoch }),
        onWatched: (answer: WatchAnswer) => {
          if (answer.mode !== 'tail') throw new Error('a client that held every table was sent a snapshot')
          if (screens) client.frames.push(screens.keep(client.cursor, answer.cursor, answer.tables))
          client.cursor = answer.cursor
        },
        onFrame: ({ from, to, body }) => {
          client.bytes += body.length
          if (to <= client.cursor) return
          if (from > client.cursor && screens) {
            client.gaps++
            return
          }
          client.cursor = to
          client.tos.push(to)
          client.times.push(performance.now())
          if (screens) client.frames.push(screens.share(from, to, body))
        },
      }),
    )
  }
  for (let i = 0; i < job.clients; i += 50) await Promise.all(Array.from({ length: Math.min(50, job.clients - i) }, connect))

  const measuredFrom = performance.now() + job.warmUp * 1000
  // When this process is late, so are its readings: the share is taken of the time that really lay between them.
  const readings: { server: number; own: number; at: number }[] = []
  const read = (): void => void readings.push({ server: cpuSeconds(job.pid), own: cpuSeconds(process.pid), at: performance.now() })
  const timers = [setTimeout(read, job.warmUp * 1000), setTimeout(read, (job.warmUp + job.seconds) * 1000 - 20)]
  const posted = (await post(job)).sort((a, b) => a.seq - b.seq)
  const last = posted.at(-1)?.seq ?? 0
  for (let i = 0; i < 100 && clients.some((client) => client.cursor < last); i++) await sleep(50)
  for (const timer of timers) clearTimeout(timer)
  const [before, after] = readings
  if (!before || !after) throw new Error('the entries were posted before the measured window was over')
  const window = (after.at - before.at) / 1000

  const { all, red } = latencies(
    clients,
    posted.filter(({ at }) => at >= measuredFrom),
  )
  const sum = (of: (client: Client) => number): number => clients.reduce((n, client) => n + of(client), 0)
  const converged = await screens?.converged(clients)
  for (const close of closing) close()
  return {
    all: all.summary(),
    red: red.summary(),
    core: (after.server - before.server) / window,
    loadCore: (after.own - before.own) / window,
    posted: posted.length,
    bytesPerEntry: sum((client) => client.bytes) / clients.length / posted.length,
    framesPerSecond: sum((client) => client.tos.length) / (job.warmUp + job.seconds),
    gaps: sum((client) => client.gaps),
    ...(converged !== undefined && { converged }),
  }
})
