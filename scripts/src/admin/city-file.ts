/** A county's own areas, grids and rivers from GeoJSON, as events of the journal: all of the file or nothing. Pure. */
import { createHash } from 'node:crypto'
import type { EventBody } from '@orchid/shared/kernel/event'
import { type Crs, inRing, type LngLat, toWgs84 } from '@orchid/shared/kernel/geo'
import { seeded } from '../city/random.ts'
import { pointInside, ringArea, SHRINK } from '../city/rings.ts'

export const CRS_NAMES: readonly Crs[] = ['WGS84', 'GCJ02', 'BD09', 'CGCS2000']

/** Digits of the code of each tier; the order in which they are defined. */
const TIERS = { city: 6, township: 9, village: 12, water: undefined, grid: 15 } as const
type Tier = keyof typeof TIERS

export interface Definition {
  /** Fingerprint of what the file says of it. */
  readonly id: string
  readonly event: EventBody
  /** Fields that the file leaves to us: they alone make no change. */
  readonly left: readonly string[]
}

/** Whether a definition says something else than the row that stands now. */
export const isNews = ({ event, left }: Definition, row: object | undefined): boolean =>
  !row ||
  Object.entries(event.data as object).some(
    ([field, value]) => !left.includes(field) && JSON.stringify((row as Record<string, unknown>)[field]) !== JSON.stringify(value),
  )

export interface CityFile {
  /** In the order in which they are to be stored. */
  readonly definitions: readonly Definition[]
  /** One sentence for each feature that cannot be taken, by its place in the file (1, 2, …). */
  readonly refused: readonly string[]
}

class Unfit extends Error {}

/**
 * Reads a FeatureCollection whose features have the properties `tier` (city, township, village, grid, water), `code` (digits; for water any id),
 * `name` and, for grids, perhaps `validFrom` (RFC 3339), for water `width` (metres). Coordinates are degrees in `crs` and come out as WGS 84.
 * Throws SyntaxError when the text is no such collection.
 */
export function readCityFile(text: string, { crs, city, now }: { crs: Crs; city: string; now: number }): CityFile {
  const features = (JSON.parse(text) as { features?: unknown }).features
  if (!Array.isArray(features) || features.length === 0) throw new SyntaxError('the file is not a GeoJSON FeatureCollection with features')
  const found: (Definition & { tier: Tier })[] = []
  const refused: string[] = []
  const seen = new Set<string>()
  for (const [i, feature] of features.entries()) {
    try {
      const definition = define(feature, { crs, city, now })
      const { subject } = definition.event
      if (seen.has(subject)) throw new Unfit(`${subject} stands in the file twice`)
      seen.add(subject)
      found.push(definition)
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      refused.push(`feature ${i + 1}: ${error.message}`)
    }
  }
  const order = Object.keys(TIERS)
  return { definitions: found.sort((a, b) => order.indexOf(a.tier) - order.indexOf(b.tier)), refused }
}

type Around = { readonly crs: Crs; readonly city: string; readonly now: number }

function define(feature: unknown, { crs, city, now }: Around): Definition & { tier: Tier } {
  const { properties, geometry } = (feature ?? {}) as { properties?: Record<string, unknown>; geometry?: Geometry }
  const { tier, code, name, validFrom, width } = properties ?? {}
  if (typeof tier !== 'string' || !Object.hasOwn(TIERS, tier)) throw new Unfit(`tier must be one of ${Object.keys(TIERS).join(', ')}`)
  if (typeof name !== 'string' || name.trim() === '' || [...name].length > 40) throw new Unfit('name must be a text of 1 to 40 characters')
  if (typeof code !== 'string') throw new Unfit('code must be a text')
  const digits = TIERS[tier as Tier]
  if (digits ? !new RegExp(`^${city}\\d{${digits - 6}}$`).test(code) : !/^[\w-]{1,40}$/.test(code))
    throw new Unfit(
      digits ? `code of a ${tier} must be ${digits} digits that begin with ${city}` : 'code of water must be 1 to 40 letters or digits',
    )
  const since = validFrom === undefined ? undefined : typeof validFrom === 'string' ? Date.parse(validFrom) : Number.NaN
  if (Number.isNaN(since)) throw new Unfit('validFrom must be a time such as 2026-01-01T00:00:00+08:00')
  const shape = shapeOf(tier as Tier, geometry, crs)
  // What is not said in the file must not make another definition of it.
  const id = `city-${createHash('sha256')
    .update(JSON.stringify([tier, code, name, since ?? null, width ?? null, shape]))
    .digest('hex')
    .slice(0, 40)}`
  const event = (type: string, area: string, subject: string, data: object): EventBody => ({ type, area, subject, data })
  if (tier === 'water') {
    if (width !== undefined && !(typeof width === 'number' && width > 0 && width < 10_000)) throw new Unfit('width must be metres above 0')
    return {
      tier,
      id,
      left: [],
      event: event('water.defined', city, `water:${code}`, { id: code, name, line: shape[0], width: width ?? 100 }),
    }
  }
  if (tier !== 'grid')
    return {
      tier: tier as Tier,
      id,
      left: [],
      event: event('area.defined', code, `area:${code}`, { code, name, tier, ...(shape.length > 0 && { outline: shape }) }),
    }
  const [boundary] = shape as [readonly LngLat[]]
  const data = { code, name, boundary, centroid: middleOf(boundary), area: squareKilometres(boundary), validFrom: since ?? now }
  return { tier, id, left: since === undefined ? ['validFrom'] : [], event: event('grid.defined', code, `grid:${code}`, data) }
}

