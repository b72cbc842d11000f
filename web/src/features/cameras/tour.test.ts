import type { CameraState } from '@orchid/shared/domain/cameras/events'
import type { CameraSetRow } from '@orchid/shared/domain/cameras/set-projections'
import { expect, test } from 'vitest'
import { chosenKey, setToShow, turnFrom } from './tour.ts'

const LIST = ['a', 'b', 'c', 'd', 'e']
const states =
  (ill: Record<string, CameraState | 'gone'> = {}) =>
  (id: string): CameraState | 'gone' =>
    ill[id] ?? 'live'

test('a tour goes round, so many at a time', () => {
  const first = turnFrom(LIST, 0, 2, states())
  expect([first.shown, first.first, first.last]).toEqual([['a', 'b'], 1, 2])
  const second = turnFrom(LIST, first.next, 2, states())
  const third = turnFrom(LIST, second.next, 2, states())
  expect([second.shown, third.shown]).toEqual([
    ['c', 'd'],
    ['e', 'a'],
  ])
})

test('the dead are left out and counted by what ails them; what nobody looked at is shown', () => {
  const turn = turnFrom(LIST, 0, 4, states({ a: 'offline', c: 'black', d: 'unchecked', e: 'gone' }))
  expect(turn).toMatchObject({ shown: ['b', 'd'], alive: 2, skipped: { offline: 1, black: 1, gone: 1 } })
})

test('one whose codec a browser may not play is shown: its tile shows stills with their age', () =>
  expect(turnFrom(['a', 'b'], 0, 4, states({ a: 'codec' }))).toMatchObject({ shown: ['a', 'b'], skipped: {} }))

test('when the camera it stood at dies, the tour goes on with the next', () => {
  const { next } = turnFrom(LIST, 0, 2, states())
  expect(turnFrom(LIST, next, 2, states({ c: 'offline' })).shown).toEqual(['d', 'e'])
})

test('when all are dead nothing is shown and all are counted', () =>
  expect(turnFrom(['a', 'b'], 1, 4, () => 'offline')).toMatchObject({ shown: [], alive: 0, skipped: { offline: 2 } }))

test('the chosen set counts, else the newest of the scene; favourites are shown when they are chosen', () => {
  const set = (id: string, more: Partial<CameraSetRow> = {}): [string, CameraSetRow] => [
    id,
    { id, name: id, cameras: ['a'], area: '330781', by: 'x', savedAt: 1, updatedSeq: 1, ...more },
  ]
  const sets = new Map([set('plain'), set('old', { scene: 'flood' }), set('new', { scene: 'flood', savedAt: 2 })])
  const mine = { id: 'mine', name: '常看', cameras: ['b'], owner: 'li', savedAt: 3, updatedSeq: 3 }
  const all = { sets, favourites: new Map([['li/mine', mine]]) }
  expect(setToShow(all, 'plain', 'flood')?.id).toBe('plain')
  expect(setToShow(all, 'gone', 'flood')?.id).toBe('new')
  expect(setToShow(all, 'favourites/mine', 'flood')?.cameras).toEqual(['b'])
  expect(setToShow(all, 'mine', 'daily')).toBeUndefined()
  expect(setToShow(all, undefined, 'daily')).toBeUndefined()
})

test('favourites and a set of the same id are two', () => {
  const set: CameraSetRow = { id: 'levee', name: '堤防', cameras: ['a'], area: '330781', by: 'x', savedAt: 1, updatedSeq: 1 }
  const own = { id: 'levee', name: '常看', cameras: ['b'], owner: 'li', savedAt: 3, updatedSeq: 3 }
  const all = { sets: new Map([['levee', set]]), favourites: new Map([['li/levee', own]]) }
  expect(new Set([set, own].map(chosenKey)).size).toBe(2)
  for (const row of [set, own]) expect(setToShow(all, chosenKey(row), undefined)?.name).toBe(row.name)
})
