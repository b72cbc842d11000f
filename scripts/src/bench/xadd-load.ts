/** Limit of the store: XADD of 593 bytes each, 100 in flight on one connection, each fsync'd before its reply. */
import { Redis } from 'ioredis'
import { ENTRY_BYTES } from './entries.ts'
import { onJob } from './processes.ts'

export interface XaddJob {
  readonly path: string
  readonly inFlight: number
  readonly seconds: number
}

onJob(async ({ path, inFlight, seconds }: XaddJob) => {
  const redis = new Redis({ path })
  const key = 'bench:xadd'
  const value = 'x'.repeat(ENTRY_BYTES)
  const run = async (ms: number): Promise<number> => {
    const end = performance.now() + ms
    let stored = 0
    const one = async (): Promise<void> => {
      while (performance.now() < end) {
        await redis.xadd(key, '*', 'e', value)
        stored++
      }
    }
    await Promise.all(Array.from({ length: inFlight }, one))
    return stored
  }
  await run(500)
  const from = performance.now()
  const stored = await run(seconds * 1000)
  const perSecond = (stored / (performance.now() - from)) * 1000
  await redis.del(key)
  await redis.quit()
  return { perSecond }
})