interface Geometry {
  readonly type?: string
  readonly coordinates?: unknown
}

/** Rings of an area (none for a township or village without geometry), the one ring of a grid, or the line of water. */
function shapeOf(tier: Tier, geometry: Geometry | null | undefined, crs: Crs): readonly (readonly LngLat[])[] {
  if (!geometry) {
    if (tier === 'township' || tier === 'village') return []
    throw new Unfit(`a ${tier} needs a geometry`)
  }
  const { type, coordinates } = geometry
  const lines = (value: unknown, least: number): LngLat[] => {
    if (!Array.isArray(value) || value.length < least) throw new Unfit(`a line of this geometry has fewer than ${least} points`)
    return value.map((point) => placed(point, crs))
  }
  if (tier === 'water') {
    if (type !== 'LineString') throw new Unfit('water needs a LineString')
    return [lines(coordinates, 2)]
  }
  const polygons = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? (coordinates as unknown[]) : undefined
  if (!Array.isArray(polygons)) throw new Unfit(`a ${tier} needs a Polygon or MultiPolygon`)
  if (tier === 'grid' && (polygons.length !== 1 || (polygons[0] as unknown[]).length !== 1))
    throw new Unfit('a grid must be one ring without holes')
  return polygons.map((polygon) => {
    const ring = lines((polygon as unknown[] | undefined)?.[0], 4)
    const [first, last] = [ring[0] as LngLat, ring.at(-1) as LngLat]
    if (first[0] !== last[0] || first[1] !== last[1]) throw new Unfit('a ring does not end where it begins')
    return ring
  })
}

function placed(point: unknown, crs: Crs): LngLat {
  const [lng, lat] = Array.isArray(point) ? (point as unknown[]) : []
  if (typeof lng !== 'number' || typeof lat !== 'number' || !(lng >= 73 && lng <= 136 && lat >= 3 && lat <= 54))
    throw new Unfit(`${JSON.stringify(point)} is not a longitude and latitude in China, in this order`)
  return toWgs84(lng, lat, crs)
}

/** The middle of gravity, or, where that lies outside a bent ring, some point inside. */
function middleOf(ring: readonly LngLat[]): LngLat {
  let [twice, x, y] = [0, 0, 0]
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax, ay] = ring[i] as LngLat
    const [bx, by] = ring[i + 1] as LngLat
    const cross = ax * by - bx * ay
    twice += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  const middle: LngLat = twice === 0 ? (ring[0] as LngLat) : [round6(x / (3 * twice)), round6(y / (3 * twice))]
  return inRing(middle, ring) ? middle : pointInside(ring, ring[0] as LngLat, seeded(1))
}

const round6 = (n: number): number => Math.round(n * 1e6) / 1e6

/** To three decimals. `ringArea` is drawn to the latitude of another city. */
const squareKilometres = (ring: readonly LngLat[]): number =>
  Math.round((ringArea(ring) / SHRINK) * Math.cos(((ring[0] as LngLat)[1] * Math.PI) / 180) * 1000) / 1000
