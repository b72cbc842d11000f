/** 776 grids: seeded Voronoi cells inside the real outline, grouped by township and village. Schematic, and marked so. */
import type { LngLat } from '@orchid/shared/kernel/geo'
import { inRing } from '@orchid/shared/kernel/geo'
import { Delaunay } from 'd3-delaunay'
import polygonClipping from 'polygon-clipping'
import { LANXI, SEATS, type Township } from './lanxi.ts'
import { type Random, seeded } from './random.ts'

export const GRIDS = 776
const SEED = 330781
/** Degrees between sample points; about 230 m. */
const STEP = 0.0022
const ROUNDS = 14
/** A degree of longitude is this much shorter than one of latitude at 29.25° N. */
const SHRINK = Math.cos((29.25 * Math.PI) / 180)

export interface Grid {
  /** 15 digits: village code and sequence. */
  readonly code: string
  readonly name: string
  readonly centroid: LngLat
  /** Closed ring, WGS 84 degrees. */
  readonly boundary: readonly LngLat[]
  /** Square kilometres. */
  readonly area: number
}

type Point = [number, number]
const squared = ([ax, ay]: LngLat, [bx, by]: LngLat): number => ((ax - bx) * SHRINK) ** 2 + (ay - by) ** 2
const rounded = (n: number): number => Math.round(n * 1e5) / 1e5

/** Square kilometres of a ring. */
export function ringArea(ring: readonly LngLat[]): number {
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const [ax, ay] = ring[i] as LngLat
    const [bx, by] = ring[(i + 1) % ring.length] as LngLat
    sum += ax * by - bx * ay
  }
  return (Math.abs(sum) / 2) * SHRINK * 111.195 ** 2
}

