/** The demo city as events: areas, waters, grids, people by role, cameras. */
import { readFileSync } from 'node:fs'
import type { PersonRole } from '@orchid/shared/domain/people/events'
import type { EventBody } from '@orchid/shared/kernel/event'
import { makeCameras } from './cameras.ts'
import type { Grid } from './grids.ts'
import { LANXI, placeName, RIVERS, SEATS } from './lanxi.ts'

export const readGrids = (): Grid[] => JSON.parse(readFileSync(new URL('../../data/grids.json', import.meta.url), 'utf8')) as Grid[]

/** Every definition in order; boundaries hold from `validFrom` (epoch ms). */
export function cityDefinitions(grids: readonly Grid[], validFrom: number): EventBody[] {
  const { city, outline, townships } = LANXI
  const area = (code: string, name: string, tier: string, more: object = {}): EventBody => ({
    type: 'area.defined',
    area: code,
    subject: `area:${code}`,
    data: { code, name, tier, ...more },
  })
  const person = (role: PersonRole, code: string): EventBody => ({
    type: 'person.assigned',
    area: code,
    subject: `person:${role}-${code}`,
    data: { id: `${role}-${code}`, role, area: code },
  })
  return [
    area(city.code, city.name, 'city', { outline: [outline] }),
    ...townships.flatMap((t) => [
      area(t.code, t.name, 'township', { centroid: SEATS[t.code]?.at }),
      person('township-secretary', t.code),
      person('mediation-director', t.code),
      person('firm-cadre', t.code),
      ...t.villages.flatMap((v) => [
        area(v.code, placeName(v.name), 'village'),
        person('village-cadre', v.code),
        person('grid-police', v.code),
      ]),
    ]),
    ...RIVERS.map(
      (river): EventBody => ({ type: 'water.defined', area: city.code, subject: `water:${river.id}`, data: { ...river, schematic: true } }),
    ),
    ...grids.flatMap((grid): EventBody[] => [
      { type: 'grid.defined', area: grid.code, subject: `grid:${grid.code}`, data: { ...grid, validFrom, schematic: true } },
      person('grid-chief', grid.code),
      person('grid-worker', grid.code),
    ]),
    ...makeCameras(grids).map(
      (camera): EventBody => ({ type: 'camera.registered', area: camera.grid, subject: `camera:${camera.id}`, data: camera }),
    ),
  ]
}
