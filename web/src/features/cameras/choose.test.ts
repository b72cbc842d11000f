import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { describe, expect, test } from 'vitest'
import { chooseTiles, HOLD, type Spot, urgentSpots } from './choose.ts'

const row = (no: number, over: Partial<IncidentRow> = {}): IncidentRow => ({
  id: `i${no}`,
  no,
  source: { sender: 's', id: String(no) },
  kind: 'hazard',
  level: 'red',
  priority: 1,
  state: 'reported',
  phase: 'monitoring',
  grid: '330781001001001',
  title: 't',
  openedAt: 0,
  dueAt: no,
  updatedSeq: no,
  ...over,
})
const cameras = [
  { id: 'a', position: [119.47, 29.2] },
  { id: 'b', position: [119.48, 29.2] },
  { id: 'c', position: [119.5, 29.25] },
  { id: 'd', position: [119.3, 29.1] },
  { id: 'e', position: [119.31, 29.11] },
] as const
const fixed = ['c', 'd', 'e', 'a']
const at = (no: number, lng: number, lat: number): Spot => ({ incident: row(no), position: [lng, lat] })

describe('tiles', () => {
  test('without incidents the fixed set', () =>
    expect(chooseTiles([], 4, [], cameras, fixed, 0).map((tile) => tile.camera)).toEqual(['c', 'd', 'e', 'a']))

  test('the nearest camera of each urgent incident first, never one twice', () => {
    const tiles = chooseTiles([], 4, [at(1, 119.471, 29.2), at(2, 119.472, 29.2)], cameras, fixed, 0)
    expect(tiles.map(({ camera, incident }) => [camera, incident])).toEqual([
      ['a', 'i1'],
      ['b', 'i2'],
      ['c', undefined],
      ['d', undefined],
    ])
  })

  test('no camera within reach: none is said to look at it', () =>
    expect(chooseTiles([], 1, [at(1, 119.9, 29.5)], cameras, fixed, 0)[0]).toEqual({ camera: 'c', since: 0 }))

  test('a tile is held for fifteen seconds, then gives way', () => {
    const first = chooseTiles([], 2, [], cameras, fixed, 0)
    const spots = [at(1, 119.471, 29.2)]
    expect(chooseTiles(first, 2, spots, cameras, fixed, HOLD - 1)).toBe(first)
    const later = chooseTiles(first, 2, spots, cameras, fixed, HOLD)
    expect(later.map((tile) => tile.camera)).toEqual(['c', 'a'])
    expect(later[0]).toBe(first[0])
  })

  test('the same tile learns which incident it looks at without restarting', () => {
    const first = chooseTiles([], 1, [], cameras, ['a'], 0)
    expect(chooseTiles(first, 1, [at(7, 119.47, 29.2)], cameras, ['a'], 5)).toEqual([{ camera: 'a', incident: 'i7', since: 0 }])
  })

  test('a camera that left the registry leaves the wall', () =>
    expect(chooseTiles([{ camera: 'gone', since: 0 }], 1, [], cameras, fixed, 1)[0]?.camera).toBe('c'))
})

test('spots: 特急 and 紧急 only, with a place, the most urgent first', () => {
  const rows = [row(3, { priority: 2 }), row(2), row(4, { priority: 3 }), row(5, { state: 'closed' }), row(6, { grid: 'nowhere' })]
  const spots = urgentSpots(rows, (grid) => (grid === 'nowhere' ? undefined : [119, 29]))
  expect(spots.map((spot) => spot.incident.no)).toEqual([2, 3])
})
