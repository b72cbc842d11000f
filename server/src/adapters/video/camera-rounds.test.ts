/** What a probe may say of a camera of which something is known already. */
import { expect, test } from 'vitest'
import type { Probed } from './camera-probe.ts'
import { startRounds } from './camera-rounds.ts'

/** One round past cameras in these states that all give this answer; gives those that were reported. */
async function reported(known: readonly (string | undefined)[], probed: Probed, transcodes = false): Promise<(string | undefined)[]> {
  const told: (string | undefined)[] = []
  let begun = 0
  let over = (): void => undefined
  const once = new Promise<void>((resolve) => {
    over = resolve
  })
  const rounds = startRounds({
    cameras: () => {
      if (++begun > 1) over()
      return begun > 1 ? [] : known.map((_, i) => String(i))
    },
    isWatched: () => false,
    transcodes,
    probe: async () => probed,
    known: (id) => known[Number(id)],
    report: async (id) => void told.push(known[Number(id)]),
    isOurs: async () => true,
    pauseMs: 1,
    againMs: 1,
    log: { error: (_, message) => told.push(message) },
  })
  await once
  await rounds.stop()
  return told.sort()
}

const STATES = [undefined, 'unchecked', 'answering', 'live', 'stalled', 'frozen', 'black', 'offline', 'codec', 'denied']

test('an answer is news where nobody looked, or where none came before; it does not make a frozen or black picture well', async () => {
  expect(await reported(STATES, { state: 'answering' })).toEqual(['codec', 'denied', 'offline', 'unchecked', undefined])
})
test('that it is H.265 does not refute a picture that was seen by transcoding; where nothing transcodes, or nothing can, it does', async () => {
  const seen = ['live', 'frozen', 'black', 'codec']
  expect(await reported(seen, { state: 'codec', transcodable: true }, true)).toEqual([])
  expect(await reported(['answering', 'offline'], { state: 'codec', transcodable: true }, true)).toEqual(['answering', 'offline'])
  expect(await reported(seen, { state: 'codec', transcodable: true })).toEqual(['black', 'frozen', 'live'])
  expect(await reported(seen, { state: 'codec' }, true)).toEqual(['black', 'frozen', 'live'])
})
test('that it is gone is news whatever its picture was', async () => {
  expect(await reported(STATES, { state: 'offline', reason: 'timeout' })).toEqual([
    ...['answering', 'black', 'codec', 'denied', 'frozen', 'live', 'stalled', 'unchecked'],
    undefined,
  ])
})

test('who waits for a second look holds up nobody: a hundred doubts are settled in one wait', async () => {
  const told: string[] = []
  const asked = new Map<string, number>()
  let rounds: ReturnType<typeof startRounds> | undefined
  await new Promise<void>((over) => {
    rounds = startRounds({
      cameras: () => Array.from({ length: 100 }, (_, i) => String(i)),
      isWatched: () => false,
      probe: async (id) => {
        asked.set(id, (asked.get(id) ?? 0) + 1)
        // The second look begins when all had their first.
        if (asked.get(id) === 2) expect(asked.size).toBe(100)
        return { state: 'offline' }
      },
      known: () => 'answering',
      report: async (id) => {
        if (told.push(id) === 100) over()
      },
      isOurs: async () => true,
      inFlight: 1,
      pauseMs: 1e6,
      againMs: 50,
      log: { error: (_, message) => told.push(message) },
    })
  })
  await rounds?.stop()
  expect(new Set(told).size).toBe(100)
})

test('given a report that cannot be written, all lanes have ended before the next round begins', async () => {
  let rounds = 0
  let running = 0
  const overlaps: number[] = []
  const errors: string[] = []
  const started = startRounds({
    cameras: () => {
      if (rounds++ > 0) overlaps.push(running)
      return Array.from({ length: 50 }, (_, i) => String(i))
    },
    isWatched: () => false,
    probe: async (id) => {
      running++
      await new Promise((resolve) => setTimeout(resolve, id === '0' ? 1 : 50))
      running--
      return { state: 'answering' }
    },
    known: () => undefined,
    report: async () => {
      throw new Error('cannot be written')
    },
    isOurs: async () => true,
    inFlight: 10,
    pauseMs: 1,
    log: { error: (_, message) => errors.push(message) },
  })
  await expect.poll(() => overlaps.length).toBeGreaterThan(0)
  await started.stop()
  expect(overlaps[0]).toBe(0)
  expect(errors.length).toBeGreaterThan(0)
})
