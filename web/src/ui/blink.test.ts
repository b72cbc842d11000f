import { describe, expect, test } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { MOST, mayBlink, useBlink } from './blink.ts'

describe('three at most', () => {
  const keys = Array.from({ length: 5 }, (_, i) => Symbol(i))
  const asking = (priorities: number[]) => new Map(priorities.map((priority, order) => [keys[order] as symbol, { priority, order }]))
  const places = (set: Set<symbol>): number[] => keys.flatMap((key, i) => (set.has(key) ? [i] : []))
  test('the worst first', () => expect(places(mayBlink(asking([2, 2, 1, 2, 1])))).toEqual([0, 2, 4]))
  test('among equals who asked first', () => expect(places(mayBlink(asking([1, 1, 1, 1])))).toEqual([0, 1, 2]))
  test('nobody asks, nobody blinks', () => expect(mayBlink(new Map()).size).toBe(0))
})

test('a symbol that is taken away or acknowledged leaves its place to the next', async () => {
  const scopes = Array.from({ length: MOST + 1 }, () => effectScope())
  const wanted = ref(true)
  const blinks = scopes.map((scope, i) =>
    scope.run(() =>
      useBlink(
        () => i > 0 || wanted.value,
        () => 1,
      ),
    ),
  )
  const now = (): (boolean | undefined)[] => blinks.map((blink) => blink?.value)
  expect(now()).toEqual([true, true, true, false])
  wanted.value = false
  await nextTick()
  expect(now()).toEqual([false, true, true, true])
  scopes[1]?.stop()
  wanted.value = true
  await nextTick()
  expect(now()).toEqual([true, false, true, true])
  for (const scope of scopes) scope.stop()
})
