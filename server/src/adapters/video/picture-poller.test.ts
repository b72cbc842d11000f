import { expect, test } from 'vitest'
import { startPoller } from './picture-poller.ts'

const times = { look: 400, every: 20, frozen: 10_000, black: 3_000 }
/** One look at a camera whose key frames are `apart` ms from each other by its own time, and which shows these greys. */
async function told(greys: readonly number[], apart: number): Promise<string | undefined> {
  let at = 0
  let left = 0
  let seen: string | undefined
  const poller = startPoller({
    times,
    perMinute: 60_000,
    cameras: () => (left === 0 ? ['cam'] : []),
    keyFrame: async () => ({ state: 'live', frame: { mp4: Buffer.alloc(1), id: String(at), at: 1 + apart * at } }),
    luma: async () => new Uint8Array(32 * 18).fill(greys[at++ % greys.length] as number),
    leave: async () => void left++,
    report: async (_id, state) => {
      seen = state
    },
    isOurs: async () => true,
    log: { error: (_, message) => expect.fail(message) },
  })
  await expect.poll(() => left).toBeGreaterThan(0)
  await poller.stop()
  return seen
}

test.each([
  ['a picture that moves', [90, 120], 4_000, 'live'],
  ['one that stands long enough', [90], 9_000, 'frozen'],
  ['a black one', [0], 4_000, 'black'],
  ['one that stood for too short a time to say so', [90], 100, undefined],
])('%s: told after %j %i ms apart as %s', async (_what, greys, apart, word) => {
  expect(await told(greys, apart)).toBe(word)
})
