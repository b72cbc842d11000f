/** A small city for tests: 3 townships of 2 villages with 2 square grids each, inside one square outline. */
import type { EventBody } from '@orchid/shared/kernel/event'
import type { LngLat } from '@orchid/shared/kernel/geo'

export const CITY = '330781'
export const TOWNSHIPS = ['330781101', '330781102', '330781109'] as const
const WEST = 119.2
const SOUTH = 29.0
const SIDE = 0.05

const square = (west: number, south: number, side: number): LngLat[] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]

/** Codes of the grids, 15 digits; `township` narrows them. */
export const gridsOf = (township: string = CITY): string[] =>
  TOWNSHIPS.flatMap((t) => ['001', '002'].flatMap((village) => ['001', '002'].map((grid) => `${t}${village}${grid}`))).filter((code) =>
    code.startsWith(township),
  )

/** Longitude and latitude in the middle of the outline, WGS 84 degrees. */
export const MIDDLE: LngLat = [WEST + SIDE * 2, SOUTH + SIDE * 2]

export function cityEvents(): EventBody[] {
  const area = (code: string, tier: string, more: object = {}): EventBody => ({
    type: 'area.defined',
    area: code,
    subject: `area:${code}`,
    data: { code, name: `名 ${code}`, tier, ...more },
  })
  const events = [area(CITY, 'city', { outline: [square(WEST, SOUTH, SIDE * 5)] })]
  for (const township of TOWNSHIPS) {
    events.push(area(township, 'township'))
    for (const village of ['001', '002']) events.push(area(`${township}${village}`, 'village'))
  }
  for (const [i, code] of gridsOf().entries()) {
    const [west, south] = [WEST + (i % 4) * SIDE, SOUTH + Math.floor(i / 4) * SIDE]
    events.push({
      type: 'grid.defined',
      area: code,
      subject: `grid:${code}`,
      data: {
        code,
        name: `第 ${i + 1} 网格`,
        centroid: [west + SIDE / 2, south + SIDE / 2],
        boundary: square(west, south, SIDE),
        area: 27,
        validFrom: 0,
        schematic: true,
      },
    })
  }
  return events
}

/** A camera of a township, demo-drawn, in its first grid. */
export const cameraOf = (township: string): EventBody => ({
  type: 'camera.registered',
  area: `${township}001001`,
  subject: `camera:cam-${township}`,
  data: {
    id: `cam-${township}`,
    gbCode: `${township}00100131000001`.slice(0, 20).padEnd(20, '0'),
    name: `卡口 ${township}`,
    position: MIDDLE,
    bearing: 0,
    fov: 60,
    range: 200,
    siteKind: 'road',
    grid: `${township}001001`,
    people: ['grid-chief'],
    backend: 'demo',
    codec: 'h264',
    subStream: false,
  },
})
