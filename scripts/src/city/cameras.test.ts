/** Cameras stand in their grids, those of the rivers at the water, and each can be told from the others. */
import { distance, inRing, type LngLat } from '@orchid/shared/kernel/geo'
import { describe, expect, test } from 'vitest'
import { CAMERAS, makeCameras } from './cameras.ts'
import { cityDefinitions, readGrids } from './definitions.ts'
import { LANXI, RIVERS } from './lanxi.ts'

const grids = readGrids()
const cameras = makeCameras(grids)
const boundaries = new Map(grids.map((g) => [g.code, g.boundary]))

/** Metres from a point to a line, by points every few metres along it. */
function fromLine(at: LngLat, line: readonly LngLat[]): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < line.length; i++) {
    const [[ax, ay], [bx, by]] = [line[i - 1] as LngLat, line[i] as LngLat]
    for (let t = 0; t <= 1; t += 0.002) least = Math.min(least, distance(at, [ax + t * (bx - ax), ay + t * (by - ay)]))
  }
  return least
}

describe('cameras', () => {
  test('7,043, the same at every call, ids, codes and names each once', () => {
    expect(cameras).toHaveLength(CAMERAS)
    expect(makeCameras(grids)).toEqual(cameras)
    for (const key of ['id', 'gbCode', 'name'] as const) expect(new Set(cameras.map((c) => c[key])).size).toBe(CAMERAS)
  })
  test('codes are those of GB/T 28181: area, industry, type 132, network, serial', () => {
    for (const { gbCode } of cameras) expect(gbCode).toMatch(/^33078100001320\d{6}$/)
  })
  test('each stands inside its grid, and every grid has some', () => {
    for (const { position, grid } of cameras) expect(inRing(position, boundaries.get(grid) as LngLat[])).toBe(true)
    expect(new Set(cameras.map((c) => c.grid)).size).toBe(grids.length)
  })
  test('those of the rivers stand within 150 m of the water', () => {
    const river = cameras.filter((c) => c.siteKind === 'river')
    expect(river.length).toBeGreaterThan(100)
    for (const { position } of river) expect(Math.min(...RIVERS.map((r) => fromLine(position, r.line)))).toBeLessThan(150)
  })
  test('those of the water, the shelters and the main roads name the department that runs them; others name none', () => {
    const of = (kind: string) => new Set(cameras.filter(({ siteKind }) => siteKind === kind).map(({ department }) => department))
    expect([...of('river')]).toEqual(['水利局'])
    expect([...of('shelter')]).toEqual(['应急管理局'])
    expect(of('road')).toContain('公安局')
    expect(of('road')).toContain(undefined)
    expect(of('place')).toContain(undefined)
  })
  test('all four kinds of site occur, names fit a tile, bearings are degrees', () => {
    expect(new Set(cameras.map((c) => c.siteKind))).toEqual(new Set(['road', 'place', 'shelter', 'river']))
    for (const { name, bearing, people } of cameras) {
      expect(name.length).toBeLessThanOrEqual(60)
      expect(bearing).toBeGreaterThanOrEqual(0)
      expect(bearing).toBeLessThan(360)
      expect(people.length).toBeGreaterThan(0)
    }
  })
})

describe('definitions', () => {
  const events = cityDefinitions(grids, 0)
  const count = (type: string): number => events.filter((e) => e.type === type).length
  test('one of each area, grid, river and camera, about subjects of their own', () => {
    expect([count('area.defined'), count('water.defined'), count('grid.defined'), count('camera.registered')]).toEqual([
      1 + 16 + 360,
      3,
      776,
      CAMERAS,
    ])
    expect(new Set(events.map((e) => e.subject)).size).toBe(events.length)
  })
  test('people answer by role for areas that exist, and no event holds a name of a person', () => {
    const areas = new Set([LANXI.city.code, ...events.flatMap((e) => (/^(area|grid)\.defined$/.test(e.type) ? [e.area] : []))])
    const people = events.filter((e) => e.type === 'person.assigned')
    for (const { area, data } of people) {
      expect(areas).toContain(area)
      expect(Object.keys(data as object).sort()).toEqual(['area', 'id', 'role'])
    }
    for (const role of ['grid-chief', 'grid-worker'])
      expect(people.filter((e) => (e.data as { role: string }).role === role)).toHaveLength(776)
  })
})
