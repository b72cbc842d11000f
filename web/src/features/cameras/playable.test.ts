import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import { expect, test } from 'vitest'
import { fixedSet, playable } from './playable.ts'

const camera = (id: string, over: Partial<CameraRow> = {}): CameraRow => ({
  id,
  gbCode: '3'.repeat(20),
  name: id,
  position: [119, 29],
  bearing: 0,
  fov: 60,
  range: 100,
  siteKind: 'road',
  grid: '330781001001001',
  people: [],
  backend: 'gateway',
  codec: 'h264',
  subStream: true,
  updatedSeq: 1,
  ...over,
})
const state = (id: string, is: CameraStateRow['state']): [string, CameraStateRow] => [
  id,
  { id, grid: '330781001001001', state: is, since: 0, updatedSeq: 1 },
]
const table = (...rows: CameraRow[]): Map<string, CameraRow> => new Map(rows.map((row) => [row.id, row]))

test('drawn ones and those known to be live come before the unchecked', () => {
  const cameras = table(camera('a'), camera('b', { backend: 'demo' }), camera('c'))
  expect(playable(cameras, new Map([state('c', 'live')])).map((row) => row.id)).toEqual(['b', 'c'])
})

test('one that answers the rounds comes before the unchecked', () => {
  expect(playable(table(camera('a'), camera('b')), new Map([state('b', 'answering')])).map((row) => row.id)).toEqual(['b'])
})

test('in a real city on its first day the unchecked are tried, the broken are not', () => {
  expect(playable(table(camera('a'), camera('b')), new Map([state('b', 'offline')])).map((row) => row.id)).toEqual(['a'])
})

test('the fixed set takes the kinds in turn', () => {
  const rows = [camera('r2'), camera('r1'), camera('w', { siteKind: 'river' }), camera('s', { siteKind: 'shelter' })]
  expect(fixedSet(rows)).toEqual(['w', 'r1', 's', 'r2'])
})