/** The grids of the demo city; the same at every call. */
export function makeGrids(seed = SEED): Grid[] {
  const random = seeded(seed)
  const samples = samplesByTownship(random)
  const sizes = gridsPerVillage(random)
  const seats: { at: LngLat; township: Township }[] = []
  for (const township of LANXI.townships) {
    const wanted = township.villages.reduce((n, v) => n + (sizes.get(v.code) as number), 0)
    for (const at of centres(samples.get(township.code) as Point[], wanted, random)) seats.push({ at, township })
  }
  const cells = voronoi(seats.map((s) => s.at))
  const codes = new Array<string>(seats.length)
  for (const township of LANXI.townships) {
    const own = seats.flatMap((seat, i) => (seat.township === township ? [i] : []))
    shareOut(
      own,
      township.villages.map((v) => ({ code: v.code, size: sizes.get(v.code) as number })),
      (i) => (seats[i] as { at: LngLat }).at,
      codes,
    )
  }
  return cells
    .map((boundary, i) => {
      const code = codes[i] as string
      return {
        code,
        name: `${Number(code.slice(12))} 网格`,
        centroid: centroidOf(boundary, (seats[i] as { at: LngLat }).at),
        boundary,
        area: Math.round(ringArea(boundary) * 1000) / 1000,
      }
    })
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** Points inside the outline, each with the township whose seat is nearest for its reach. */
function samplesByTownship(random: Random): Map<string, Point[]> {
  const all = new Map<string, Point[]>(LANXI.townships.map((t) => [t.code, []]))
  const seats = LANXI.townships.map((t) => ({ code: t.code, ...(SEATS[t.code] as { at: LngLat; reach: number }) }))
  const lngs = LANXI.outline.map((p) => p[0])
  const lats = LANXI.outline.map((p) => p[1])
  for (let lng = Math.min(...lngs); lng < Math.max(...lngs); lng += STEP) {
    for (let lat = Math.min(...lats); lat < Math.max(...lats); lat += STEP * SHRINK) {
      const at: Point = [lng + (random() - 0.5) * STEP, lat + (random() - 0.5) * STEP]
      if (!inRing(at, LANXI.outline)) continue
      let best = seats[0] as (typeof seats)[number]
      for (const seat of seats) if (squared(at, seat.at) / seat.reach ** 2 < squared(at, best.at) / best.reach ** 2) best = seat
      all.get(best.code)?.push(at)
    }
  }
  return all
}

/** Every village has one grid; the rest goes by chance, at most four a village. */
function gridsPerVillage(random: Random): Map<string, number> {
  const codes = LANXI.townships.flatMap((t) => t.villages.map((v) => v.code))
  const sizes = new Map(codes.map((code) => [code, 1]))
  for (let left = GRIDS - codes.length; left > 0; ) {
    const code = codes[Math.floor(random() * codes.length)] as string
    const size = sizes.get(code) as number
    if (size >= 4) continue
    sizes.set(code, size + 1)
    left--
  }
  return sizes
}

/** Evenly spread centres among points (Lloyd's rounds), each being one of the points, so that it lies inside the outline. */
function centres(points: readonly Point[], count: number, random: Random): Point[] {
  let found = Array.from({ length: count }, () => points[Math.floor(random() * points.length)] as Point)
  for (let round = 0; round < ROUNDS; round++) {
    const delaunay = Delaunay.from(found.map(([x, y]): Point => [x * SHRINK, y]))
    const sums = found.map(() => [0, 0, 0] as [number, number, number])
    let near = 0
    for (const [x, y] of points) {
      near = delaunay.find(x * SHRINK, y, near)
      const sum = sums[near] as [number, number, number]
      sum[0] += x
      sum[1] += y
      sum[2]++
    }
    found = found.map((old, i) => {
      const [x, y, n] = sums[i] as [number, number, number]
      return n === 0
        ? (points[Math.floor(random() * points.length)] as Point)
        : round < ROUNDS - 1
          ? [x / n, y / n]
          : nearest(points, [x / n, y / n], old)
    })
  }
  return found
}

function nearest(points: readonly Point[], at: Point, otherwise: Point): Point {
  let best = otherwise
  for (const point of points) if (squared(point, at) < squared(best, at)) best = point
  return best
}

/** Voronoi cells cut at the outline; of a cell that falls apart the largest piece is kept. */
function voronoi(seats: readonly LngLat[]): LngLat[][] {
  const bounds: [number, number, number, number] = [119 * SHRINK, 28.9, 120.1 * SHRINK, 29.7]
  const diagram = Delaunay.from(seats.map(([x, y]): Point => [x * SHRINK, y])).voronoi(bounds)
  const outline = [LANXI.outline.map(([x, y]): Point => [x, y])]
  return seats.map((_, i) => {
    const cell = (diagram.cellPolygon(i) as Point[]).map(([x, y]): Point => [x / SHRINK, y])
    const pieces = polygonClipping
      .intersection([cell], outline)
      .map(([ring]) => (ring as Point[]).map(([x, y]): LngLat => [rounded(x), rounded(y)]))
    return pieces.sort((a, b) => ringArea(b) - ringArea(a))[0] as LngLat[]
  })
}

/** Gives each village a connected group of seats of its size: halves villages and seats again and again along the longer side. */
function shareOut(seats: number[], villages: readonly { code: string; size: number }[], at: (i: number) => LngLat, codes: string[]): void {
  const [only] = villages
  if (villages.length === 1 && only) {
    for (const [n, i] of seats.entries()) codes[i] = `${only.code}${String(n + 1).padStart(3, '0')}`
    return
  }
  const spread = (axis: 0 | 1): number => Math.max(...seats.map((i) => at(i)[axis])) - Math.min(...seats.map((i) => at(i)[axis]))
  const axis = spread(0) * SHRINK > spread(1) ? 0 : 1
  const sorted = [...seats].sort((a, b) => at(a)[axis] - at(b)[axis])
  const half = villages.slice(0, Math.ceil(villages.length / 2))
  const size = half.reduce((n, v) => n + v.size, 0)
  shareOut(sorted.slice(0, size), half, at, codes)
  shareOut(sorted.slice(size), villages.slice(half.length), at, codes)
}

/** Middle of the ring's area, or the seat where that lies outside a bent ring. */
function centroidOf(ring: readonly LngLat[], seat: LngLat): LngLat {
  let [x, y, sum] = [0, 0, 0]
  const [ox, oy] = ring[0] as LngLat
  for (let i = 0; i < ring.length - 1; i++) {
    const [ax, ay] = ring[i] as LngLat
    const [bx, by] = ring[i + 1] as LngLat
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy)
    sum += cross
    x += (ax + bx - 2 * ox) * cross
    y += (ay + by - 2 * oy) * cross
  }
  const centre: LngLat = [rounded(ox + x / (3 * sum)), rounded(oy + y / (3 * sum))]
  return inRing(centre, ring) ? centre : [rounded(seat[0]), rounded(seat[1])]
}
