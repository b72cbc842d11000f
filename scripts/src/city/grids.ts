/** 776 grids: seeded Voronoi cells inside the real outline, grouped by township and village. Schematic, and marked so. */
import type { LngLat } from '@orchid/shared/kernel/geo'
import { inRing } from '@orchid/shared/kernel/geo'
import { Delaunay } from 'd3-delaunay'
import polygonClipping from 'polygon-clipping'
import { LANXI, SEATS, type Township } from './lanxi.ts'
import { type Random, seeded } from './random.ts'
import { ringArea, rounded, SHRINK } from './rings.ts'

export const GRIDS = 776
const SEED = 330781
/** Degrees between sample points; about 230 m. */
const STEP = 0.0022
const ROUNDS = 14
/** Divisions of a township into villages that are tried before giving up. */
const TRIES = 500
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
  const neighbours = neighboursOf(cells)
  const codes = new Array<string>(seats.length)
  for (const township of LANXI.townships) {
    const own = seats.flatMap((seat, i) => (seat.township === township ? [i] : []))
    const villages = township.villages.map((v) => ({ code: v.code, size: sizes.get(v.code) as number }))
    for (let tries = 0; ; tries++) {
      shareOut(own, villages, (i) => (seats[i] as { at: LngLat }).at, random, codes)
      if (
        villages.every((v) =>
          connected(
            own.filter((i) => codes[i]?.startsWith(v.code)),
            neighbours,
          ),
        )
      )
        break
      if (tries === TRIES) throw new Error(`no division of ${township.name} keeps its villages together`)
    }
  }
  return cells
    .map((boundary, i) => {
      const code = codes[i] as string
      return {
        code,
        name: `${Number(code.slice(12))} 网格`,
        centroid: centroidOf(boundary),
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
  for (let column = Math.min(...lngs); column < Math.max(...lngs); column += STEP) {
    const lng = column + random() * STEP
    for (const [south, north] of stretches(LANXI.outline, 0, lng))
      for (let lat = south + random() * STEP * SHRINK; lat < north; lat += STEP * SHRINK) {
        const at: Point = [lng, lat]
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

/** Voronoi cells cut at the outline. What the outline cuts off a cell goes to the neighbour it touches, so that nothing is lost. */
function voronoi(seats: readonly LngLat[]): LngLat[][] {
  const bounds: [number, number, number, number] = [119 * SHRINK, 28.9, 120.1 * SHRINK, 29.7]
  const diagram = Delaunay.from(seats.map(([x, y]): Point => [x * SHRINK, y])).voronoi(bounds)
  const outline = [LANXI.outline.map(([x, y]): Point => [x, y])]
  const crumbs: Point[][] = []
  const cells = seats.map((seat, i) => {
    const cell = (diagram.cellPolygon(i) as Point[]).map(([x, y]): Point => [x / SHRINK, y])
    if (!nearOutline(cell)) return cell.map(([x, y]): Point => [rounded(x), rounded(y)])
    const pieces = polygonClipping
      .intersection([cell], outline)
      .map(([ring]) => (ring as Point[]).map(([x, y]): Point => [rounded(x), rounded(y)]))
    const own = (pieces.find((ring) => inRing(seat, ring)) ?? largest(pieces)) as Point[]
    crumbs.push(...pieces.filter((ring) => ring !== own && ringArea(ring) > 0))
    return own
  })
  for (const crumb of crumbs) {
    const i = cells.findIndex((cell) => sharedCorners(cell, crumb) >= 2)
    if (i < 0) throw new Error('a piece cut off by the outline touches no cell')
    cells[i] = polygonClipping.union([cells[i] as Point[]], [crumb])[0]?.[0] as Point[]
  }
  return cells
}

/** Whether a side of the outline comes near a ring; if none does, the ring lies wholly inside and need not be cut. */
function nearOutline(ring: readonly Point[]): boolean {
  const lngs = ring.map((p) => p[0])
  const lats = ring.map((p) => p[1])
  const [west, east, south, north] = [Math.min(...lngs), Math.max(...lngs), Math.min(...lats), Math.max(...lats)]
  return LANXI.outline.some(([ax, ay], i) => {
    const [bx, by] = LANXI.outline[i + 1] ?? [ax, ay]
    return Math.max(ax, bx) >= west && Math.min(ax, bx) <= east && Math.max(ay, by) >= south && Math.min(ay, by) <= north
  })
}

const largest = (rings: readonly Point[][]): Point[] | undefined => [...rings].sort((a, b) => ringArea(b) - ringArea(a))[0]

const cornersOf = (ring: readonly LngLat[]): Set<string> => new Set(ring.map((at) => at.join()))
function sharedCorners(a: readonly LngLat[], b: readonly LngLat[]): number {
  const corners = cornersOf(a)
  return [...cornersOf(b)].filter((corner) => corners.has(corner)).length
}

/** For each ring the rings it shares a side with. */
export function neighboursOf(rings: readonly (readonly LngLat[])[]): Set<number>[] {
  const at = new Map<string, number[]>()
  for (const [i, ring] of rings.entries()) for (const corner of cornersOf(ring)) at.set(corner, [...(at.get(corner) ?? []), i])
  return rings.map((ring, i) => {
    const shared = new Map<number, number>()
    for (const corner of cornersOf(ring)) for (const j of at.get(corner) as number[]) shared.set(j, (shared.get(j) ?? 0) + 1)
    return new Set([...shared].flatMap(([j, corners]) => (j !== i && corners >= 2 ? [j] : [])))
  })
}

/** Whether one can walk between any two of the cells without leaving them. */
export function connected(cells: readonly number[], neighbours: readonly Set<number>[]): boolean {
  const left = new Set(cells.slice(1))
  const edge = cells.slice(0, 1)
  for (let i = edge.pop(); i !== undefined; i = edge.pop()) for (const j of neighbours[i] as Set<number>) if (left.delete(j)) edge.push(j)
  return left.size === 0
}

/** Gives each village a group of seats of its size: halves villages and seats again and again, roughly across the longer side. */
function shareOut(
  seats: readonly number[],
  villages: readonly { code: string; size: number }[],
  at: (i: number) => LngLat,
  random: Random,
  codes: string[],
): void {
  const [only] = villages
  if (villages.length === 1 && only) {
    for (const [n, i] of seats.entries()) codes[i] = `${only.code}${String(n + 1).padStart(3, '0')}`
    return
  }
  const spread = (axis: 0 | 1): number => Math.max(...seats.map((i) => at(i)[axis])) - Math.min(...seats.map((i) => at(i)[axis]))
  const turn = (spread(0) * SHRINK > spread(1) ? 0 : Math.PI / 2) + (random() - 0.5)
  const along = (i: number): number => at(i)[0] * SHRINK * Math.cos(turn) + at(i)[1] * Math.sin(turn)
  const sorted = [...seats].sort((a, b) => along(a) - along(b))
  const half = villages.slice(0, Math.ceil(villages.length / 2))
  const size = half.reduce((n, v) => n + v.size, 0)
  shareOut(sorted.slice(0, size), half, at, random, codes)
  shareOut(sorted.slice(size), villages.slice(half.length), at, random, codes)
}

/** Middle of the ring's area, or where that lies outside a bent ring, the middle of its widest part halfway up. */
function centroidOf(ring: readonly LngLat[]): LngLat {
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
  return inRing(centre, ring) && inRing(centre, LANXI.outline) ? centre : widestHalfway(ring)
}

function widestHalfway(ring: readonly LngLat[]): LngLat {
  const lats = ring.map((p) => p[1])
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2
  const [widest] = stretches(ring, 1, lat).sort((a, b) => b[1] - b[0] - (a[1] - a[0]))
  const [west, east] = widest as [number, number]
  return [rounded((west + east) / 2), rounded(lat)]
}

/** The parts inside a ring of the line on which the coordinate `axis` (0 longitude, 1 latitude) is `value`: from and to of the other one. */
function stretches(ring: readonly LngLat[], axis: 0 | 1, value: number): [number, number][] {
  const other = axis === 0 ? 1 : 0
  const found = ring
    .flatMap((b, i) => {
      const a = ring[Math.max(0, i - 1)] as LngLat
      return a[axis] > value !== b[axis] > value ? [a[other] + ((value - a[axis]) * (b[other] - a[other])) / (b[axis] - a[axis])] : []
    })
    .sort((a, b) => a - b)
  return found.flatMap((from, i) => (i % 2 === 0 ? [[from, found[i + 1] as number]] : []))
}
