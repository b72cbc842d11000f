/** The map's colours from the design tokens, read once: a canvas knows no CSS variables. And the textures, which say the same without hue. */

const TOKENS = [
  'bg',
  'land-off',
  'land-on',
  'land-edge',
  'border',
  'water',
  'p1',
  'p2',
  'p3',
  'p4',
  'p1-fill',
  'p3-fill',
  'mid',
  'calm',
  'text-1',
  'text-3',
  'focus',
  'base-top',
  'base-light',
  'base-dark',
  'base-cover',
  'base-cover-alarm',
] as const

export type Palette = Readonly<Record<(typeof TOKENS)[number], string>>

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  return Object.fromEntries(TOKENS.map((token) => [token, style.getPropertyValue(`--${token}`).trim()])) as Palette
}

/** A picture of `size` device pixels each way, painted by `paint`. A bitmap is drawn several times faster than another canvas. */
export function sprite(size: number, paint: (context: OffscreenCanvasRenderingContext2D, size: number) => void): ImageBitmap {
  const canvas = new OffscreenCanvas(size, size)
  paint(canvas.getContext('2d') as OffscreenCanvasRenderingContext2D, size)
  return canvas.transferToImageBitmap()
}

/** A tile of diagonal stripes (red) or of crossing hairs (unknown) that repeats without a seam; `size` in device pixels. */
export const hatching = (ground: string, line: string, crossed: boolean, size: number): ImageBitmap =>
  sprite(size, (c) => {
    c.fillStyle = ground
    c.fillRect(0, 0, size, size)
    c.strokeStyle = line
    c.lineWidth = crossed ? size / 9 : size / 4.2
    c.beginPath()
    for (const k of [-size, 0, size]) {
      c.moveTo(k - size / 2, size * 1.5)
      c.lineTo(k + size * 1.5, -size / 2)
      if (!crossed) continue
      c.moveTo(k - size / 2, -size / 2)
      c.lineTo(k + size * 1.5, size * 1.5)
    }
    c.stroke()
  })
