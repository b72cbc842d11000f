import { expect, test } from 'vitest'
import { startWatchBeats } from './watch-beats.ts'

/** Beats on a store whose last beat is this old; gives the gaps told until the third beat. */
async function gaps(last: string | undefined, unwatched: (since: number) => void = () => undefined): Promise<number[]> {
  const held: Record<string, string> = last === undefined ? {} : { last }
  const told: number[] = []
  let written = 0
  let read = 0
  const beats = startWatchBeats({
    store: {
      hgetall: async () => {
        read++
        return { ...held }
      },
      hset: async (_hash, field, value) => {
        held[field] = value
        written++
      },
    },
    isReady: () => true,
    unwatched: async (since) => {
      if (Date.now() - since < 60_000) return
      told.push(since)
      unwatched(since)
    },
    log: { error: () => undefined },
    everyMs: 50,
  })
  await expect.poll(() => read, { timeout: 5_000 }).toBeGreaterThanOrEqual(3)
  await beats.begun
  await beats.close()
  expect(written).toBeGreaterThan(0)
  return told
}

test('given nobody beat for long, the time since the last beat is told once; the first start of all tells nothing', async () => {
  const since = Date.now() - 8 * 3_600_000
  expect(await gaps(String(since))).toEqual([since])
  expect(await gaps(undefined)).toEqual([])
})

test('given it could not be written, it is told again', async () => {
  let failed = 0
  const since = Date.now() - 8 * 3_600_000
  const told = await gaps(String(since), () => {
    if (failed++ === 0) throw new Error('not written')
  })
  expect(told).toEqual([since, since])
})
