/** Which cameras see a spot: distance, direction, field of view, what is known of them. */
import { describe, expect, test } from 'vitest'
import { bearing, type LngLat } from '../../kernel/geo.ts'
import type { Camera, CameraState } from './events.ts'
import { bestSeeing, sightOf } from './near.ts'

const SPOT: LngLat = [119.5, 29.2]
const METRE = 1 / 111_195
/** A point so many metres east and north of the spot. */
const at = (east: number, north: number): LngLat => [
  SPOT[0] + (east * METRE) / Math.cos((SPOT[1] * Math.PI) / 180),
  SPOT[1] + north * METRE,
]
const camera = (id: string, position: LngLat, more: Partial<Camera> = {}): Camera => ({
  ...{ id, name: id, position, bearing: 0, fov: 60, range: 200, siteKind: 'road', grid: '330781109001001' },
  ...{ people: [], backend: 'gateway', subStream: false, ...more },
})
const unknown = <F extends keyof Camera>(camera: Camera, ...fields: F[]): Camera =>
  Object.fromEntries(Object.entries(camera).filter(([field]) => !fields.includes(field as F))) as unknown as Camera

test('bearings are counted clockwise from north', () => {
  for (const [east, north, degrees] of [
    [0, 100, 0],
    [100, 0, 90],
    [0, -100, 180],
    [-100, 0, 270],
    [100, 100, 45],
  ] as const)
    expect(bearing(SPOT, at(east, north))).toBeCloseTo(degrees, 1)
})

describe('sight', () => {
  test('in the middle of the picture fit is 1, at its edge 0, beyond it the spot is not seen; also across north', () => {
    const south = camera('c', at(0, -100))
    expect(sightOf(south, SPOT)).toMatchObject({ sees: 'yes', fit: expect.closeTo(1, 2), distance: expect.closeTo(100, 0) })
    expect(sightOf({ ...south, bearing: 331 }, SPOT)).toMatchObject({ sees: 'yes', fit: expect.closeTo(0.03, 2) })
    expect(sightOf({ ...south, bearing: 29 }, SPOT).sees).toBe('yes')
    expect(sightOf({ ...south, bearing: 31 }, SPOT).sees).toBe('no')
    expect(sightOf({ ...south, bearing: 180 }, SPOT).sees).toBe('no')
  })
  test('beyond its range nothing is seen; a dome sees all round; where it stands it sees', () => {
    expect(sightOf(camera('c', at(0, -201)), SPOT).sees).toBe('no')
    expect(sightOf(camera('c', at(0, 100), { fov: 360 }), SPOT)).toMatchObject({ sees: 'yes', fit: 1 })
    expect(sightOf(camera('c', at(0, 3), { bearing: 90 }), SPOT).sees).toBe('yes')
  })
  test('what is not known is neither yes nor, by itself, no', () => {
    const near = camera('c', at(0, -100))
    expect(sightOf(unknown(near, 'bearing'), SPOT)).toEqual({ sees: 'perhaps', distance: expect.any(Number), bearing: expect.any(Number) })
    expect(sightOf(unknown(near, 'fov'), SPOT).sees).toBe('perhaps')
    expect(sightOf(unknown(near, 'range'), SPOT).sees).toBe('perhaps')
    expect(sightOf(unknown({ ...near, bearing: 180 }, 'range'), SPOT).sees).toBe('no')
    expect(sightOf(unknown(camera('c', at(0, -900)), 'range', 'bearing'), SPOT).sees).toBe('no')
  })
})

test('online before unchecked before ill, certain before perhaps, then near and in the middle; ids decide the rest', () => {
  const south = (id: string, metres: number, more: Partial<Camera> = {}) => camera(id, at(0, -metres), more)
  const states: Record<string, CameraState> = { live: 'live', far: 'live', off: 'offline', frozen: 'frozen', away: 'live', maybe: 'live' }
  const all = [
    south('off', 10),
    south('frozen', 10),
    south('b', 50),
    south('a', 50),
    south('edge', 40, { bearing: 29 }),
    south('live', 90),
    south('far', 150),
    unknown(south('maybe', 20), 'bearing'),
    south('away', 20, { bearing: 180 }),
  ]
  const order = bestSeeing(all, (id) => states[id] ?? 'unchecked', SPOT, 20).map((each) => each.camera.id)
  expect(order).toEqual(['live', 'far', 'a', 'b', 'edge', 'maybe', 'frozen', 'off'])
  expect(bestSeeing(all, () => 'unchecked', SPOT, 2)).toHaveLength(2)
  expect(bestSeeing([], () => 'unchecked', SPOT, 2)).toEqual([])
})

test('nobody who sees the spot is passed over by the quick look: compared with looking at each exactly, at random places', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const all = Array.from({ length: 2_000 }, (_, i) =>
    camera(`c${i}`, at((random() - 0.5) * 3_000, (random() - 0.5) * 3_000), {
      bearing: random() * 360,
      fov: 20 + random() * 340,
      range: 1 + random() * 2_000,
    }),
  )
  const exact = all.filter((one) => sightOf(one, SPOT).sees !== 'no').map(({ id }) => id)
  const found = bestSeeing(all, () => 'unchecked', SPOT, 2_000).map((each) => each.camera.id)
  expect(found.sort()).toEqual(exact.sort())
  expect(exact.length).toBeGreaterThan(100)
})
