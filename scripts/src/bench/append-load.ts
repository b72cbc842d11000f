/** Limit of batches: the product's own append.lua, fed with calls of 100 person visits made beforehand, a fixed number in flight. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { payloads } from '@orchid/server/journal/append-call'
import type { Append } from '@orchid/server/journal/journal'
import { keysOf } from '@orchid/server/journal/keys'
import { Redis } from 'ioredis'
import { type EntrySource, entry } from './entries.ts'
import { onJob } from './processes.ts'

export interface AppendJob {
  readonly path: string
  readonly source: EntrySource
  readonly size: number
  readonly inFlight: number
  readonly seconds: number
}

/** A city nobody has, so that the product's journal stays as it is. */
const CITY = '999999'
const SCRIPT = readFileSync(fileURLToPath(new URL('../../../server/src/journal/lua/append.lua', import.meta.url)), 'utf8')
/** More than a machine of today stores; what is not used is thrown away, and too few are an error. */
const MOST_PER_SECOND = 60_000

/** One append and its fields as the head of append.lua lists them: recorded by Redis' clock, no private fields, no expectations, one event. */
function prepared(source: EntrySource, n: number): { append: Append; fields: string } {
  const { id, kind, grid, title, category, position, occurredAt } = entry(source, n)
  const event = {
    type: 'patrol.recorded',
    area: grid,
    subject: `patrol:bench/${id}`,
    occurredAt: Date.parse(occurredAt),
    data: { kind, grid, title, category, position: [position.lng, position.lat] },
  }
  const append = { sender: 'bench', id, bodyHash: id.slice(-22).padStart(22, 'h'), expect: [], events: [event] }
  const fields = ['', `bench\0${id}`, append.bodyHash, '', '', '', '0', '1', '', '']
  return { append, fields: fields.map((field) => `${field}\x1f`).join('') }
}

onJob(async ({ path, source, size, inFlight, seconds }: AppendJob) => {
  const redis = new Redis({ path })
  const sha = createHash('sha1').update(SCRIPT).digest('hex')
  await redis.script('LOAD', SCRIPT)
  const { journal, meta, heads, private: sealed, privateKeys, ids } = keysOf(CITY)
  const keys = [journal, meta, heads, sealed, privateKeys, ...ids]
  let n = 0
  const calls = Array.from({ length: Math.ceil((MOST_PER_SECOND * (seconds + 0.5)) / size) }, () => {
    const mark = randomBytes(8).toString('hex')
    const appends = Array.from({ length: size }, () => prepared(source, n++))
    return [CITY, mark, randomBytes(8).toString('hex'), String(size), appends.map(({ fields }) => fields).join(''), payloads(appends, mark)]
  })
  const run = async (ms: number): Promise<number> => {
    const end = performance.now() + ms
    let stored = 0
    const one = async (): Promise<void> => {
      while (performance.now() < end) {
        const call = calls.pop()
        if (!call) throw new Error(`more than ${MOST_PER_SECOND} entries/s were stored: make more calls beforehand`)
        const [, ...verdicts] = (await redis.evalsha(sha, keys.length, ...keys, ...call)) as [number, ...string[]]
        if (verdicts.length !== size || verdicts.some((verdict) => !verdict.startsWith('s')))
          throw new Error('append.lua stored less than it was given')
        stored += size
      }
    }
    await Promise.all(Array.from({ length: inFlight }, one))
    return stored
  }
  await run(500)
  const from = performance.now()
  const stored = await run(seconds * 1000)
  const perSecond = (stored / (performance.now() - from)) * 1000
  await redis.unlink(...keys)
  await redis.quit()
  return { perSecond }
})
