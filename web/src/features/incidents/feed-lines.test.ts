import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { describe, expect, test } from 'vitest'
import { feedEntries, heightOf, ROW, rowsThatFit } from './feed-lines.ts'
import type { GroupWords } from './group-words.ts'
import { urgentNumbers } from './grouping.ts'
import { incident, NOW } from './rows.fixture.ts'

const words = (): GroupWords => ({ title: '', urgent: '特急 20：1 3 5 7 9 11 13 15 17 19 号', rest: ['一般 9'] })
const rows = Array.from(
  { length: 60 },
  (_, i): IncidentRow => incident({ no: i + 1, openedAt: NOW, title: `事由 ${i % 12}`, ...(i % 2 && { priority: 1, level: 'red' }) }),
)

describe('a feed of so many rem', () => {
  test('in a flood all lines with 特急 fit and two rows are left; none is lost', () => {
    for (const room of [15, 20, 25, 30]) {
      const entries = feedEntries(rows, NOW, room, words)
      const urgent = entries.filter((entry) => entry.priority === 1)
      expect(heightOf(urgent, words)).toBeLessThanOrEqual(room - 2 * ROW)
      expect(urgent.flatMap(urgentNumbers)).toHaveLength(30)
      expect(entries.flatMap((entry) => entry.rows)).toHaveLength(60)
    }
  })
  test('however low it is, one line is left', () => expect(feedEntries(rows, NOW, 1, words)).toHaveLength(1))
  test('without a flood each incident has its line', () => expect(feedEntries(rows, undefined, 20, words)).toHaveLength(60))
  test('a group that needs two lines of small print takes them from the rows of the page', () => {
    const entries = feedEntries(rows, NOW, 25, words)
    const further = heightOf(entries, words) - ROW * entries.length
    expect(further).toBeGreaterThan(0)
    expect(rowsThatFit(entries, 25, words)).toBe(Math.floor((25 - further) / ROW))
  })
})
