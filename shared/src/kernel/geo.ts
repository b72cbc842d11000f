/** Coordinates and areas. Inside the product every position is WGS 84 longitude and latitude in degrees. */
import imported from 'gcoord'

/** The package declares an ES default but ships CommonJS: at run time the default import already is the object. */
const gcoord = imported as unknown as typeof imported.default

/** Longitude and latitude in degrees, WGS 84. */
export type LngLat = readonly [lng: number, lat: number]

/** Coordinate reference systems a sender may declare. CGCS2000 differs from WGS 84 by centimetres and is taken as equal. */
export type Crs = 'WGS84' | 'GCJ02' | 'BD09' | 'CGCS2000'

/** Converts a position in a declared system to WGS 84, rounded to 1e-6 degree (about 0.1 m). */
export function toWgs84(lng: number, lat: number, crs: Crs): LngLat {
  const [x, y] =
    crs === 'GCJ02'
      ? gcoord.transform([lng, lat], gcoord.GCJ02, gcoord.WGS84)
      : crs === 'BD09'
        ? gcoord.transform([lng, lat], gcoord.BD09, gcoord.WGS84)
        : [lng, lat]
  return [Math.round((x as number) * 1e6) / 1e6, Math.round((y as number) * 1e6) / 1e6]
}

/** WGS 84 in a declared system, not rounded. Outside China GCJ-02 and WGS 84 are the same. */
export function fromWgs84([lng, lat]: LngLat, crs: Crs): LngLat {
  if (crs === 'WGS84' || crs === 'CGCS2000') return [lng, lat]
  return gcoord.transform([lng, lat], gcoord.WGS84, crs === 'GCJ02' ? gcoord.GCJ02 : gcoord.BD09) as unknown as LngLat
}

/** WGS 84 in the metres of Baidu's own Mercator (BD09MC): x eastwards, y northwards. Its tiles are cut in this plane. */
export const toBaiduMetres = ([lng, lat]: LngLat): [x: number, y: number] =>
  gcoord.transform([lng, lat], gcoord.WGS84, gcoord.BD09MC) as unknown as [number, number]

/** WGS 84 of a point in Baidu's metres. */
export const fromBaiduMetres = (x: number, y: number): LngLat => gcoord.transform([x, y], gcoord.BD09MC, gcoord.WGS84) as unknown as LngLat

/** Whether a point lies inside a ring (closed or open list of points), by the even–odd rule. */
export function inRing([x, y]: LngLat, ring: readonly LngLat[]): boolean {
  let inside = false
  let before = ring.at(-1)
  for (const corner of ring) {
    // By place, not taken apart: that makes an iterator for each corner, and each reported entry asks for its grid's.
    const yi = corner[1]
    const yj = (before as LngLat)[1]
    if (yi > y !== yj > y) {
      const xi = corner[0]
      const xj = (before as LngLat)[0]
      if (x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside
    }
    before = corner
  }
  return inside
}

/** Ground distance in metres between two positions (equirectangular; error below 0.1 % within a county). */
export function distance([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number {
  const rad = Math.PI / 180
  const dx = (lng2 - lng1) * rad * Math.cos(((lat1 + lat2) / 2) * rad)
  const dy = (lat2 - lat1) * rad
  return Math.hypot(dx, dy) * 6_371_008.8
}

/** Degrees clockwise from north in which `to` lies, seen from `from`: 0 … below 360 (flat earth; fine within a county). */
export function bearing([lng1, lat1]: LngLat, [lng2, lat2]: LngLat): number {
  const dx = (lng2 - lng1) * Math.cos(((lat1 + lat2) / 2) * (Math.PI / 180))
  return ((Math.atan2(dx, lat2 - lat1) * 180) / Math.PI + 360) % 360
}

/** Whether an area code lies in a scope: codes nest by prefix (city 6, township 9, village 12, grid 15 digits). */
export const within = (scope: string, area: string): boolean => area.startsWith(scope)

/** The code of the township (9 digits) that a longer area code belongs to. */
export const townshipOf = (area: string): string => cutOf(area).township

/** The code of the city (6 digits) that an area code belongs to. */
export const cityOf = (area: string): string => cutOf(area).city

/** Codes cut from others, by what they were cut from. Cut anew for each reported entry, the same few texts would be held in memory a million times. */
const cuts = new Map<string, { readonly city: string; readonly township: string }>()
/** More than any city has areas. */
const MOST_CUTS = 20_000

function cutOf(area: string): { readonly city: string; readonly township: string } {
  let cut = cuts.get(area)
  if (!cut) {
    if (cuts.size >= MOST_CUTS) cuts.clear()
    const [city, township] = [area.slice(0, 6), area.slice(0, 9)]
    // Those of one township share the text of its code, and all that of the city.
    cut = { city: area === city ? city : cutOf(city).city, township: area === township ? township : cutOf(township).township }
    cuts.set(area, cut)
  }
  return cut
}

/** The smallest area that holds both: their common prefix of 15, 12, 9 or 6 digits. Both must lie in one city. */
export function areaOfBoth(one: string, other: string): string {
  const digits = [15, 12, 9].find((n) => one.slice(0, n) === other.slice(0, n)) ?? 6
  return one.slice(0, digits)
}

/** Whether a text is an area code: 6, 9, 12 or 15 digits. */
export const isAreaCode = (text: string): boolean => /^\d{6}(\d{3}){0,3}$/.test(text)
