import { describe, expect, test } from 'vitest'
import type { IncidentRow } from '../incidents/projections.ts'
import type { Camera } from './events.ts'
import { offerFor, type Spot } from './offer.ts'

const METRE = 1 / 111_195
const camera = (id: string, north: number, over: Partial<Camera> = {}): Camera => ({
  id,
  name: id,
  position: [119.5, 29.2 - north * METRE],
  bearing: 0,
  fov: 60,
  range: 300,
  siteKind: 'road',
  grid: '330781001001001',
  people: [],
  backend: 'demo',
  subStream: true,
  ...over,
})
/** An offer depends on where an incident is, on nothing else of it. */
const spot: Spot = { incident: { id: 'i1' } as IncidentRow, position: [119.5, 29.2] }
const live = () => 'live' as const

describe('offers', () => {
  test('those that see the spot come first, by how well; one that looks away is said to be near only', () => {
    const away = camera('away', 20, { bearing: 180 })
    const { cameras } = offerFor(spot, [away, camera('far', 250), camera('close', 100)], live)
    expect(cameras).toEqual([
      { id: 'close', view: { sees: 'yes', metres: 100 } },
      { id: 'far', view: { sees: 'yes', metres: 250 } },
      { id: 'away', view: { sees: 'near', metres: 20 } },
    ])
  })
  test('a broken one comes after those that give a picture, one beyond 1.5 km not at all', () => {
    const cameras = [camera('broken', 10), camera('well', 200), camera('gone', 1_600)]
    const offer = offerFor(spot, cameras, (id) => (id === 'broken' ? 'offline' : 'live'))
    expect(offer.cameras.map(({ id }) => id)).toEqual(['well', 'broken'])
  })
  test('four at the most; those bound to the incident by hand before all others', () => {
    const cameras = [1, 2, 3, 4, 5, 6].map((n) => camera(`c${n}`, n * 40))
    expect(offerFor(spot, cameras, live).cameras.map(({ id }) => id)).toEqual(['c1', 'c2', 'c3', 'c4'])
    // Also one that gives no picture now: its tile says why, or shows stills.
    const bound = [camera('c6', 240), camera('of-no-use', 900)]
    expect(offerFor(spot, cameras, live, bound).cameras.map(({ id }) => id)).toEqual(['c6', 'of-no-use', 'c1', 'c2'])
  })
})
