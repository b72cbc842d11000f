/** The page of the map benchmark: `?side=ours` or `?side=stock`; the runner outside drives the mouse and calls `bench`. */
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import '../../src/ui/tokens.css'
import { Meter, type Reading } from './meter.ts'
import { ours } from './ours.ts'
import type { City, Side, Tables } from './side.ts'
import { stock } from './stock.ts'
import { Updates } from './updates.ts'

const host = document.getElementById('map') as HTMLElement
const response = await fetch('./city.json')
const city = (await response.json()) as City
const tables: Tables = {
  tallies: new Map(city.tallies.map((row) => [row.grid, row])),
  cameras: new Map(city.cameras.map((row) => [row.id, row])),
}
const meter = new Meter()
let side: Side
let updates: Updates
const frame = (): Promise<number> => new Promise(requestAnimationFrame)
/** A message is delivered after the frame it was sent in. */
const afterPainting = (): Promise<unknown> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = done
    port2.postMessage(undefined)
  })

const bench = {
  /** Builds the map; milliseconds until the frame in which it appears has been painted. */
  async draw(): Promise<number> {
    const bounds = L.latLngBounds(city.grids.flatMap((grid) => grid.boundary.map(([lng, lat]): L.LatLngTuple => [lat, lng])))
    await frame()
    const before = performance.now()
    const make = new URLSearchParams(location.search).get('side') === 'ours' ? ours : stock
    side = make(host, city, tables, bounds)
    await frame()
    await afterPainting()
    const took = performance.now() - before
    updates = new Updates(city, tables, side)
    return took
  },
  start: (): void => updates.start(),
  stop: (): void => updates.stop(),
  begin: (): void => meter.begin(),
  end: (): Reading => meter.end(),
  sums: (): { sent: number; shown: number } => ({ sent: updates.sent(), shown: side.shown() }),
  nearest: (): number | undefined => side.nearest?.(),
  unfaithful: async (): Promise<number | undefined> => side.unfaithful?.(),
}
export type Bench = typeof bench
Object.assign(globalThis, { bench })
