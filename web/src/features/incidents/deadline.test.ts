import { describe, expect, test } from 'vitest'
import { byTimeLeft, deadlineOf } from './deadline.ts'
import { incident, NOW } from './rows.fixture.ts'

describe('deadline', () => {
  test('calm, near below a quarter, over at zero', () => {
    const row = incident({ openedAt: NOW - 100_000, dueAt: NOW + 100_000 })
    expect(deadlineOf(row, NOW)).toEqual({ step: 'resolve', left: 100_000, share: 0.5, urgency: 'calm' })
    expect(deadlineOf(row, NOW + 51_000).urgency).toBe('near')
    expect(deadlineOf(row, NOW + 100_000)).toMatchObject({ left: 0, share: 0, urgency: 'over' })
  })
  test('what is not accepted yet is due to be accepted', () => expect(deadlineOf(incident({ state: 'reported' }), NOW).step).toBe('accept'))
  test('without a deadline nothing is invented', () => {
    const { dueAt: _, ...row } = incident()
    expect(deadlineOf(row, NOW)).toMatchObject({ left: undefined, urgency: 'none' })
  })
})

test('sorted by time left, overdue first, closed ones gone, no deadline last', () => {
  const { dueAt: _, ...free } = incident({ no: 4 })
  const rows = [
    incident({ no: 1, dueAt: NOW + 5 }),
    free,
    incident({ no: 2, dueAt: NOW - 5 }),
    incident({ no: 3, state: 'closed', dueAt: NOW - 9 }),
  ]
  expect(byTimeLeft(rows).map((row) => row.no)).toEqual([2, 1, 4])
})
