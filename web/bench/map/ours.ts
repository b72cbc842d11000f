/** The product's side: its own canvas layer, painter and options, fed as its screens feed it. */
import type { CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import L from 'leaflet'
import { CanvasLayer } from '../../src/map/canvas-layer.ts'
import { MAP_OPTIONS } from '../../src/map/map-options.ts'
import { readPalette } from '../../src/map/palette.ts'
import { makeShapes } from '../../src/map/shapes.ts'
import type { City, Side, Tables } from './side.ts'

const NO_STATES: ReadonlyMap<string, CameraStateRow> = new Map()
const LOOK_UPS = 20_000
/** Of 255: smoothed edges come out a little otherwise when fewer of them are drawn at once; nobody sees that. */
const SEEN = 12
/** A click this near (rem) means a camera, as in MapView. */
const REACH = 0.7

export function ours(host: HTMLElement, city: City, { tallies, cameras }: Tables, bounds: L.LatLngBounds): Side {
  const map = L.map(host, MAP_OPTIONS).fitBounds(bounds, { animate: false })
  const { painter } = new CanvasLayer(map, readPalette(host))
  painter.setShapes(makeShapes(city.grids), tallies)
  painter.setRivers(city.waters)
  painter.setCameras(cameras, NO_STATES)
  const frame = (): Promise<number> => new Promise(requestAnimationFrame)
  return {
    update(changedTallies, changedCameras) {
      // The live store hands out a copy of each table that changed; so it costs here what it costs there.
      if (changedTallies.length) painter.setTallies(new Map(tallies))
      if (changedCameras.length) painter.setCameras(new Map(cameras), NO_STATES)
    },
    shown: () => painter.checksum(),
    nearest() {
      const { clientWidth, clientHeight } = host
      const within = REACH * Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      const before = performance.now()
      let found = 0
      for (let i = 0; i < LOOK_UPS; i++) {
        // Points spread evenly over the map, without chance.
        if (painter.cameraAt(((i * 0.618_034) % 1) * clientWidth, ((i * 0.754_878) % 1) * clientHeight, within)) found++
      }
      if (found === 0) throw new Error('no camera was found anywhere')
      return ((performance.now() - before) * 1000) / LOOK_UPS
    },
    async unfaithful() {
      const canvas = host.querySelector('canvas') as HTMLCanvasElement
      const pixels = (): Uint8ClampedArray =>
        (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height).data
      await frame()
      const before = pixels()
      painter.repaint()
      await frame()
      const after = pixels()
      let differing = 0
      for (let i = 0; i < after.length; i += 4) {
        const differs = (k: number): boolean => Math.abs((after[i + k] as number) - (before[i + k] as number)) > SEEN
        if (differs(0) || differs(1) || differs(2) || differs(3)) differing++
      }
      return differing
    },
  }
}
