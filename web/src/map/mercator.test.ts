import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { degrees, levelOf, metreAt, unit } from './mercator.ts'

describe('the unit plane', () => {
  test('the equator at Greenwich is the middle of the world', () => expect(unit([0, 0])).toEqual([0.5, 0.5]))
  test('there and back is the same place', () => {
    fc.assert(
      fc.property(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -80, max: 80, noNaN: true }), (lng, lat) => {
        const [a, b] = degrees(...unit([lng, lat]))
        expect(a).toBeCloseTo(lng, 8)
        expect(b).toBeCloseTo(lat, 8)
      }),
      { seed: 1 },
    )
  })
  test('a metre is as long as on the ground: a minute of latitude is 1,855 m of this sphere', () => {
    const [, y] = unit([119, 29.2])
    const [, further] = unit([119, 29.2 - 1 / 60])
    expect((further - y) / metreAt(y)).toBeCloseTo(1855.3, 0)
  })
  test('a wall of twice the pixels shows the same', () => {
    const scale = 256 * 2 ** 12
    expect(levelOf({ scale: 2 * scale, rem: 40 })).toBe(levelOf({ scale, rem: 20 }))
    expect(levelOf({ scale: 256 * 2 ** 10.6, rem: 20 })).toBe('city')
    expect(levelOf({ scale: 256 * 2 ** 14, rem: 20 })).toBe('grid')
  })
})
