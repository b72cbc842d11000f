import { describe, expect, test } from 'vitest'
import { apart, around, beside, ems, lattice, Placement } from './placement.ts'

const field = { x: 0, y: 0, width: 1000, height: 1000 }

describe('placing names', () => {
  test('a free name stands at its point', () => {
    expect(new Placement(field).place(around(500, 500, 100, 20, [30]))).toEqual({ x: 450, y: 490, width: 100, height: 20 })
  })
  test('names at one point move apart until none covers another', () => {
    const p = new Placement(field)
    const placed = Array.from({ length: 9 }, () => p.place(around(500, 500, 100, 20, [30, 60, 90])))
    for (const [i, a] of placed.entries())
      for (const b of placed.slice(i + 1)) {
        if (!a || !b) throw new Error('a name was not placed')
        expect(apart(a, b)).toBe(true)
      }
  })
  test('what finds no room is left out, however much it may cover of soft things', () => {
    const p = new Placement({ x: 0, y: 0, width: 100, height: 20 })
    const here = [{ x: 0, y: 0, width: 100, height: 20 }]
    p.take({ x: 90, y: 0, width: 10, height: 20 })
    expect(p.place(here, Number.MAX_VALUE)).toBeUndefined()
  })
  test('a soft thing may be covered up to a limit, where nothing is free', () => {
    const p = new Placement({ x: 0, y: 0, width: 100, height: 20 })
    const here = [{ x: 0, y: 0, width: 100, height: 20 }]
    p.takeSoft({ x: 90, y: 0, width: 10, height: 20 })
    expect(p.place(here, 199)).toBeUndefined()
    expect(p.place(here, 200)).toEqual(here[0])
  })
  test('a place that leaves the field is none', () => {
    const places = [-50, 0].map((x) => ({ x, y: 0, width: 100, height: 20 }))
    expect(new Placement(field).place(places)).toMatchObject({ x: 0 })
  })
  test('beside a symbol nothing touches it', () => {
    const symbol = { x: 488, y: 488, width: 24, height: 24 }
    for (const box of beside(symbol, 120, 24, [6, 16])) expect(apart(box, symbol)).toBe(true)
  })
  test('of a lattice the box itself comes first, then, where that is taken, its neighbours side by side and above', () => {
    const p = new Placement({ x: -100, y: -100, width: 200, height: 200 })
    const places = () => lattice({ x: 0, y: 0, width: 10, height: 10 }, 1, 2)
    expect([1, 2, 3, 4, 5].map(() => p.place(places())).map((box) => [box?.x, box?.y])).toEqual([
      [0, 0],
      [-11, 0],
      [11, 0],
      [0, -11],
      [0, 11],
    ])
  })
  test('Chinese letters are square, Latin ones half as wide', () => {
    expect(ems('兰江街道')).toBe(4)
    expect(ems('兰江…')).toBe(3)
    expect(ems('Lan')).toBeCloseTo(1.74)
  })
})
