import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { describe, expect, test } from 'vitest'
import { checksum } from './checksum.ts'
import { Fill, fillOf, GridFills } from './grid-fills.ts'

const tally = (grid: string, more: Partial<GridTallyRow> = {}): GridTallyRow =>
  ({ grid, patrolsToday: 0, openRed: 0, openYellow: 0, openGreen: 0, updatedSeq: 1, ...more }) as GridTallyRow

describe('fills of the grids', () => {
  test('the worst decides; no row is unknown, never normal', () => {
    expect(fillOf(undefined)).toBe(Fill.Unknown)
    expect(fillOf(tally('a'))).toBe(Fill.Unvisited)
    expect(fillOf(tally('a', { patrolsToday: 1, openGreen: 3 }))).toBe(Fill.Visited)
    expect(fillOf(tally('a', { patrolsToday: 1, openYellow: 1 }))).toBe(Fill.Yellow)
    expect(fillOf(tally('a', { openRed: 1, openYellow: 1 }))).toBe(Fill.Red)
  })
  test('only what looks otherwise is a change', () => {
    const fills = new GridFills()
    const rows = new Map(['a', 'b', 'c'].map((code) => [code, tally(code)]))
    fills.reset(['a', 'b', 'c'], rows)
    rows.set('b', tally('b', { patrolsToday: 1 }))
    rows.set('c', tally('c', { openGreen: 1 }))
    expect(fills.update(new Map(rows))).toEqual([1])
    rows.delete('a')
    expect(fills.update(new Map(rows))).toEqual([0])
  })
  test('the checksum tells fills and positions apart', () => {
    const sum = checksum(Uint8Array.of(0, 1), Float64Array.of(0.5, 0.6))
    expect(checksum(Uint8Array.of(0, 1), Float64Array.of(0.5, 0.6))).toBe(sum)
    expect(checksum(Uint8Array.of(1, 0), Float64Array.of(0.5, 0.6))).not.toBe(sum)
    expect(checksum(Uint8Array.of(0, 1), Float64Array.of(0.5, 0.600001))).not.toBe(sum)
  })
})
