/** The map's colours from the design tokens, read once: a canvas knows no CSS variables. */

export interface Palette {
  readonly [token: string]: string
}

const TOKENS = ['bg', 'land-off', 'land-on', 'land-edge', 'border', 'water', 'water-dim', 'p1', 'p1-fill', 'p2-fill', 'p3-fill', 'mid', 'text-1', 'text-3', 'focus', 'hair'] as const

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  return Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()]))
}

/** A tile of diagonal stripes (red) or of crossing hairs (unknown), so that fills survive grey print and colour blindness. */
export function texture(context: CanvasRenderingContext2D, ground: string, line: string, crossed: boolean, ratio: number): CanvasPattern {
  const size = Math.round(8 * ratio)
  const tile = document.createElement('canvas')
  tile.width = size
  tile.height = size
  const c = tile.getContext('2d') as CanvasRenderingContext2D
  c.fillStyle = ground
  c.fillRect(0, 0, size, size)
  c.strokeStyle = line
  c.lineWidth = crossed ? ratio : 2.2 * ratio
  c.beginPath()
  for (const k of [-size, 0, size]) {
    c.moveTo(k, size)
    c.lineTo(k + size, 0)
    if (crossed) {
      c.moveTo(k, 0)
      c.lineTo(k + size, size)
    }
  }
  c.stroke()
  return context.createPattern(tile, 'repeat') as CanvasPattern
}
