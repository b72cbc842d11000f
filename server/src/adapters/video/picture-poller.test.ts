import { expect, test } from 'vitest'
import { GatewayFull } from './gateway.ts'
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
    urgent: () => false,
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

test('given thousands of cameras, those whose picture was bad are looked at again and again meanwhile, and the others all the same', async () => {
  const looks = new Map<string, number>()
  const poller = startPoller({
    times,
    perMinute: 600_000,
    cameras: () => Array.from({ length: 1000 }, (_, n) => `cam-${n}`),
    urgent: (id) => id === 'cam-998' || id === 'cam-999',
    keyFrame: async (id) => {
      looks.set(id, (looks.get(id) ?? 0) + 1)
      return { state: 'offline' }
    },
    luma: async () => undefined,
    leave: async () => undefined,
    report: async () => undefined,
    isOurs: async () => true,
    log: { error: (_, message) => expect.fail(message) },
  })
  await expect.poll(() => looks.size, { timeout: 10_000 }).toBeGreaterThan(20)
  await poller.stop()
  for (const id of ['cam-998', 'cam-999']) expect(looks.get(id)).toBeGreaterThan(5)
})

test('given all places are taken, that is no defect to be logged for each camera', async () => {
  const logged: string[] = []
  let left = 0
  const poller = startPoller({
    times,
    perMinute: 600_000,
    cameras: () => ['cam'],
    urgent: () => false,
    keyFrame: async () => {
      throw new GatewayFull('full')
    },
    luma: async () => undefined,
    leave: async () => void left++,
    report: async () => undefined,
    isOurs: async () => true,
    log: { error: (_, message) => logged.push(message) },
  })
  await expect.poll(() => left).toBeGreaterThan(2)
  await poller.stop()
  expect(logged).toEqual([])
})
