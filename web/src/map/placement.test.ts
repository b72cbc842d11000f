import { describe, expect, test } from 'vitest'
import { around, Placement } from './placement.ts'

const field = { x: 0, y: 0, width: 1000, height: 1000 }

describe('placing names', () => {
  test('a free name stands at its point', () => {
    expect(new Placement(field).place(around(500, 500, 100, 20, [30]), true)).toEqual({ x: 450, y: 490, width: 100, height: 20 })
  })
  test('names at one point move apart until none covers another', () => {
    const p = new Placement(field)
    const placed = Array.from({ length: 9 }, () => p.place(around(500, 500, 100, 20, [30, 60]), true))
    for (const [i, a] of placed.entries())
      for (const b of placed.slice(i + 1)) {
        if (!a || !b) throw new Error('a name was not placed')
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
      }
  })
  test('what may be left out is left out where nothing is free; what must be shown is shown', () => {
    const p = new Placement({ x: 0, y: 0, width: 100, height: 20 })
    const here = [{ x: 0, y: 0, width: 100, height: 20 }]
    p.take({ x: 0, y: 0, width: 100, height: 20 })
    expect(p.place(here, false)).toBeUndefined()
    expect(p.place(here, true)).toEqual(here[0])
  })
  test('a place outside the field counts as covered', () => {
    expect(new Placement(field).place([{ x: -50, y: 0, width: 100, height: 20 }, { x: 0, y: 0, width: 100, height: 20 }], true)).toMatchObject({ x: 0 })
  })
})
