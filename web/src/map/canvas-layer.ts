/** One canvas of ours in Leaflet's overlay pane. Leaflet moves and scales it while the map moves; it is painted anew at the end. */
import L from 'leaflet'
import type { View } from './mercator.ts'
import { Painter } from './painter.ts'
import type { Palette } from './palette.ts'

/** What Leaflet's renderers have and its types leave out. */
interface RendererInside {
  _container: HTMLCanvasElement
  _bounds: L.Bounds
  _map: L.Map & { _animatingZoom?: boolean }
  options: { padding: number }
}
const inherited = L.Renderer.prototype as unknown as { _update(this: RendererInside): void }

/** Pixels of the world at a zoom, 256 at zoom 0. */
const worldPixels = (zoom: number): number => 256 * 2 ** zoom

/** While a hand drags, what comes into sight is painted this often: milliseconds. */
const DRAG_EVERY = 250

export class CanvasLayer {
  readonly painter: Painter
  readonly #layer: L.Layer
  readonly #canvas = document.createElement('canvas')
  #under: { canvas: HTMLCanvasElement; setView: (view: View) => void } | undefined
  #view: { view: View; at: L.Point } | undefined

  constructor(map: L.Map, palette: Palette) {
    this.#canvas.style.pointerEvents = 'none'
    this.painter = new Painter(this.#canvas, palette)
    const { painter } = this
    const canvas = this.#canvas
    const seen = (view: View, at: L.Point): void => {
      this.#view = { view, at }
      this.#placeUnder()
    }
    const Renderer = L.Renderer.extend({
      _initContainer(this: RendererInside) {
        this._container = canvas
      },
      _destroyContainer() {
        canvas.remove()
      },
      _updatePaths() {
        // Leaflet's vector layers would redraw here; there are none.
      },
      _update(this: RendererInside) {
        if (this._map._animatingZoom && this._bounds) return
        inherited._update.call(this)
        const size = this._bounds.getSize()
        const min = this._bounds.min as L.Point
        const origin = this._map.getPixelOrigin()
        canvas.style.width = `${size.x}px`
        canvas.style.height = `${size.y}px`
        L.DomUtil.setPosition(canvas, min)
        const view = {
          scale: worldPixels(this._map.getZoom()),
          x: origin.x + min.x,
          y: origin.y + min.y,
          width: size.x,
          height: size.y,
          ratio: window.devicePixelRatio || 1,
          rem: remPixels(),
        }
        painter.setView(view)
        seen(view, min)
      },
    }) as unknown as new (
      options: L.RendererOptions,
    ) => L.Renderer
    // Not a pixel more than is seen: every pixel is handed to the screen again whenever one of them has changed.
    const layer = new Renderer({ padding: 0 }).addTo(map)
    this.#layer = layer
    let paintedAt = 0
    map.on('drag', () => {
      if (performance.now() - paintedAt < DRAG_EVERY) return
      ;(layer as unknown as { _update(): void })._update()
      paintedAt = performance.now()
    })
  }

  /** Puts a canvas under ours, which from now on looks where ours does. */
  putUnder(map: L.Map, canvas: HTMLCanvasElement, setView: (view: View) => void): void {
    canvas.style.position = 'absolute'
    canvas.style.pointerEvents = 'none'
    map.getPane('tilePane')?.append(canvas)
    this.#under = { canvas, setView }
    this.#placeUnder()
  }

  #placeUnder(): void {
    if (!this.#under || !this.#view) return
    const { view, at } = this.#view
    const { canvas, setView } = this.#under
    canvas.style.width = `${view.width}px`
    canvas.style.height = `${view.height}px`
    L.DomUtil.setPosition(canvas, at)
    setView(view)
  }

  /** A point of the map as pixels of the canvas. */
  pixel(map: L.Map, at: L.LatLng): { x: number; y: number } {
    const inside = this.#layer as unknown as RendererInside
    return map.latLngToLayerPoint(at).subtract(inside._bounds.min as L.Point)
  }

  remove(): void {
    this.#layer.remove()
    this.#under?.canvas.remove()
  }
}

/** CSS pixels of one rem: type on the wall grows with its height. */
export const remPixels = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
