/** A schematic city for benchmarks: 16 townships, 360 villages and 776 grids with codes like the real ones, as squares in one outline. */
import type { EventBody } from '@orchid/shared/kernel/event'
import type { LngLat } from '@orchid/shared/kernel/geo'

const CITY = '330781'
const TOWNSHIPS = 16
const GRIDS = 776
const WEST = 119.2
const SOUTH = 29.0
const SIDE = 0.018
const COLUMNS = 28
/** Corners of the outline; a real one has about as many. */
const OUTLINE = 400

const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

export function cityEvents(): EventBody[] {
  const centre: LngLat = [WEST + (COLUMNS * SIDE) / 2, SOUTH + (COLUMNS * SIDE) / 2]
  const outline = Array.from({ length: OUTLINE + 1 }, (_, i): LngLat => {
    const angle = (2 * Math.PI * (i % OUTLINE)) / OUTLINE
    return [round(centre[0] + COLUMNS * SIDE * Math.cos(angle)), round(centre[1] + COLUMNS * SIDE * Math.sin(angle))]
  })
  const area = (code: string, tier: string, more: object = {}): EventBody => ({
    type: 'area.defined',
    area: code,
    subject: `area:${code}`,
    data: { code, name: code, tier, ...more },
  })
  const events = [area(CITY, 'city', { outline: [outline] })]
  const villages = new Set<string>()
  const township = (i: number): string => `${CITY}${String(1 + (i % TOWNSHIPS)).padStart(3, '0')}`
  for (let i = 0; i < TOWNSHIPS; i++) events.push(area(township(i), 'township'))
  for (let i = 0; i < GRIDS; i++) {
    const village = `${township(i)}${String(1 + (Math.floor(i / TOWNSHIPS) % 23)).padStart(3, '0')}`
    if (!villages.has(village)) events.push(area(village, 'village'))
    villages.add(village)
    const code = `${village}${String(1 + Math.floor(i / TOWNSHIPS)).padStart(3, '0')}`
    const [w, s] = [round(WEST + (i % COLUMNS) * SIDE), round(SOUTH + Math.floor(i / COLUMNS) * SIDE)]
    const [e, n] = [round(w + SIDE), round(s + SIDE)]
    const boundary = [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ]
    const centroid = [round(w + SIDE / 2), round(s + SIDE / 2)]
    events.push({
      type: 'grid.defined',
      area: code,
      subject: `grid:${code}`,
      data: { code, name: `${i + 1} 网格`, centroid, boundary, area: 2.7, validFrom: 0, schematic: true },
    })
  }
  return events
}
