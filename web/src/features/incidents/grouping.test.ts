import type { IncidentRow, Priority } from '@orchid/shared/domain/incidents/projections'
import { describe, expect, test } from 'vitest'
import { type FeedEntry, grouped, LINES, ranges, urgentNumbers } from './grouping.ts'
import { incident, NOW } from './rows.fixture.ts'

const grid = (i: number): string => `330781${String(1 + (i % 16)).padStart(3, '0')}001${String(1 + Math.floor(i / 16)).padStart(3, '0')}`
const fresh = (no: number, over: Partial<IncidentRow> = {}): IncidentRow => incident({ no, openedAt: NOW, state: 'reported', ...over })
const many = (n: number, over: (i: number) => Partial<IncidentRow>): IncidentRow[] =>
  Array.from({ length: n }, (_, i) => fresh(i + 1, over(i)))
const numbers = (entries: readonly FeedEntry[]): number[] =>
  entries.flatMap((entry) => entry.rows.map((row) => row.no)).sort((a, b) => a - b)
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

describe('what is alike becomes one line', () => {
  test('a hundred of one cause in one grid are one line of a hundred', () => {
    const [line, ...more] = grouped(
      many(100, () => ({ title: '加油站泄漏' })),
      NOW,
    )
    expect(more).toEqual([])
    expect(line).toMatchObject({ alike: 'grid', priority: 3 })
    expect(line?.rows).toHaveLength(100)
  })
  test('too many grids: by township; too many townships: by cause; too many causes: the rest in one', () => {
    const by = (over: (i: number) => Partial<IncidentRow>) => [...new Set(grouped(many(100, over), NOW).map((line) => line.alike))]
    expect(by((i) => ({ grid: grid(16 * (i % 20)) }))).toEqual(['township'])
    expect(by((i) => ({ grid: grid(i) }))).toEqual(['cause'])
    expect(by((i) => ({ grid: grid(i), title: `事由 ${i}` }))).toEqual([undefined, 'nothing'])
    const lines = grouped(
      many(100, (i) => ({ grid: grid(i), title: i < 60 ? `事由 ${i % 6}` : `事由 ${i}` })),
      NOW,
    )
    expect(lines.filter((line) => line.alike === 'cause').map((line) => line.rows.length)).toEqual(Array(6).fill(10))
  })
  test('the class is the cause, where there is one', () => {
    const lines = grouped(
      many(12, (i) => ({ category: '消防', title: `楼道 ${i}` })),
      NOW,
    )
    expect(lines.map((line) => line.rows.length)).toEqual([12])
  })
  test('what stood open before the flood keeps its line', () => {
    const old = incident({ no: 500, openedAt: NOW - 1 })
    const lines = grouped([old, ...many(20, () => ({}))], NOW)
    expect(lines.map((line) => [line.rows.length, line.id === old.id])).toEqual(expect.arrayContaining([[1, true]]))
    expect(lines).toHaveLength(2)
  })
})

describe('特急 in a flood', () => {
  const red = { level: 'red', priority: 1 } as const
  test('up to four have a line each, on top', () => {
    const rows = many(60, (i) => (i % 20 === 7 ? red : {}))
    const lines = grouped(rows, NOW)
    expect(lines.slice(0, 3).map((line) => [line.rows.length, line.rows[0].no])).toEqual([
      [1, 8],
      [1, 28],
      [1, 48],
    ])
    expect(numbers(lines)).toHaveLength(60)
  })
  test('more of them stand in groups and are named by number, none left out', () => {
    const lines = grouped(
      many(60, (i) => ({ ...(i < 30 && red), title: i % 2 ? '起火' : '泄漏' })),
      NOW,
    )
    expect(lines.flatMap(urgentNumbers).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(lines[0]?.priority).toBe(1)
  })
  test('another 特急 in a group makes its line a new one', () => {
    const rows = many(30, (i) => (i < 6 ? red : {}))
    const more = many(30, (i) => (i < 7 ? red : {}))
    expect(grouped(rows, NOW)[0]?.id).not.toBe(grouped(more, NOW)[0]?.id)
  })
})

test('the worst stands first, then the earliest deadline', () => {
  const lines = grouped(
    many(12, (i) => ({ title: `事由 ${i % 4}`, priority: (i % 4 === 2 ? 2 : 3) as Priority, dueAt: NOW + 1000 * (12 - i) })),
    NOW,
  )
  expect(lines.map((line) => line.rows[0].title)).toEqual(['事由 2', '事由 3', '事由 1', '事由 0'])
})

test('whatever comes: no more new lines than asked for, every incident in exactly one, every 特急 named', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seeded(seed)
    const rows = many(Math.floor(random() * 160), () => ({
      grid: grid(Math.floor(random() * 776)),
      title: `事由 ${Math.floor(random() * (seed % 30))}`,
      kind: random() < 0.2 ? 'dispute' : 'hazard',
      priority: (1 + Math.floor(random() * 4)) as Priority,
      dueAt: NOW + random() * 1e7,
    }))
    const most = 1 + Math.floor(random() * LINES)
    const lines = grouped(rows, NOW, most)
    expect(lines.length, `seed ${seed}`).toBeLessThanOrEqual(most)
    expect(numbers(lines), `seed ${seed}`).toEqual(rows.map((row) => row.no))
    expect(new Set(lines.map((line) => line.id)).size, `seed ${seed}`).toBe(lines.length)
    const urgent = rows.filter((row) => row.priority === 1).map((row) => row.no)
    expect(
      lines.flatMap(urgentNumbers).sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(urgent)
  }
})

test('numbers in a row are told as ranges', () => {
  expect(ranges([3])).toBe('3')
  expect(ranges([3, 4])).toBe('3、4')
  expect(ranges([1, 2, 3, 7, 9, 10, 11])).toBe('1–3、7、9–11')
  expect(ranges([])).toBe('')
})
