import { expect, test } from 'vitest'
import type { CameraState } from './events.ts'
import { fixedSet, playable } from './playable.ts'
import type { CameraRow } from './projections.ts'

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
const known =
  (states: Readonly<Record<string, CameraState>>) =>
  (id: string): CameraState =>
    states[id] ?? 'unchecked'

test('drawn ones and those known to be live come before the unchecked', () => {
  const cameras = [camera('a'), camera('b', { backend: 'demo' }), camera('c')]
  expect(playable(cameras, known({ c: 'live' })).map((row) => row.id)).toEqual(['b', 'c'])
})

test('one that answers the rounds comes before the unchecked', () => {
  expect(playable([camera('a'), camera('b')], known({ b: 'answering' })).map((row) => row.id)).toEqual(['b'])
})

test('in a real city on its first day the unchecked are tried, the broken are not', () => {
  expect(playable([camera('a'), camera('b')], known({ b: 'offline' })).map((row) => row.id)).toEqual(['a'])
})

test('the fixed set takes the kinds in turn', () => {
  const rows = [camera('r2'), camera('r1'), camera('w', { siteKind: 'river' }), camera('s', { siteKind: 'shelter' })]
  expect(fixedSet(rows)).toEqual(['w', 'r1', 's', 'r2'])
})
