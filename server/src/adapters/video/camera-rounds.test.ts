/** What a probe may say of a camera of which something is known already. */
import { expect, test } from 'vitest'
import type { Probed } from './camera-probe.ts'
import { startRounds } from './camera-rounds.ts'

/** One round past cameras in these states that all give this answer; gives those that were reported. */
async function reported(known: readonly (string | undefined)[], probed: Probed): Promise<(string | undefined)[]> {
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
