import { expect, test } from 'vitest'
import { ServerClock } from './server-clock.ts'

test('unknown until heard, then the least delayed of the last six', () => {
  let mono = 1_000
  const clock = new ServerClock(() => mono)
  expect(clock.now()).toBeUndefined()
  clock.heard(500_900)
  mono = 6_000
  clock.heard(505_990)
  expect(clock.now()).toBe(505_990)
  mono = 11_000
  clock.heard(507_000)
  expect(clock.now()).toBe(510_990)
})

test('follows a server whose clock was set back within six beats', () => {
  let mono = 0
  const clock = new ServerClock(() => mono)
  clock.heard(1_000_000)
  for (let i = 1; i <= 6; i++) {
    mono = i * 5_000
    clock.heard(400_000 + mono)
  }
  expect(clock.now()).toBe(430_000)
})
