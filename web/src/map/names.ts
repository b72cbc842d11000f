/** Which names the map bears at a level, best places first; layout.ts finds them room. */
import type { AreaRow, GridRow, WaterRow } from '@orchid/shared/domain/areas/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import type { LngLat } from '@orchid/shared/kernel/geo'
import type { Name } from './layout.ts'
import { degrees, type Level, type UnitBox, unit } from './mercator.ts'
import { NEIGHBOURS, RIVERS_IN_ENGLISH } from './places.ts'

export type Language = 'zh' | 'en'

export const townshipNames = (areas: Iterable<AreaRow>): Name[] =>
  [...areas].flatMap((area) =>
    area.tier === 'township' && area.centroid ? [{ text: area.name, kind: 'township' as const, at: [area.centroid] }] : [],
  )

/** Villages have no seat of their own: the middle of their grids stands for it. */
export function villageNames(areas: Iterable<AreaRow>, grids: Iterable<GridRow>): Name[] {
  const sums = new Map<string, [lng: number, lat: number, n: number]>()
  for (const { village, centroid } of grids) {
    const sum = sums.get(village) ?? [0, 0, 0]
    sums.set(village, [sum[0] + centroid[0], sum[1] + centroid[1], sum[2] + 1])
  }
  return [...areas].flatMap((area) => {
    const sum = area.tier === 'village' ? sums.get(area.code) : undefined
    const at = area.centroid ?? (sum && ([sum[0] / sum[2], sum[1] / sum[2]] as const))
    return at ? [{ text: area.name, kind: 'village' as const, at: [at] }] : []
  })
}

/** Grids in sight: the code within the township, and the role that answers for it, never a person. */
export const gridNames = (grids: Iterable<GridRow>, seen: UnitBox): Name[] =>
  [...grids].flatMap(({ code, chief, centroid }) => {
    if (!within(unit(centroid), seen)) return []
    return [{ text: chief ? `${code.slice(9)} ${chief}` : code.slice(9), kind: 'grid' as const, at: [centroid] }]
  })

/** How many hazards are open in each grid in sight that has several: one alone has its symbol. `say` puts the number into words. */
export const hazardCounts = (
  grids: ReadonlyMap<string, GridRow>,
  tallies: Iterable<GridTallyRow>,
  seen: UnitBox,
  say: (n: number) => string,
): Name[] =>
  [...tallies].flatMap(({ grid, openRed, openYellow, openGreen }) => {
    const open = openRed + openYellow + openGreen
    const at = open > 1 ? grids.get(grid)?.centroid : undefined
    return at && within(unit(at), seen) ? [{ text: say(open), kind: 'count' as const, at: [at] }] : []
  })

const within = ([x, y]: readonly [number, number], [left, top, right, bottom]: UnitBox): boolean =>
  x >= left && x <= right && y >= top && y <= bottom

/** Steps along the part of a river that is seen, outside of the steps at its ends where a name would be cut. */
const ALONG = [0.5, 0.35, 0.65, 0.2, 0.8, 0.1, 0.9] as const

/** Each river's name on its own water, wherever there is room along the part in sight. */
export const riverNames = (waters: Iterable<WaterRow>, seen: UnitBox, language: Language): Name[] =>
  [...waters].flatMap(({ name, line }) => {
    const part = partWithin(line, seen)
    if (part.length < 2) return []
    const text = language === 'en' ? (RIVERS_IN_ENGLISH[name] ?? name) : name
    return [{ text, kind: 'river' as const, at: ALONG.map((share) => degrees(...pointAlong(part, share))) }]
  })

export const neighbourNames = (language: Language): Name[] =>
  NEIGHBOURS.map((place) => ({ text: place[language], kind: 'neighbour', at: [place.at] }))

/** All names for a level, those first that must have room first. */
export function namesFor(
  level: Level,
  townships: readonly Name[],
  villages: readonly Name[],
  rivers: readonly Name[],
  neighbours: readonly Name[],
  grids: readonly Name[],
  counts: readonly Name[],
): Name[] {
  return level === 'city' ? [...townships, ...rivers, ...neighbours] : [...rivers, ...townships, ...counts, ...villages, ...grids]
}

type Point = [number, number]

/** The corners of a line inside a box, with points in between so that long straight pieces count too. Unit plane. */
function partWithin(line: readonly LngLat[], seen: UnitBox): Point[] {
  const corners = line.map(unit)
  const dense = corners.flatMap(([x, y], i) => {
    const [nx, ny] = corners[i + 1] ?? [x, y]
    return i + 1 < corners.length
      ? Array.from({ length: 8 }, (_, k): Point => [x + ((nx - x) * k) / 8, y + ((ny - y) * k) / 8])
      : [[x, y] as Point]
  })
  return dense.filter((point) => within(point, seen))
}

const pointAlong = (points: readonly Point[], share: number): Point => points[Math.round(share * (points.length - 1))] as Point
