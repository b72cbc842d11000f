import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { isPointing, useAhead } from './ahead.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function pointing() {
  const opened: string[] = []
  const scope = effectScope()
  const point = scope.run(() => useAhead((camera) => opened.push(camera))) as ReturnType<typeof useAhead>
  return { opened, point, end: () => scope.stop() }
}

test('given the pointer rests on a camera, then it is opened, once', () => {
  const { opened, point } = pointing()
  point('a')
  vi.advanceTimersByTime(199)
  // It still moves on the same one.
  point('a')
  expect(opened).toEqual([])
  vi.advanceTimersByTime(1)
  point('a')
  vi.advanceTimersByTime(10_000)
  expect(opened).toEqual(['a'])
})

test('given it only passes over some, then the one it comes to rest on is opened', () => {
  const { opened, point } = pointing()
  for (const camera of ['a', 'b', undefined, 'c']) {
    point(camera)
    vi.advanceTimersByTime(150)
  }
  vi.advanceTimersByTime(50)
  expect(opened).toEqual(['c'])
})

test('given it leaves, or what it pointed at goes, then nothing is opened', () => {
  const { opened, point, end } = pointing()
  point('a')
  point(undefined)
  vi.advanceTimersByTime(1_000)
  point('b')
  end()
  vi.advanceTimersByTime(1_000)
  expect(opened).toEqual([])
})

test('a mouse that moves with no button down points; a finger, a pen, a drag, and what comes under a mouse at rest do not', () => {
  const moved = { pointerType: 'mouse', buttons: 0, movementX: 0, movementY: -1 }
  const others = [{ pointerType: 'touch' }, { pointerType: 'pen' }, { buttons: 1 }, { movementY: 0 }]
  const events = [moved, ...others.map((other) => ({ ...moved, ...other }))]
  expect(events.map((event) => isPointing(event as PointerEvent))).toEqual([true, false, false, false, false])
})
