import { expect, test } from 'vitest'
import { arcmin, farthestSeat, heightFromDiagonal, type Room, ratioOf, recommendedRows, textSizes } from './reading-distance.ts'

/** The walls of the visual language's table, 3840×2160, read from 6 m: Latin and Chinese at the floor size, Latin of a 1 rem text. */
const WALLS = [
  { wall: 'LED of 1.25 mm', width: 4.8, floor: 16.7, cjk: 21.1, body: 20.8, rows: 54 },
  { wall: 'LED of 1.5 mm', width: 5.76, floor: 20.0, cjk: 25.3, body: 25.0, rows: 54 },
  { wall: 'LED of 1.875 mm', width: 7.2, floor: 25.0, cjk: 31.6, body: 31.2, rows: 54 },
  { wall: 'nine LCDs of 55″', width: 3.63, floor: 12.6, cjk: 15.9, body: 15.7, rows: 41 },
]
const room = (width: number, seat = 6): Room => ({ width, height: (width * 9) / 16, seat })
const floorOf = (r: Room, rows: number) => textSizes(r, rows)[0] as { latin: number; cjk: number; legible: boolean }

test.each(WALLS)('on the $wall the smallest text has $floor minutes of arc at six metres', ({ width, floor, cjk, body }) => {
  const size = floorOf(room(width), 54)
  expect(size.latin).toBeCloseTo(floor, 0)
  expect(arcmin((room(width).height / 54) * 0.73, 6)).toBeCloseTo(body, 0)
  // The table took the middle of two characters, here the lower one counts.
  expect(size.cjk).toBeLessThanOrEqual(cjk)
  expect(size.cjk).toBeGreaterThan(cjk * 0.96)
})

test.each(WALLS)('the $wall gets $rows rows', ({ width, rows }) => {
  expect(recommendedRows(room(width))).toBe(rows)
})

test('nine LCDs fail with 54 rows and pass with 41', () => {
  expect(floorOf(room(3.63), 54).legible).toBe(false)
  expect(floorOf(room(3.63), 41).legible).toBe(true)
})

test('where no larger type is recommended, every text is legible', () => {
  for (let seat = 1; seat < 12; seat += 0.1)
    if (recommendedRows(room(4.8, seat)) === 54) expect(floorOf(room(4.8, seat), 54).legible).toBe(true)
})

test('a wall twice as wide is no easier to read', () => {
  const wide = { width: 9.6, height: 2.7, seat: 8 }
  expect(ratioOf(wide)).toBeCloseTo(0.6)
  expect(recommendedRows(wide)).toBe(41)
})

test('from the farthest seat the smallest text has just enough', () => {
  const seat = farthestSeat(2.7, 54)
  expect(floorOf({ width: 4.8, height: 2.7, seat }, 54).latin).toBeCloseTo(16)
})

test('the diagonal gives the height', () => {
  expect(heightFromDiagonal(1.2176, 55)).toBeCloseTo(0.685, 2)
  expect(heightFromDiagonal(5, 55)).toBeNaN()
})
