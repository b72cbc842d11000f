/** The peer: stock Leaflet with `preferCanvas`, polygons and circle markers, the same map options, the same colours and sizes. */
import L from 'leaflet'
import { checksum } from '../../src/map/checksum.ts'
import { FILLS, type Fill, fillOf } from '../../src/map/grid-fills.ts'
import { MAP_OPTIONS } from '../../src/map/map-options.ts'
import { unit } from '../../src/map/mercator.ts'
import { readPalette } from '../../src/map/palette.ts'
import type { City, Side, Tables } from './side.ts'

const latLng = ([lng, lat]: readonly [number, number]): L.LatLngTuple => [lat, lng]

export function stock(host: HTMLElement, city: City, _: Tables, bounds: L.LatLngBounds): Side {
  const palette = readPalette(host)
  const colours: Readonly<Record<Fill, string>> = [
    palette['land-off'],
    palette['land-on'],
    palette['p3-fill'],
    palette['p1-fill'],
    palette.mid,
  ]
  // The product's camera beside a township: a point with a halo.
  const POINT = { radius: 2.5, weight: 1, color: palette.bg, fillColor: palette.calm, fillOpacity: 0.8 }
  const map = L.map(host, { ...MAP_OPTIONS, preferCanvas: true }).fitBounds(bounds, { animate: false })
  const polygons = city.grids.map((grid, i) =>
    L.polygon(grid.boundary.map(latLng), {
      weight: 1,
      color: palette['land-edge'],
      fillColor: colours[fillOf(city.tallies[i])],
      fillOpacity: 1,
    }).addTo(map),
  )
  for (const { line } of city.waters) L.polyline(line.map(latLng), { weight: 5, color: palette.water }).addTo(map)
  const markers = city.cameras.map((row) => L.circleMarker(latLng(row.position), POINT).addTo(map))
  return {
    update(tallies, cameras) {
      for (const [i, row] of tallies) polygons[i]?.setStyle({ fillColor: colours[fillOf(row)] })
      for (const [i, row] of cameras) markers[i]?.setLatLng(latLng(row.position))
    },
    shown() {
      const fills = Uint8Array.from(polygons, ({ options }) => FILLS.find((fill) => colours[fill] === options.fillColor) ?? 255)
      const points = markers.flatMap((marker) => {
        const { lng, lat } = marker.getLatLng()
        return unit([lng, lat])
      })
      return checksum(fills, Float64Array.from(points))
    },
  }
}
