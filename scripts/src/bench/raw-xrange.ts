/** Limit of the fold: the whole journal read in pieces by XRANGE, the next on its way while one is counted, nothing decoded. */
import { Redis } from 'ioredis'
import { peakMemory } from './machine.ts'
import { onJob } from './processes.ts'

export interface XrangeJob {
  readonly path: string
  readonly key: string
}

const CHUNK = 2_000

onJob(async ({ path, key }: XrangeJob) => {
  const redis = new Redis({ path })
  await redis.ping()
  const after = (id: string) => redis.xrange(key, `(${id}`, '+', 'COUNT', CHUNK)
  const from = performance.now()
  let entries = 0
  let next = after('0-0')
  for (;;) {
    const piece = await next
    const last = piece.at(-1)
    if (!last) break
    next = after(last[0])
    entries += piece.length
  }
  const seconds = (performance.now() - from) / 1000
  await redis.quit()
  return { perSecond: entries / seconds, entries, seconds, peak: peakMemory('self') }
})
