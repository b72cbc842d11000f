import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DirtyRects, type Rect } from './dirty-rects.ts'

const fresh = (): DirtyRects => {
  const dirty = new DirtyRects()
  dirty.resize(1000, 1000)
  return dirty
}

describe('rectangles that are out of date', () => {
  test('two far apart stay two; edges move outwards to whole pixels', () => {
    const dirty = fresh()
    dirty.add(10.4, 10.6, 20.1, 20)
    dirty.add(900, 900, 910, 910)
    expect(dirty.take()).toEqual([
      [10, 10, 21, 20],
      [900, 900, 910, 910],
    ])
    expect(dirty.take()).toEqual([])
  })
  test('what lies outside the canvas is nothing, what reaches beyond is cut', () => {
    const dirty = fresh()
    dirty.add(-50, -50, -10, -10)
    dirty.add(-50, 10, 10, 20)
    expect(dirty.take()).toEqual([[0, 10, 10, 20]])
  })
  test('much of the canvas is all of it', () => {
    const dirty = fresh()
    dirty.add(0, 0, 1000, 500)
    expect(dirty.take()).toBe('all')
  })
  test('no two overlap, and every pixel that was added is covered', () => {
    const side = fc.integer({ min: 0, max: 960 })
    const rect = fc.tuple(side, side, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }))
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 40 }), (rects) => {
        const dirty = fresh()
        for (const [x, y, w, h] of rects) dirty.add(x, y, x + w, y + h)
        const taken = dirty.take()
        if (taken === 'all') return
        const within = ([l, t, r, b]: Rect, [x, y, w, h]: readonly [number, number, number, number]): boolean =>
          x >= l && y >= t && x + w <= r && y + h <= b
        for (const one of rects) expect(taken.some((t) => within(t, one))).toBe(true)
        for (const [i, a] of taken.entries())
          for (const b of taken.slice(i + 1)) expect(a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]).toBe(false)
      }),
      { seed: 2 },
    )
  })
})
