import type { Offer } from '@orchid/shared/domain/cameras/offer'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { describe, expect, test } from 'vitest'
import { type Choosing, chooseTiles, HOLD, urgentSpots } from './choose.ts'

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
const offer = (incident: IncidentRow, ...ids: string[]): Offer => ({
  incident,
  cameras: ids.map((id) => ({ id, view: { sees: 'yes', metres: 10 } })),
})
const choosing = (over: Partial<Choosing>): Choosing => ({
  ...{ n: 4, offers: [], fresh: [], held: new Set(), fixed: ['f1', 'f2', 'f3', 'f4', 'f5'], known: () => true, now: 0 },
  ...over,
})
const ids = (tiles: readonly { camera: string }[]): string[] => tiles.map((tile) => tile.camera)

describe('tiles', () => {
  test('without incidents the fixed set', () => expect(ids(chooseTiles([], choosing({})))).toEqual(['f1', 'f2', 'f3', 'f4']))

  test('the best camera of each urgent incident first, never one twice', () => {
    const tiles = chooseTiles([], choosing({ offers: [offer(row(1), 'a', 'b'), offer(row(2), 'a', 'c')] }))
    expect(tiles.map(({ camera: id, incident }) => [id, incident])).toEqual([
      ['a', 'i1'],
      ['c', 'i2'],
      ['f1', undefined],
      ['f2', undefined],
    ])
  })

  test('a tile stays for fifteen seconds, then gives way', () => {
    const first = chooseTiles([], choosing({}))
    const offers = [offer(row(1), 'a')]
    expect(chooseTiles(first, choosing({ offers, now: HOLD - 1 }))).toBe(first)
    const later = chooseTiles(first, choosing({ offers, now: HOLD }))
    expect(ids(later)).toEqual(['f1', 'f2', 'f3', 'a'])
    expect(later[0]).toBe(first[0])
  })

  test('a new red incident takes four tiles at once', () => {
    const first = chooseTiles([], choosing({ offers: [offer(row(1), 'a')] }))
    const offers = [offer(row(1), 'a'), offer(row(2), 'p', 'q', 'r', 's')]
    expect(ids(chooseTiles(first, choosing({ offers, fresh: ['i2'], now: 1 })))).toEqual(['p', 'q', 'r', 's'])
  })

  test('a held tile is never taken, whatever comes', () => {
    const first = chooseTiles([], choosing({}))
    const offers = [offer(row(2), 'p', 'q', 'r', 's')]
    const held = new Set(['f2'])
    const next = chooseTiles(first, choosing({ offers, fresh: ['i2'], held, now: 10 * HOLD }))
    expect(ids(next)).toEqual(['p', 'f2', 'q', 'r'])
    expect(next[1]).toBe(first[1])
    const all = new Set(ids(next))
    expect(chooseTiles(next, choosing({ offers: [offer(row(3), 'x')], fresh: ['i3'], held: all, now: 20 * HOLD }))).toBe(next)
  })

  test('beside a held tile the best of a new incident give way to one that is bound to it later', () => {
    const held = new Set(['f2'])
    const first = chooseTiles(chooseTiles([], choosing({})), choosing({ offers: [offer(row(2), 'p', 'q', 'r', 's')], fresh: ['i2'], held }))
    const next = chooseTiles(first, choosing({ offers: [offer(row(2), 'bound', 'p', 'q', 'r')], fresh: ['i2'], held }))
    expect(ids(next)).toEqual(['p', 'f2', 'q', 'bound'])
  })

  test('two that are new share the tiles, the newer first', () => {
    const offers = [offer(row(1), 'a', 'b', 'c', 'd'), offer(row(2), 'p', 'q', 'r', 's')]
    expect(ids(chooseTiles([], choosing({ offers, fresh: ['i2', 'i1'] })))).toEqual(['p', 'a', 'q', 'b'])
  })

  test('when it is not new any more, the others get their best cameras back', () => {
    const offers = [offer(row(1), 'a'), offer(row(2), 'p', 'q', 'r', 's')]
    const first = chooseTiles([], choosing({ offers, fresh: ['i2'] }))
    expect(ids(chooseTiles(first, choosing({ offers, now: HOLD })))).toEqual(['p', 'a', 'f1', 'f2'])
  })

  test('fewer tiles keep what is held', () => {
    const first = chooseTiles([], choosing({}))
    expect(ids(chooseTiles(first, choosing({ n: 1, held: new Set(['f3']) })))).toEqual(['f3'])
  })

  test('more tiles than the fixed set has are filled with further cameras of what is urgent', () => {
    const tiles = chooseTiles([], choosing({ n: 3, fixed: ['f1'], offers: [offer(row(1), 'a', 'b', 'c')] }))
    expect(ids(tiles)).toEqual(['a', 'f1', 'b'])
  })

  test('the same tile learns which incident it looks at without restarting', () => {
    const first = chooseTiles([], choosing({ n: 1 }))
    expect(chooseTiles(first, choosing({ n: 1, offers: [offer(row(7), 'f1')], now: 5 }))).toMatchObject([
      { camera: 'f1', incident: 'i7', since: 0 },
    ])
  })

  test('a camera that left the registry leaves the wall, held or not', () => {
    const gone = [{ camera: 'gone', since: 0 }]
    const known = (id: string): boolean => id !== 'gone'
    expect(ids(chooseTiles(gone, choosing({ n: 1, known, held: new Set(['gone']), now: 1 })))).toEqual(['f1'])
  })
})

test('spots: 特急 and 紧急 only, with a place, the most urgent first', () => {
  const rows = [row(3, { priority: 2 }), row(2), row(4, { priority: 3 }), row(5, { state: 'closed' }), row(6, { grid: 'nowhere' })]
  const spots = urgentSpots(rows, (grid) => (grid === 'nowhere' ? undefined : [119, 29]))
  expect(spots.map((one) => one.incident.no)).toEqual([2, 3])
})
