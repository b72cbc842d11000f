/** Bounded tables on a screen, against the product's own tables in memory: what falls off their end is never told, and still goes. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import { patrolFeed } from '@orchid/shared/domain/patrol/projections'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { type Projection, Tables } from '@orchid/shared/kernel/projection'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostRows } from './bounded-tables.ts'
import { emptyHeld, takeAnswer, takeFrame } from './cursor-rule.ts'

const CITY = '330781'
const TOWNSHIP = '330781001'

test('every bounded table of the product has its most for a city and for a township; a smaller area is told what leaves', () => {
  const bounded = PROJECTIONS.filter((projection) => projection.newest)
  expect(bounded.length).toBeGreaterThan(0)
  expect(mostRows(CITY)).toEqual(new Map(bounded.map(({ name, newest }) => [name, newest?.city])))
  expect(mostRows(TOWNSHIP)).toEqual(new Map(bounded.map(({ name, newest }) => [name, newest?.township])))
  expect(mostRows(`${TOWNSHIP}001`).size).toBe(0)
})

/** An entry in one of six townships, the first the busiest. */
const entry = (seq: number, place: number): JournalEvent => ({
  type: 'patrol.recorded',
  area: `33078100${Math.max(1, place - 3)}001001`,
  subject: `patrol:${seq}`,
  data: { kind: 'person', grid: `33078100${Math.max(1, place - 3)}001001`, title: '走访' },
  seq,
  recordedAt: seq,
  sender: 'tester',
  id: `e${seq}`,
})

/** Where the entries of one frame come from: more in all than any bound. */
const places = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 90, size: 'max' })

describe('frames that only bring rows leave exactly the newest', () => {
  for (const area of [CITY, TOWNSHIP])
    test(area, () => {
      fc.assert(
        fc.property(fc.array(places, { maxLength: 20, size: 'max' }), (frames) => {
          const tables = new Tables([patrolFeed as unknown as Projection])
          const held = emptyHeld(['patrolFeed'], mostRows(area))
          takeAnswer(held, { epoch: 'e', cursor: 0, mode: 'snapshot', tables: { patrolFeed: [] } })
          for (const entries of frames) {
            const from = tables.cursor
            for (const place of entries) tables.fold(entry(tables.cursor + 1, place))
            const rows = tables.entries('patrolFeed', area).filter(([, row]) => row.updatedSeq > from)
            takeFrame(held, { epoch: 'e', from, to: tables.cursor, tables: { patrolFeed: rows } })
            expect([...(held.tables.get('patrolFeed') ?? [])]).toEqual(tables.entries('patrolFeed', area))
          }
        }),
        { numRuns: 40, endOnFailure: true },
      )
    })
})
