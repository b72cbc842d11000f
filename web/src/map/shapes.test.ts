import type { GridRow } from '@orchid/shared/domain/areas/projections'
import { describe, expect, test } from 'vitest'
import { unit } from './mercator.ts'
import { makeShapes, segmentsIn } from './shapes.ts'

const grid = (code: string, x: number): GridRow => ({
  code,
  name: code,
  village: code.slice(0, 12),
  township: code.slice(0, 9),
  centroid: [x + 0.5, 0.5],
  area: 1,
  boundaryVersion: 1,
  validFrom: 0,
  updatedSeq: 1,
  boundary: [
    [x, 0],
    [x + 1, 0],
    [x + 1, 1],
    [x, 1],
    [x, 0],
  ],
})

describe('shapes of the grids', () => {
  test('no grids make no shapes', () => expect(makeShapes([])).toBeUndefined())
  test('an edge between two townships is a township line, one inside a township is none, one met once is the outline', () => {
    const shapes = makeShapes([grid('330781001001001', 0), grid('330781001001002', 1), grid('330781002001001', 2)])
    expect(shapes?.townshipLines.segments.length).toBe(4)
    expect(shapes?.townshipLines.segments[0]).toBeCloseTo(unit([2, 0])[0], 12)
    expect(shapes?.outline.segments.length).toBe(8 * 4)
  })
  test('the index finds the grid at a point, and the lines in a box', () => {
    const shapes = makeShapes([grid('330781001001001', 0), grid('330781002001001', 5)])
    if (!shapes) throw new Error('no shapes')
    const [x, y] = unit([5.5, 0.5])
    expect(Array.from(shapes.index.search([x, y, x, y]), (i) => shapes.codes[i])).toEqual(['330781002001001'])
    const [left, top] = unit([0.9, 0.6])
    const [right, bottom] = unit([1.1, 0.4])
    expect(segmentsIn(shapes.outline, [left, top, right, bottom])).toHaveLength(1)
    expect(segmentsIn(shapes.townshipLines, [left, top, right, bottom])).toHaveLength(0)
  })
})
