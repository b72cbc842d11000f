import { expect, test } from 'vitest'
import { placed, swapped } from './board.ts'
import type { Tile } from './choose.ts'
import { layoutOf, layoutOfKey } from './layout.ts'

const tile = (camera: string, incident?: string): Tile => ({ camera, since: 0, ...(incident && { incident }) })
const ids = (tiles: readonly Tile[]): string => tiles.map(({ camera }) => camera).join('')
const NONE = new Set<string>()

test('two tiles change places and nothing else does', () => {
  const tiles = [tile('a'), tile('b'), tile('c')]
  expect(ids(swapped(tiles, 'a', 'c'))).toBe('cba')
  expect(swapped(tiles, 'a', 'x')).toBe(tiles)
  expect(swapped(tiles, 'a', 'a')).toBe(tiles)
})

test('a camera put on the wall takes the last free place; one of an incident gives way after the others, a held one last of all', () => {
  const tiles = [tile('a'), tile('b'), tile('c', 'i1')]
  expect(ids(placed(tiles, 4, 'x', NONE, 5))).toBe('abcx')
  expect(ids(placed(tiles, 3, 'x', NONE, 5))).toBe('axc')
  expect(ids(placed(tiles, 3, 'x', new Set(['a', 'b']), 5))).toBe('abx')
  expect(ids(placed(tiles, 3, 'x', new Set(['a', 'b', 'c']), 5))).toBe('abx')
  expect(placed(tiles, 3, 'b', NONE, 5)).toBe(tiles)
})

test('layouts by address and key: twelve only on a wall that has room for twelve', () => {
  expect(['1', '4', '6', '9', '12', '5', null].map((text) => layoutOf(text, false))).toEqual([1, 4, 6, 9, undefined, undefined, undefined])
  expect(layoutOf('12', true)).toBe(12)
  expect(['1', '9', '0', '2', 'a'].map(layoutOfKey)).toEqual([1, 9, 'auto', undefined, undefined])
})
