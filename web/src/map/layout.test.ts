import type { IncidentRow, Priority } from '@orchid/shared/domain/incidents/projections'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shortened } from './callouts.ts'
import { type Ground, layOut, type Name } from './layout.ts'
import { apart, type Box, ems } from './placement.ts'

const incident = (no: number, priority: Priority, x: number, y: number, more: Partial<IncidentRow> = {}): IncidentRow =>
  ({ id: `i${no}`, no, priority, state: 'accepted', title: '楼道电动车起火苗', position: [x, y], updatedSeq: 1, ...more }) as IncidentRow
const ground: Ground = {
  field: { x: 0, y: 0, width: 1772, height: 1205 },
  reserved: [{ x: 0, y: 0, width: 320, height: 360 }],
  rem: 40,
  project: ([x, y]) => ({ x, y }),
  locate: (row) => row.position,
  several: (n) => `等 ${n} 起`,
}
const boxOf = ({ x, y, size }: { x: number; y: number; size: number }): Box => ({
  x: x - size / 2,
  y: y - size / 2,
  width: size,
  height: size,
})
/** The same map as small as the inset, with its title in the corner. */
const inset: Ground = { ...ground, field: { x: 0, y: 0, width: 560, height: 490 }, reserved: [{ x: 0, y: 0, width: 200, height: 64 }] }
const township = (text: string, x: number, y: number): Name => ({ text, kind: 'township', at: [[x, y]] })

describe('what stands over the map', () => {
  test('worst first get numbers, the rest is painted small, closed ones are gone', () => {
    const many = Array.from({ length: 100 }, (_, i) => incident(i + 1, 3, 400 + (i % 10) * 120, 400 + Math.floor(i / 10) * 75))
    const { symbols, small } = layOut([...many, incident(200, 1, 900, 900), incident(201, 1, 900, 500, { state: 'closed' })], [], ground)
    expect(symbols[0]?.incident.no).toBe(200)
    expect(symbols).toHaveLength(40)
    expect(symbols.length + small.length).toBe(101)
  })
  describe.each([
    ['the city', ground],
    ['the inset', inset],
  ])('incidents at one place, in %s', (_, on) => {
    const [x, y] = [on.field.width / 2, on.field.height / 2]
    const pile = (count: number) => Array.from({ length: count }, (_, i) => incident(i + 10, 1, x, y))
    test('five critical ones stand side by side, the worst at the place itself, each with its number, and share one callout', () => {
      const { symbols, callouts, small } = layOut(pile(5), [], on)
      expect(symbols.map((s) => s.incident.no)).toEqual([10, 11, 12, 13, 14])
      expect(symbols[0]).toMatchObject({ x, y, from: undefined })
      expect(symbols[1]).toMatchObject({ y, from: { x, y } })
      for (const [i, a] of symbols.entries()) for (const b of symbols.slice(i + 1)) expect(apart(boxOf(a), boxOf(b))).toBe(true)
      expect(small).toEqual([])
      expect(callouts).toHaveLength(1)
      expect(callouts[0]).toMatchObject({ text: '楼道电动车起火苗 等 5 起' })
      expect(callouts[0]?.numbers.map((row) => row.no)).toEqual(on === inset ? [] : [10, 11, 12])
    })
    test('neighbours closer than a symbol count as one place, others keep a callout of their own', () => {
      const rows = [incident(1, 1, x, y), incident(2, 2, x + 18, y + 12), incident(3, 2, x, y + 170)]
      const { callouts } = layOut(rows, [], on)
      expect(callouts.map((c) => [c.incident.no, c.text.endsWith('等 2 起')])).toEqual([
        [1, true],
        [3, false],
      ])
    })
    test('the critical one has the place, the lesser ones make room', () => {
      const { symbols } = layOut([incident(1, 3, x, y), incident(2, 1, x, y)], [], on)
      expect(symbols.map((s) => [s.incident.no, s.from === undefined])).toEqual([
        [2, true],
        [1, false],
      ])
    })
    test('no symbol is cut by the edge or covered by legend or title, wherever its place is', () => {
      const at = fc.tuple(fc.integer({ min: 0, max: on.field.width }), fc.integer({ min: 0, max: on.field.height }))
      const rank = fc.integer({ min: 1, max: 4 })
      fc.assert(
        fc.property(fc.array(fc.tuple(at, rank), { maxLength: 12 }), (places) => {
          const rows = places.map(([[x, y], priority], i) => incident(i + 1, priority as Priority, x, y))
          const { symbols, callouts } = layOut(rows, [], on)
          const urgent = rows.filter((row) => row.priority <= 2).length
          expect(symbols.filter((s) => s.incident.priority <= 2)).toHaveLength(urgent)
          const boxes = [...symbols.map(boxOf), ...callouts.map((c) => c.box)]
          for (const [i, a] of symbols.map(boxOf).entries()) {
            expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(-0.01)
            expect(a.x + a.width).toBeLessThanOrEqual(on.field.width + 0.01)
            expect(a.y + a.height).toBeLessThanOrEqual(on.field.height + 0.01)
            for (const title of on.reserved) expect(apart(a, title)).toBe(true)
            for (const b of boxes.slice(i + 1)) expect(apart(a, b)).toBe(true)
          }
        }),
        { seed: 7 },
      )
    })
  })
  test('a callout without room for its numbers keeps its words', () => {
    const narrow = { ...ground, field: { x: 0, y: 0, width: 600, height: 300 }, reserved: [] }
    const { callouts } = layOut(
      [10, 11, 12, 13].map((no) => incident(no, 1, 300, 150)),
      [],
      narrow,
    )
    expect(callouts[0]?.numbers).toEqual([])
    expect(callouts[0]?.text).toBe('楼道电动车起火苗 等 4 起')
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
        const { names: placed, callouts, symbols } = layOut(rows, names, ground)
        const width = ({ text }: { text: string }): number => ems(text) * 0.86 * 40 - 0.2
        const boxes = [
          ...placed.map((n) => ({ x: n.x - width(n) / 2, y: n.y - 17, width: width(n), height: 34 })),
          ...callouts.map((c) => c.box),
          ...symbols.map(boxOf),
        ]
        for (const [i, a] of boxes.entries()) {
          expect(a.y).toBeGreaterThanOrEqual(-0.01)
          for (const b of boxes.slice(i + 1)) expect(apart(a, b)).toBe(true)
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
