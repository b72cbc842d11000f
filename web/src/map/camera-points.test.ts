import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CameraPoints } from './camera-points.ts'
import { unit } from './mercator.ts'
import { thinned } from './thinning.ts'

const camera = (id: string, lng: number, lat: number): CameraRow =>
  ({ id, position: [lng, lat], bearing: 0, fov: 60, range: 200, updatedSeq: 1 }) as unknown as CameraRow
const rowsOf = (places: readonly (readonly [number, number])[]): Map<string, CameraRow> =>
  new Map(places.map(([lng, lat], i) => [`c${i}`, camera(`c${i}`, lng, lat)]))
const none: ReadonlyMap<string, CameraStateRow> = new Map()
const state = (id: string, to: string): CameraStateRow => ({ id, grid: '', state: to, since: 0, updatedSeq: 1 }) as CameraStateRow

const degree = fc.double({ min: 119, max: 120, noNaN: true })
const place = fc.tuple(degree, degree)

describe('camera points', () => {
  test('the same rows change nothing; a moved one is told with where it stood', () => {
    const points = new CameraPoints()
    const rows = rowsOf([
      [119.1, 29.1],
      [119.2, 29.2],
    ])
    expect(points.sync(rows, none)).toBe('all')
    expect(points.sync(new Map(rows), none)).toEqual([])
    const [x, y] = unit([119.2, 29.2])
    expect(points.sync(new Map(rows).set('c1', camera('c1', 119.3, 29.3)), none)).toEqual([{ at: 1, x, y }])
  })
  test('a state that looks otherwise is a change, one that looks alike is none', () => {
    const points = new CameraPoints()
    const rows = rowsOf([[119.1, 29.1]])
    points.sync(rows, none)
    expect(points.sync(rows, new Map([['c0', state('c0', 'offline')]]))).toHaveLength(1)
    expect(points.sync(rows, new Map([['c0', state('c0', 'black')]]))).toEqual([])
  })
  test('another camera in the place of one is built anew', () => {
    const points = new CameraPoints()
    points.sync(rowsOf([[119.1, 29.1]]), none)
    expect(points.sync(new Map([['new', camera('new', 119.4, 29.1)]]), none)).toBe('all')
    expect(points.ids).toEqual(['new'])
  })
  test('the nearest is the nearest whatever has moved, and boxes hold what stands in them', () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 400 }),
        fc.array(fc.tuple(fc.nat(), place), { maxLength: 400 }),
        place,
        (places, moves, at) => {
          const points = new CameraPoints()
          const rows = rowsOf(places)
          points.sync(rows, none)
          for (const [n, [lng, lat]] of moves) rows.set(`c${n % places.length}`, camera(`c${n % places.length}`, lng, lat))
          points.sync(new Map(rows), none)
          const [x, y] = unit(at)
          const distances = [...rows.values()].map((row) => Math.hypot(unit(row.position)[0] - x, unit(row.position)[1] - y))
          const found = points.nearest(x, y, 1)
          // A centimetre is less than 1e-9 of the plane.
          expect(distances[found]).toBeCloseTo(Math.min(...distances), 9)
          const box = [x - 0.001, y - 0.001, x + 0.001, y + 0.001] as const
          const inside = [...rows.values()].filter((row) => {
            const [px, py] = unit(row.position)
            return px >= box[0] && px <= box[2] && py >= box[1] && py <= box[3]
          })
          expect(Array.from(points.within(box), (i) => points.ids[i]).sort()).toEqual(inside.map((row) => row.id).sort())
        },
      ),
      { seed: 3, numRuns: 60 },
    )
  })
  test('no cameras, none near', () => expect(new CameraPoints().nearest(0.5, 0.5, 1)).toBe(-1))
})

describe('thinning', () => {
  test('at most one point per square, the first; every square that has a point keeps one', () => {
    fc.assert(
      fc.property(fc.array(place, { maxLength: 300 }), (places) => {
        const scale = 256 * 2 ** 11
        const points = Float64Array.from(places.flatMap((at) => unit(at)))
        const shown = thinned(points, scale, 10)
        const cell = (i: number): string => [0, 1].map((k) => Math.floor(((points[2 * i + k] as number) * scale) / 10)).join()
        const first = new Map<string, number>()
        for (let i = 0; i < places.length; i++) if (!first.has(cell(i))) first.set(cell(i), i)
        expect([...shown.keys()].filter((i) => shown[i])).toEqual([...first.values()])
      }),
      { seed: 4 },
    )
  })
})
