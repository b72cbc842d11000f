import type { AreaRow } from '@orchid/shared/domain/areas/projections'
import type { GridTallyRow, Tally, TownshipTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { expect, test } from 'vitest'
import { townshipLines } from './townships.ts'

const none: Tally = {
  patrolsToday: 0,
  personsToday: 0,
  hazardsToday: 0,
  disputesToday: 0,
  openRed: 0,
  openYellow: 0,
  openGreen: 0,
  lastPatrolAt: null,
  updatedSeq: 1,
}
const town = (code: string, over: Partial<Tally> = {}): [string, TownshipTallyRow] => [code, { ...none, township: code, ...over }]
const grid = (code: string, patrolsToday: number): [string, GridTallyRow] => [code, { ...none, grid: code, patrolsToday }]

test('ordered by open red, then yellow, then least covered; coverage counts grids, not visits', () => {
  const areas = new Map<string, AreaRow>([['330781001', { code: '330781001', name: '兰江街道', tier: 'township', updatedSeq: 1 }]])
  const lines = townshipLines(
    areas,
    new Map([
      town('330781001', { openYellow: 3, patrolsToday: 9 }),
      town('330781002', { openRed: 1 }),
      town('330781003'),
      town('330781004'),
    ]),
    new Map([grid('330781001001001', 9), grid('330781001001002', 0), grid('330781003001001', 1), grid('330781004001001', 0)]),
  )
  expect(lines.map((line) => line.code)).toEqual(['330781002', '330781001', '330781004', '330781003'])
  expect(lines[1]).toMatchObject({ name: '兰江街道', patrols: 9, grids: 2, visited: 1 })
  expect(lines[0]).toMatchObject({ name: '330781002', grids: 0 })
})
