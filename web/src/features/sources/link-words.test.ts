import type { SourceRow } from '@orchid/shared/domain/sources/projections'
import { expect, test } from 'vitest'
import { sourceFigures } from './link-words.ts'

const row = (name: string, over: Partial<SourceRow> = {}): SourceRow => ({
  name,
  sender: name,
  state: 'live',
  since: 5,
  heardAt: 5,
  rejectedToday: 0,
  updatedSeq: 1,
  ...over,
})

test('live of all, refused today, the longest lost first', () => {
  const figures = sourceFigures([
    row('simulator', { state: 'lost', since: 20, heardAt: 12, rejectedToday: 3 }),
    row('hydrology', { rejectedToday: 1 }),
    row('intake', { state: 'lost', since: 9, heardAt: 1 }),
  ])
  expect(figures).toEqual({
    live: 1,
    all: 3,
    rejectedToday: 4,
    lost: [
      { name: 'intake', since: 1 },
      { name: 'simulator', since: 12 },
    ],
  })
})

test('no source at all is said as such', () => expect(sourceFigures([])).toEqual({ live: 0, all: 0, rejectedToday: 0, lost: [] }))
