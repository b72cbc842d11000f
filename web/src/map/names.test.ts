import type { AreaRow, GridRow, WaterRow } from '@orchid/shared/domain/areas/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { describe, expect, test } from 'vitest'
import { unit } from './mercator.ts'
import { gridNames, hazardCounts, riverNames, villageNames } from './names.ts'

const river = {
  id: 'r',
  name: '兰江',
  width: 300,
  line: [
    [119, 29],
    [119.5, 29.5],
    [120, 30],
  ],
  updatedSeq: 1,
} as unknown as WaterRow

describe('names', () => {
  test('a river is named along the part in sight', () => {
    const [left, top] = unit([119.4, 29.6])
    const [right, bottom] = unit([119.6, 29.4])
    const [name] = riverNames([river], [left, top, right, bottom], 'zh')
    expect(name?.text).toBe('兰江')
    for (const [lng, lat] of name?.at ?? []) {
      expect(lng).toBeGreaterThanOrEqual(119.4)
      expect(lng).toBeLessThanOrEqual(119.6)
      expect(lat).toBeCloseTo(lng - 90, 1)
    }
    expect(riverNames([river], [left, top, right, bottom], 'en')[0]?.text).toBe('Lan River')
  })
  test('a river out of sight has no name', () => expect(riverNames([river], [0, 0, 0.1, 0.1], 'zh')).toEqual([]))
  test('a village without a seat stands in the middle of its grids', () => {
    const village = { code: '330781001001', name: '城关社区', tier: 'village', updatedSeq: 1 } as AreaRow
    const grids = [
      { village: village.code, centroid: [119, 29] },
      { village: village.code, centroid: [120, 30] },
    ] as unknown as GridRow[]
    expect(villageNames([village], grids)).toEqual([{ text: '城关社区', kind: 'village', at: [[119.5, 29.5]] }])
  })
  test('a grid in sight is named by its code within the township and a role, one out of sight is not', () => {
    const grid = (code: string, lng: number) => ({ code, chief: '网格长', centroid: [lng, 29] }) as unknown as GridRow
    const [left, top] = unit([118.9, 29.1])
    const [right, bottom] = unit([119.1, 28.9])
    const names = gridNames([grid('330781001002003', 119), grid('330781001002004', 120)], [left, top, right, bottom])
    expect(names.map((name) => name.text)).toEqual(['002003 网格长'])
  })
  test('only grids with several open hazards carry their number', () => {
    const grids = new Map(['a', 'b'].map((code) => [code, { code, centroid: [119, 29] } as unknown as GridRow]))
    const tally = (grid: string, openRed: number, openGreen: number) =>
      ({ grid, openRed, openYellow: 0, openGreen }) as unknown as GridTallyRow
    const counts = hazardCounts(grids, [tally('a', 1, 2), tally('b', 1, 0), tally('unknown', 2, 0)], [0, 0, 1, 1], (n) => `隐患 ${n}`)
    expect(counts).toEqual([{ text: '隐患 3', kind: 'count', at: [[119, 29]] }])
  })
})
