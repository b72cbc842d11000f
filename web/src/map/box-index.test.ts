import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoxIndex } from './box-index.ts'
import type { UnitBox } from './mercator.ts'

/** Within a county: a thousandth of the plane. */
const corner = fc.tuple(fc.double({ min: 0.83, max: 0.831, noNaN: true }), fc.double({ min: 0.41, max: 0.411, noNaN: true }))
const box = fc
  .tuple(corner, corner)
  .map(([[ax, ay], [bx, by]]): UnitBox => [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)])

test('no box is missed, and none is found that is further away than a few centimetres, in rising order', () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 200 }), box, (boxes, [left, top, right, bottom]) => {
      const found = new BoxIndex(Float64Array.from(boxes.flat()), 4).search([left, top, right, bottom])
      const near = (by: number): number[] =>
        [...boxes.keys()].filter((i) => {
          const [l, t, r, b] = boxes[i] as UnitBox
          return l <= right + by && r >= left - by && t <= bottom + by && b >= top - by
        })
      expect([...found]).toEqual(expect.arrayContaining(near(0)))
      expect(near(4e-9)).toEqual(expect.arrayContaining([...found]))
      expect([...found]).toEqual([...found].sort((a, b) => a - b))
    }),
    { seed: 8 },
  )
})

test('of nothing nothing is found', () => {
  const none = new BoxIndex(new Float64Array(0), 4)
  expect([...none.search([0, 0, 1, 1])]).toEqual([])
  expect(none.nearest(0.5, 0.5, 1, () => true)).toBe(-1)
})
