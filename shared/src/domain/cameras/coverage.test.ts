/** Which part of a grid cameras see: sectors and circles over grids of any shape, held against asking each point by itself. */
import { describe, expect, test } from 'vitest'
import { inRing, type LngLat } from '../../kernel/geo.ts'
import { type Coverage, coverageOf, type Eye } from './coverage.ts'
import { PERHAPS } from './near.ts'

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The same by the plainest means. */
function askedOneByOne(ring: readonly LngLat[], eyes: readonly Eye[]): Coverage | undefined {
  const [lngs, lats] = [ring.map(([lng]) => lng), ring.map(([, lat]) => lat)]
  const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180) * 111_195
  const [width, height] = [(east - west) * across, (north - south) * 111_195]
  const step = Math.sqrt((width * height) / 2_500)
  const seers = eyes.map(() => 0)
  let [points, seen, perhaps] = [0, 0, 0]
  for (let y = step / 2; y < height; y += step)
    for (let x = step / 2; x < width; x += step) {
      if (!inRing([west + x / across, south + y / 111_195], ring)) continue
      points++
      const sees = eyes.map(({ position: [lng, lat], range, fov, bearing }, i) => {
        const [dx, dy] = [x - (lng - west) * across, y - (lat - south) * 111_195]
        if (Math.hypot(dx, dy) > (range ?? PERHAPS)) return ''
        const known = range !== undefined && fov !== undefined && (fov >= 360 || bearing !== undefined)
        if (known && fov < 360) {
          const off = Math.abs((Math.atan2(dx, dy) * 180) / Math.PI - (bearing ?? 0)) % 360
          if (Math.min(off, 360 - off) > fov / 2) return ''
        }
        seers[i] = 1
        return known ? 'sure' : 'perhaps'
      })
      if (sees.includes('sure')) seen++
      else if (sees.includes('perhaps')) perhaps++
    }
  if (points === 0) return undefined
  return {
    ...{ seen: seen / points, perhaps: perhaps / points },
    blind: (points - seen - perhaps) / points,
    cameras: seers.filter(Boolean).length,
  }
}

describe('what nobody sees', () => {
  // A square of 1,000 m whose south-west corner is here.
  const [WEST, SOUTH] = [119.6, 29.3]
  const at = (x: number, y: number): LngLat => [WEST + x / (111_195 * Math.cos((29.3045 * Math.PI) / 180)), SOUTH + y / 111_195]
  const square = [at(0, 0), at(1000, 0), at(1000, 1000), at(0, 1000), at(0, 0)]

  test('given no camera, then all of the grid is blind', () => {
    expect(coverageOf(square, [])).toEqual({ seen: 0, perhaps: 0, blind: 1, cameras: 0 })
  })
  test('a sector covers its part of a circle', () => {
    const eye = { position: at(500, 500), bearing: 0, fov: 90, range: 400 }
    const found = coverageOf(square, [eye])
    expect(found?.seen).toBeCloseTo((Math.PI * 400 ** 2) / 4 / 1e6, 1)
    expect(found).toMatchObject({ perhaps: 0, cameras: 1 })
    // Looking north from the northern edge it sees nothing of the grid.
    expect(coverageOf(square, [{ ...eye, position: at(500, 1000.5) }])).toMatchObject({ blind: 1, cameras: 0 })
    // A direction across north is one like any other.
    expect(coverageOf(square, [{ ...eye, bearing: 350 }])?.seen).toBeCloseTo(found?.seen as number, 1)
  })
  test('two that look at the same see no more than one', () => {
    const eye = { position: at(500, 500), bearing: 0, fov: 90, range: 400 }
    expect(coverageOf(square, [eye, eye])).toEqual({ ...coverageOf(square, [eye]), cameras: 2 })
  })
  test('of unknown direction it is a circle and told as perhaps; what another surely sees is not perhaps', () => {
    const unknown = { position: at(500, 500), fov: 90, range: 400 }
    const circle = coverageOf(square, [unknown])
    expect(circle?.seen).toBe(0)
    expect(circle?.perhaps).toBeCloseTo((Math.PI * 400 ** 2) / 1e6, 1)
    const both = coverageOf(square, [unknown, { ...unknown, bearing: 0 }])
    expect((both?.seen as number) + (both?.perhaps as number)).toBeCloseTo(circle?.perhaps as number)
    expect(both?.blind).toBeCloseTo(circle?.blind as number)
  })
  test('a grid with a bay in it: a camera over the bay sees nothing of the grid; one that reaches all of it leaves nothing blind', () => {
    const bay = [at(0, 0), at(1000, 0), at(1000, 1000), at(700, 1000), at(700, 300), at(300, 300), at(300, 1000), at(0, 1000), at(0, 0)]
    const eye = { position: at(500, 700), bearing: 0, fov: 360, range: 190 }
    expect(coverageOf(bay, [eye])).toEqual({ seen: 0, perhaps: 0, blind: 1, cameras: 0 })
    expect(coverageOf(bay, [{ ...eye, range: 1_000 }])).toEqual({ seen: 1, perhaps: 0, blind: 0, cameras: 1 })
  })
  test('the shares are those of points that are each asked by themselves (seed 5)', () => {
    const random = seeded(5)
    const between = (low: number, high: number): number => low + random() * (high - low)
    for (let n = 0; n < 60; n++) {
      // Bays, crossings and splinters: its corners go round at any distance from the middle.
      const corners = Array.from({ length: 3 + Math.floor(random() * 9) }, (_, i) => {
        const [turn, far] = [((i + 2 * random()) / 9) * 2 * Math.PI, between(20, 900)]
        return at(500 + far * Math.sin(turn), 500 + far * Math.cos(turn))
      })
      const ring = [...corners, corners[0] as LngLat]
      const eyes = Array.from(
        { length: 1 + Math.floor(random() * 6) },
        (): Eye => ({
          position: at(between(-300, 1300), between(-300, 1300)),
          ...(random() < 0.8 && { bearing: between(0, 360) }),
          ...(random() < 0.8 && { fov: between(5, 400) }),
          ...(random() < 0.8 && { range: between(10, 900) }),
        }),
      )
      expect(coverageOf(ring, eyes)).toEqual(askedOneByOne(ring, eyes))
    }
  })
  test('a camera beyond the border sees in; a ring without area has no share', () => {
    expect(coverageOf(square, [{ position: at(-100, 500), bearing: 90, fov: 60, range: 500 }])?.seen).toBeGreaterThan(0.05)
    expect(coverageOf([at(0, 0), at(1, 0), at(0, 0)], [])).toBeUndefined()
  })
})
