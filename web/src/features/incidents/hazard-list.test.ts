import { expect, test } from 'vitest'
import { listedHazards } from './hazard-list.ts'
import { incident, NOW } from './rows.fixture.ts'

test('red hazards come first, within a colour the one that stands longest', () => {
  const rows = [
    incident({ no: 1, level: 'yellow', openedAt: NOW - 9_000 }),
    incident({ no: 2, level: 'red', openedAt: NOW - 1_000 }),
    incident({ no: 3, level: 'red', openedAt: NOW - 5_000 }),
    incident({ no: 4, level: 'yellow', openedAt: NOW - 20_000 }),
  ]
  expect(listedHazards(rows).map((row) => row.no)).toEqual([3, 2, 4, 1])
})

test('green ones, disputes and what is closed are not listed', () => {
  const rows = [
    incident({ no: 1, level: 'green' }),
    incident({ no: 2, kind: 'dispute', level: 'red' }),
    incident({ no: 3, level: 'red', state: 'closed' }),
  ]
  expect(listedHazards(rows)).toEqual([])
})
