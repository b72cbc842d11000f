/** How the map moves: by any fraction of a zoom level, and at once, since the canvas is painted anew faster than a fade would last. */
import type { MapOptions } from 'leaflet'

export const MAP_OPTIONS: MapOptions = {
  zoomControl: false,
  attributionControl: false,
  zoomSnap: 0,
  zoomDelta: 0.5,
  zoomAnimation: false,
  fadeAnimation: false,
  inertia: false,
  // Its size is watched by the view itself; Leaflet would also shift the middle by half of what the window has grown.
  trackResize: false,
  minZoom: 8,
  maxZoom: 18,
}
