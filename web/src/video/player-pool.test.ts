import { expect, test } from 'vitest'
import { bytesOf, PlayerPool } from './player-pool.ts'

const turn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve))
function seats(pool: PlayerPool, ranks: readonly number[]) {
  const playing = ranks.map(() => false)
  const told: string[] = []
  const all = ranks.map((rank, i) =>
    pool.claim(rank, (granted) => {
      playing[i] = granted
      told.push(`${i}${granted ? '+' : '-'}`)
    }),
  )
  return { playing, told, all }
}

test('given more tiles than decoders, the most important play and are told so after the call', async () => {
  const { playing, all } = seats(new PlayerPool({ decoders: 2, bytes: 1e9 }), [3, 1, 2])
  expect(playing).toEqual([false, false, false])
  await turn()
  expect(playing).toEqual([false, true, true])
  all[1]?.leave()
  await turn()
  expect(playing).toEqual([true, true, true])
})

test('when one becomes more important, another loses its decoder before it gets one', async () => {
  const { playing, told, all } = seats(new PlayerPool({ decoders: 1, bytes: 1e9 }), [1, 2])
  await turn()
  all[1]?.rank(0)
  await turn()
  expect(playing).toEqual([false, true])
  expect(told).toEqual(['0+', '0-', '1+'])
})

test('of equals who plays goes on playing', async () => {
  const pool = new PlayerPool({ decoders: 1, bytes: 1e9 })
  const { playing, all } = seats(pool, [2, 2])
  await turn()
  all[0]?.rank(2)
  all[1]?.height(360)
  await turn()
  expect(playing).toEqual([true, false])
})

test('memory counts: two large pictures do not fit where two small ones do; one always may', async () => {
  const pool = new PlayerPool({ decoders: 6, bytes: 2 * bytesOf(360) })
  const { playing, all } = seats(pool, [1, 2])
  await turn()
  expect(playing).toEqual([true, true])
  all[0]?.height(1080)
  await turn()
  expect(playing).toEqual([true, false])
  pool.budget = { decoders: 6, bytes: 1e9 }
  await turn()
  expect([playing, pool.granted]).toEqual([[true, true], 2])
})
