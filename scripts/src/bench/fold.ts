/** G6: how long a start takes, folding the whole journal and with a snapshot, against reading the journal without decoding it. */
import { keysOf } from '@orchid/server/journal/keys'
import { Redis } from 'ioredis'
import type { FoldJob } from './fold-run.ts'
import { type Goal, median, type Result } from './goal.ts'
import { history } from './history.ts'
import type { Effort } from './ingest.ts'
import { peakMemory, quietly } from './machine.ts'
import { folder, runPeer, startServer, USUAL_FLAGS } from './processes.ts'
import { CITY, openPrepared, type Prepared, prepare } from './product.ts'
import type { XrangeJob } from './raw-xrange.ts'

const WANTED = 0.4
const READY_WANTED = 2_000
/** Appends handed over at once. */
const AHEAD = 8

interface Pass {
  readonly perSecond: number
  readonly entries: number
  readonly seconds: number
  readonly peak: number
}

async function fill(prepared: Prepared, entries: number): Promise<void> {
  const journal = await openPrepared(prepared.dataDir, prepared.redis.url)
  try {
    const pending: Promise<unknown>[] = []
    for (const append of history({ prefix: 'history', where: prepared.where }, entries, Date.now())) {
      pending.push(journal.append([append]))
      if (pending.length >= AHEAD) await pending.shift()
    }
    await Promise.all(pending)
  } finally {
    await journal.close()
  }
}

/** `entries` is the size of the journal that is folded. */
export async function runFold(effort: Effort, entries: number): Promise<Result> {
  const prepared = await prepare(Date.now() - 15 * 86_400_000)
  const { path, url } = prepared.redis
  const keys = keysOf(CITY)
  const redis = new Redis({ path })
  try {
    await fill(prepared, entries)
    const passes: { raw: Pass; fold: Pass; busy: number }[] = []
    for (let round = 0; round < effort.rounds; round++) {
      const { value, busy } = await quietly(effort.tries, async () => {
        await redis.del(keys.snapshot)
        // Both with the flags of the product's server: more room for new objects is part of how it folds.
        const raw = await runPeer<XrangeJob, Pass>('./raw-xrange.js', { path, key: keys.journal }, USUAL_FLAGS)
        const fold = await runPeer<FoldJob, Pass>('./fold-run.js', { dataDir: prepared.dataDir, url, seen: folder('seen') }, USUAL_FLAGS)
        return { raw, fold }
      })
      passes.push({ ...value, busy })
    }
    await redis.del(keys.snapshot)
    // The first start folds everything and leaves a snapshot when it stops; the second starts from that.
    const whole = await startServer(prepared.dataDir, url)
    const peak = peakMemory(whole.pid)
    await whole.stop()
    const second = await quietly(effort.tries, async () => {
      const server = await startServer(prepared.dataDir, url)
      const memory = peakMemory(server.pid)
      await server.stop()
      return { readyMs: server.readyMs, memory }
    })

    const raw = median(passes.map((pass) => pass.raw.perSecond))
    const fold = median(passes.map((pass) => pass.fold.perSecond))
    const busy = Math.max(...passes.map((pass) => pass.busy))
    const total = passes[0]?.fold.entries ?? 0
    const goals: Goal[] = [
      {
        id: 'G6',
        what: `fold of ${total.toLocaleString('en')} entries into all tables`,
        value: fold,
        unit: 'entries/s',
        against: { what: 'XRANGE, not decoded', value: raw, unit: 'entries/s' },
        ratio: fold / raw,
        goal: `≥ ${WANTED} ×`,
        met: fold / raw >= WANTED,
        busy,
        note: `${median(passes.map((pass) => pass.fold.seconds)).toFixed(1)} s; peak memory ${mb(Math.max(...passes.map((pass) => pass.fold.peak)))} (reading alone ${mb(Math.max(...passes.map((pass) => pass.raw.peak)))})`,
      },
      {
        id: 'G6',
        what: 'start of the server with a snapshot, until ready',
        value: second.value.readyMs,
        unit: 'ms',
        goal: `≤ ${READY_WANTED} ms`,
        met: second.value.readyMs <= READY_WANTED,
        busy: second.busy,
        note: `peak memory ${mb(second.value.memory)}; without a snapshot ${(whole.readyMs / 1000).toFixed(1)} s and ${mb(peak)}`,
      },
    ]
    return { goals, figures: [] }
  } finally {
    redis.disconnect()
    await prepared.redis.stop()
  }
}

const mb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`
