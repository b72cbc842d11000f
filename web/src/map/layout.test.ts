import type { IncidentRow, Priority } from '@orchid/shared/domain/incidents/projections'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Ground, layOut, type Name, shortened } from './layout.ts'

const incident = (no: number, priority: Priority, x: number, y: number, more: Partial<IncidentRow> = {}): IncidentRow =>
  ({ id: `i${no}`, no, priority, state: 'accepted', title: '楼道电动车起火苗', position: [x, y], updatedSeq: 1, ...more }) as IncidentRow
const ground: Ground = {
  field: { x: 0, y: 0, width: 1772, height: 1205 },
  reserved: [{ x: 0, y: 0, width: 320, height: 360 }],
  rem: 40,
  project: ([x, y]) => ({ x, y }),
  locate: (row) => row.position,
}
const township = (text: string, x: number, y: number): Name => ({ text, kind: 'township', at: [[x, y]] })

describe('what stands over the map', () => {
  test('worst first get numbers, the rest is painted small, closed ones are gone', () => {
    const many = Array.from({ length: 100 }, (_, i) => incident(i + 1, 3, 400 + (i % 10) * 120, 400 + Math.floor(i / 10) * 75))
    const { symbols, small } = layOut([...many, incident(200, 1, 900, 900), incident(201, 1, 900, 500, { state: 'closed' })], [], ground)
    expect(symbols[0]?.incident.no).toBe(200)
    expect(symbols).toHaveLength(40)
    expect(symbols.length + small.length).toBe(101)
  })
  test('urgent ones keep their number however crowded it is; others make room', () => {
    const { symbols, small } = layOut(
      [1, 2, 3].map((no) => incident(no, no === 3 ? 3 : 1, 800, 600)),
      [],
      ground,
    )
    expect(symbols.map((s) => s.incident.no)).toEqual([1, 2])
    expect(small.map((s) => s.id)).toEqual(['i3'])
  })
  test('at most three blink, and only critical ones nobody accepted', () => {
    const five = Array.from({ length: 5 }, (_, i) => incident(i + 1, 1, 400 + i * 200, 600, { state: 'reported' }))
    const { symbols } = layOut([...five, incident(9, 2, 500, 900, { state: 'reported' })], [], ground)
    expect(symbols.filter((s) => s.blinking).map((s) => s.incident.no)).toEqual([1, 2, 3])
  })
  test('callouts: at most four, of urgent ones, none on another or outside', () => {
    const rows = Array.from({ length: 12 }, (_, i) => incident(i + 1, i < 6 ? 1 : 3, 500 + (i % 4) * 260, 420 + Math.floor(i / 4) * 220))
    const { callouts } = layOut(rows, [], ground)
    expect(callouts.map((c) => c.incident.no)).toEqual([1, 2, 3, 4])
  })
  test('names never cover each other, and never leave the field', () => {
    const at = fc.tuple(fc.integer({ min: 0, max: 1772 }), fc.integer({ min: 0, max: 1205 }))
    fc.assert(
      fc.property(fc.array(at, { maxLength: 40 }), fc.array(at, { maxLength: 60 }), (seats, places) => {
        const names = seats.map(([x, y], i) => township(`第${i}镇街道`, x, y))
        const rows = places.map(([x, y], i) => incident(i + 1, ((i % 4) + 1) as Priority, x, y))
        const { names: placed, callouts } = layOut(rows, names, ground)
        const boxes = [
          ...placed.map((n) => ({
            x: n.x - 0.43 * 40 * n.text.length + 40,
            y: n.y - 17,
            width: 0.86 * 40 * n.text.length - 80,
            height: 34,
          })),
          ...callouts.map((c) => c.box),
        ]
        for (const [i, a] of boxes.entries()) {
          expect(a.y).toBeGreaterThanOrEqual(0)
          for (const b of boxes.slice(i + 1))
            expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
        }
      }),
      { seed: 5 },
    )
  })
  test('titles lose what stands in brackets, then their end', () => {
    expect(shortened('林区烟雾（热成像）')).toBe('林区烟雾')
    expect(shortened('建房排水引发邻里纠纷')).toBe('建房排水引发邻…')
    expect(shortened('楼道电动车起火苗')).toBe('楼道电动车起火苗')
  })
})
