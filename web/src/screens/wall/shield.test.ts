import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { expect, test } from 'vitest'
import { withoutPersons } from './use-shield.ts'

const row = {
  id: 'a',
  no: 7,
  kind: 'dispute',
  title: '张三与李四的排水纠纷',
  position: [119, 29],
  level: 'green',
  updatedSeq: 1,
} as unknown as IncidentRow

test('with the shield up a dispute is told by its kind and grid alone', () => {
  expect(withoutPersons('incidents', row, '矛盾纠纷')).toEqual({
    id: 'a',
    no: 7,
    kind: 'dispute',
    title: '矛盾纠纷',
    level: 'green',
    updatedSeq: 1,
  })
  expect(withoutPersons('incidents', { ...row, category: '邻里' } as IncidentRow, '矛盾纠纷')).toMatchObject({ title: '邻里' })
})

test('a hazard and every other row stay as they are', () => {
  const hazard = { ...row, kind: 'hazard' } as IncidentRow
  expect(withoutPersons('incidents', hazard, '—')).toBe(hazard)
  expect(withoutPersons('grids', row, '—')).toBe(row)
})
