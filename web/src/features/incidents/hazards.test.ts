import type { HazardDaysRow } from '@orchid/shared/domain/incidents/projections'
import { expect, test } from 'vitest'
import { colourFigures, widestArea } from './hazards.ts'
import { incident, NOW } from './rows.fixture.ts'

const row = (area: string, over: Partial<HazardDaysRow> = {}): HazardDaysRow => ({
  area,
  open: { red: 2, yellow: 5, green: 0 },
  before: [
    { red: 3, yellow: 5, green: 1 },
    { red: 1, yellow: 4, green: 0 },
  ],
  updatedSeq: 1,
  ...over,
})

test('figures of each colour: now, change, days oldest first, oldest of the hazards only', () => {
  const old = incident({ no: 3, openedAt: NOW - 9e6, level: 'yellow' })
  const [red, yellow, green] = colourFigures(row('330781'), [
    incident({ no: 1, openedAt: NOW - 5e6, level: 'yellow' }),
    old,
    incident({ no: 4, kind: 'dispute', openedAt: NOW - 99e6, level: 'yellow' }),
    incident({ no: 5, state: 'closed', openedAt: NOW - 99e6, level: 'red' }),
  ])
  expect(red).toEqual({ level: 'red', open: 2, change: -1, days: [1, 3, 2], oldest: undefined })
  expect(yellow).toMatchObject({ change: 0, oldest: old.openedAt })
  expect(green).toMatchObject({ open: 0, change: -1 })
})

test('on the first day there is no change to speak of', () => {
  expect(colourFigures(row('330781', { before: [] }), [])[0]).toMatchObject({ change: undefined, days: [2] })
})

test('the widest area in scope counts', () => {
  const rows = new Map([row('330781001'), row('330781'), row('330781002')].map((r) => [r.area, r]))
  expect(widestArea(rows)?.area).toBe('330781')
  expect(widestArea(new Map())).toBeUndefined()
})
