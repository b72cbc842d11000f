import { expect, test } from 'vitest'
import { watchGatewayBeats } from './gateway-beats.ts'

test('given a store that hangs, no second telling is begun, and closing waits for one only', async () => {
  let asked = 0
  let answer = (): void => undefined
  const hangs = new Promise<void>((resolve) => {
    answer = resolve
  })
  const store = {
    hset: async () => {
      asked++
      await hangs
    },
    hgetall: async () => ({}),
    hdel: async () => 0,
  }
  const log = { error: (_: object, message: string) => expect.fail(message) }
  const beats = watchGatewayBeats({ store, nodeId: 'a', tell: () => ({ open: [] }), log, everyMs: 5 })
  await new Promise((resolve) => setTimeout(resolve, 60))
  const closed = beats.close()
  answer()
  await closed
  expect(asked).toBe(1)
})
