import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { HOLD, MARKED, useHeld } from './held.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A held number of `value`, and its scope. */
const held = (value: { value: string }) => {
  const scope = effectScope()
  return { scope, ...(scope.run(() => useHeld(() => value.value)) as ReturnType<typeof useHeld>) }
}

describe('a number on the wall', () => {
  test('is right at first', () => expect(held(ref('7')).shown.value).toBe('7'))

  test('changes at once when it has stood for two seconds, says what stood before, and is marked for three seconds', async () => {
    const value = ref('7')
    const { shown, before, changed } = held(value)
    vi.advanceTimersByTime(HOLD)
    value.value = '8'
    await nextTick()
    expect([shown.value, before.value, changed.value]).toEqual(['8', '7', true])
    vi.advanceTimersByTime(MARKED - 1)
    expect(changed.value).toBe(true)
    vi.advanceTimersByTime(1)
    expect(changed.value).toBe(false)
  })

  test('of a hundred changes in ten seconds at most six are seen, and the last one is', async () => {
    const value = ref('0')
    const { shown, changes } = held(value)
    for (let i = 1; i <= 100; i++) {
      value.value = String(i)
      await nextTick()
      vi.advanceTimersByTime(100)
    }
    expect(changes.value).toBeLessThanOrEqual(6)
    vi.advanceTimersByTime(HOLD)
    expect(shown.value).toBe('100')
  })

  test('that goes back within its time has not changed', async () => {
    const value = ref('7')
    const { shown, changes } = held(value)
    value.value = '8'
    await nextTick()
    value.value = '7'
    await nextTick()
    vi.advanceTimersByTime(HOLD)
    expect([shown.value, changes.value]).toEqual(['7', 0])
  })

  test('that was unknown is shown as soon as it is known, and one that is lost goes at once; neither is a change', async () => {
    const value = ref('—')
    const { shown, changes } = held(value)
    value.value = '7'
    await nextTick()
    expect(shown.value).toBe('7')
    value.value = '—'
    await nextTick()
    expect([shown.value, changes.value]).toEqual(['—', 0])
  })

  test('that is gone leaves no timer', () => {
    const { scope } = held(ref('7'))
    scope.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
