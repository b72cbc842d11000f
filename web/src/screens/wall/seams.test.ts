import { expect, test } from 'vitest'
import { type Columns, clearShift, snap } from './seams.ts'

/** The 16:9 and the 32:9 wall in rem. */
const wall: Columns = { widths: [22, 44.3, 24.4], gap: 1.55, start: 1.1, elastic: 1, least: 24 }
const wide: Columns = { widths: [24, 25, 59.6, 50, 25], gap: 1.55, start: 1.1, elastic: 2, least: 24 }

function gapsOf({ gap, start }: Columns, widths: readonly number[]): number[] {
  let x = start
  return widths.slice(0, -1).map((width) => {
    x += width + gap
    return x - gap / 2
  })
}
const sum = (widths: readonly number[]): number => widths.reduce((a, b) => a + b, 0)

test('without seams nothing moves', () => {
  expect(snap(wall, [])).toEqual({ widths: wall.widths, missed: [] })
})

test('three displays side by side: both gaps stand on the seams, the text columns only grow', () => {
  const { widths, missed } = snap(wall, [31.3, 62.7])
  expect(missed).toEqual([])
  expect(gapsOf(wall, widths)).toEqual([expect.closeTo(31.3), expect.closeTo(62.7)])
  expect(widths[0]).toBeGreaterThanOrEqual(22)
  expect(widths[2]).toBeGreaterThanOrEqual(24.4)
  expect(sum(widths)).toBeCloseTo(sum(wall.widths))
})

test('two controllers of one ultra-wide wall: a gap stands in the middle', () => {
  const { widths, missed } = snap(wide, [95])
  expect(missed).toEqual([])
  expect(gapsOf(wide, widths)).toContainEqual(expect.closeTo(95))
  expect(sum(widths)).toBeCloseTo(sum(wide.widths))
})

test('a seam that would starve the map is left in it, and said', () => {
  const { widths, missed } = snap(wall, [46])
  expect(missed).toEqual([46])
  expect(widths).toEqual(wall.widths)
})

test('of more seams than gaps as many as possible are served', () => {
  const { missed } = snap(wall, [15, 31.3, 47, 62.7, 78])
  expect(missed.length).toBe(3)
})

test('no column ever falls below what its texts need, wherever the seams are', () => {
  for (let a = 2; a < 185; a += 3)
    for (let b = a + 3; b < 188; b += 7) {
      const { widths } = snap(wide, [a, b])
      for (const [i, width] of widths.entries()) expect(width).toBeGreaterThan((i === 2 ? 24 : (wide.widths[i] as number)) - 0.02)
      expect(sum(widths)).toBeCloseTo(sum(wide.widths))
    }
})

test('a title across a seam steps to the nearer side', () => {
  expect(clearShift({ left: 40, right: 60 }, [45], 1)).toBe(6)
  expect(clearShift({ left: 40, right: 60 }, [55], 1)).toBe(-6)
  expect(clearShift({ left: 40, right: 60 }, [70], 1)).toBe(0)
})
