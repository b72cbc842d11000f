/** Paints the still parts of a demo camera: a calm two-tone sketch of a street, a river, a square or a shelter, different for every camera. */
import { createHash } from 'node:crypto'

export const sceneWidth = 640
export const sceneHeight = 360
export const sceneRate = 8

export type SceneKind = 'road' | 'river' | 'place' | 'shelter'

/** A small picture with transparency that moves through the scene. */
export interface Sprite {
  readonly width: number
  readonly height: number
  /** Planar yuva420p. */
  readonly data: Buffer
  /** Left edge and top edge in pixels as ffmpeg expressions of `t` (seconds). */
  readonly x: string
  readonly y: string
}

export interface Scene {
  /** Planar yuv420p of sceneWidth × sceneHeight. */
  readonly backdrop: Buffer
  readonly sprites: readonly Sprite[]
}

type Random = () => number

/** Mulberry32 over a hash of the seed: the same camera looks the same on every machine. */
function randomOf(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const between = (random: Random, low: number, high: number): number => low + random() * (high - low)

/** A grey drawing surface; tones are video luma, 16 black to 235 white. */
class Canvas {
  readonly luma: Uint8Array
  readonly alpha: Uint8Array
  readonly width: number
  readonly height: number

  constructor(width: number, height: number) {
    this.width = width
    this.height = height
    this.luma = new Uint8Array(width * height)
    this.alpha = new Uint8Array(width * height)
  }

  fill(left: number, top: number, width: number, height: number, tone: number): void {
    const right = Math.min(this.width, Math.round(left + width))
    const bottom = Math.min(this.height, Math.round(top + height))
    for (let y = Math.max(0, Math.round(top)); y < bottom; y++) {
      const row = y * this.width
      this.luma.fill(tone, row + Math.max(0, Math.round(left)), row + right)
      this.alpha.fill(255, row + Math.max(0, Math.round(left)), row + right)
    }
  }

  /** Everything below a skyline given per column. */
  below(skyline: (x: number) => number, tone: (y: number) => number): void {
    for (let x = 0; x < this.width; x++)
      for (let y = Math.max(0, Math.round(skyline(x))); y < this.height; y++) this.luma[y * this.width + x] = tone(y)
  }

  disc(centreX: number, centreY: number, radius: number, tone: number): void {
    for (let y = Math.floor(centreY - radius); y <= centreY + radius; y++)
      for (let x = Math.floor(centreX - radius); x <= centreX + radius; x++)
        if (x >= 0 && y >= 0 && x < this.width && y < this.height && (x - centreX) ** 2 + (y - centreY) ** 2 <= radius * radius) {
          this.luma[y * this.width + x] = tone
          this.alpha[y * this.width + x] = 255
        }
  }

  darken(top: number, height: number, factor: number): void {
    for (let at = top * this.width; at < (top + height) * this.width; at++)
      this.luma[at] = Math.round(16 + ((this.luma[at] ?? 16) - 16) * factor)
  }

  /** Ink tint: a little blue in the shade, a little warm in the light would need more; one constant tint keeps it two-tone. */
  toPlanes(withAlpha: boolean): Buffer {
    const quarter = (this.width * this.height) / 4
    const planes = [this.luma, new Uint8Array(quarter).fill(131), new Uint8Array(quarter).fill(125)]
    return Buffer.concat(withAlpha ? [...planes, this.alpha] : planes)
  }
}

function hills(random: Random, base: number, height: number): (x: number) => number {
  const waves = [1, 2.3, 4.1].map((rate) => ({ rate, phase: random() * 7, share: random() / rate }))
  return (x) =>
    base - height * waves.reduce((sum, wave) => sum + wave.share * (1 + Math.sin((x / sceneWidth) * 6 * wave.rate + wave.phase)), 0) * 0.5
}

function sky(canvas: Canvas, random: Random, horizon: number): void {
  for (let y = 0; y < horizon + 40 && y < canvas.height; y++) canvas.fill(0, y, sceneWidth, 1, Math.round(150 - 34 * (1 - y / horizon)))
  canvas.below(hills(random, horizon, 90), () => 112)
  canvas.below(hills(random, horizon + 6, 46), () => 94)
}

function building(canvas: Canvas, random: Random, left: number, bottom: number, width: number, height: number): void {
  const wall = Math.round(between(random, 66, 96))
  canvas.fill(left, bottom - height, width, height, wall)
  canvas.fill(left - 2, bottom - height - 3, width + 4, 4, wall - 18)
  for (let y = bottom - height + 10; y < bottom - 14; y += 17)
    for (let x = left + 7; x < left + width - 9; x += 15) canvas.fill(x, y, 7, 9, random() < 0.22 ? wall + 46 : wall - 20)
}

function tree(canvas: Canvas, random: Random, x: number, bottom: number, size: number): void {
  canvas.fill(x - 1, bottom - size, 3, size, 48)
  for (let leaf = 0; leaf < 5; leaf++)
    canvas.disc(
      x + between(random, -0.5, 0.5) * size,
      bottom - size * between(random, 0.8, 1.4),
      size * between(random, 0.24, 0.4),
      Math.round(between(random, 54, 70)),
    )
}

function car(random: Random, width: number, y: number, speed: number): Sprite {
  const height = Math.round(width * 0.2) * 2
  const canvas = new Canvas(width, height)
  const body = Math.round(random() < 0.5 ? between(random, 150, 190) : between(random, 36, 60))
  canvas.fill(width * 0.2, 0, width * 0.52, height * 0.5, body - 8)
  canvas.fill(width * 0.25, height * 0.1, width * 0.42, height * 0.32, 82)
  canvas.fill(0, height * 0.4, width, height * 0.4, body)
  canvas.disc(width * 0.22, height * 0.8, height * 0.18, 24)
  canvas.disc(width * 0.78, height * 0.8, height * 0.18, 24)
  return { width, height, data: canvas.toPlanes(true), ...across(random, width, speed), y: String(Math.round(y - height)) }
}

function walker(random: Random, y: number, speed: number): Sprite {
  const canvas = new Canvas(12, 34)
  const coat = Math.round(between(random, 40, 170))
  canvas.disc(6, 5, 4, 108)
  canvas.fill(2, 10, 8, 13, coat)
  canvas.fill(3, 23, 3, 11, 36)
  canvas.fill(7, 23, 3, 11, 44)
  return {
    width: 12,
    height: 34,
    data: canvas.toPlanes(true),
    ...across(random, 12, speed),
    y: `${Math.round(y - 34)}+2*sin(t*6+${random().toFixed(2)})`,
  }
}

function boat(random: Random, y: number, speed: number): Sprite {
  const canvas = new Canvas(76, 26)
  for (let row = 0; row < 10; row++) canvas.fill(row * 1.6, 14 + row, 76 - row * 3.2, 1, 44)
  canvas.fill(24, 4, 28, 11, 72)
  for (let x = 28; x < 50; x += 8) canvas.fill(x, 7, 4, 4, 150)
  return { width: 76, height: 26, data: canvas.toPlanes(true), ...across(random, 76, speed), y: `${Math.round(y - 26)}+1.5*sin(t*1.7)` }
}

/** Runs across the picture and comes round again; negative speed (pixels a second) runs to the left. */
function across(random: Random, width: number, speed: number): { x: string } {
  const round = sceneWidth + width + Math.round(between(random, 40, 260))
  const run = `mod(t*${Math.abs(speed).toFixed(1)}+${Math.round(random() * round)},${round})`
  return { x: speed > 0 ? `${run}-${width}` : `${sceneWidth}-${run}` }
}

/** A band of water with crests that joins itself at both ends, drawn twice the width so that it can flow for ever. */
function water(random: Random, height: number, tone: number, speed: number, top: number): Sprite {
  const canvas = new Canvas(sceneWidth * 2, height)
  canvas.fill(0, 0, sceneWidth * 2, height, tone)
  for (let crest = 0; crest < height * 1.6; crest++) {
    const y = Math.floor(random() ** 1.5 * height)
    const length = 8 + (y / height) * between(random, 10, 70)
    const x = random() * sceneWidth
    const light = Math.round(tone + between(random, -12, 26))
    for (const copy of [-sceneWidth, 0, sceneWidth]) canvas.fill(x + copy, y, length, 1 + Math.floor((y / height) * 2), light)
  }
  return {
    width: sceneWidth * 2,
    height,
    data: canvas.toPlanes(true),
    x: `mod(t*${speed.toFixed(1)},${sceneWidth})-${sceneWidth}`,
    y: String(top),
  }
}

function road(canvas: Canvas, random: Random): Sprite[] {
  sky(canvas, random, 150)
  canvas.fill(0, 170, sceneWidth, 190, 78)
  for (let x = -20; x < sceneWidth; ) {
    const width = between(random, 60, 120)
    building(canvas, random, x, 205, width, between(random, 50, 120))
    x += width + between(random, 4, 30)
  }
  canvas.fill(0, 205, sceneWidth, 24, 100)
  for (let x = between(random, 10, 60); x < sceneWidth; x += between(random, 70, 120)) tree(canvas, random, x, 222, between(random, 24, 34))
  canvas.fill(0, 229, sceneWidth, 100, 62)
  canvas.fill(0, 229, sceneWidth, 2, 130)
  for (let x = 0; x < sceneWidth; x += 56) canvas.fill(x, 276, 30, 3, 150)
  canvas.fill(0, 329, sceneWidth, 31, 92)
  return [
    car(random, 56, 262, -between(random, 34, 70)),
    car(random, 66, 272, -between(random, 26, 52)),
    walker(random, 228, between(random, 9, 16)),
    car(random, 76, 316, between(random, 40, 84)),
    car(random, 84, 324, between(random, 30, 60)),
  ]
}

function river(canvas: Canvas, random: Random): Sprite[] {
  sky(canvas, random, 140)
  for (let x = 20; x < sceneWidth; x += between(random, 40, 90))
    building(canvas, random, x, 168, between(random, 28, 60), between(random, 18, 50))
  canvas.fill(0, 166, sceneWidth, 12, 66)
  canvas.fill(0, 178, sceneWidth, 150, 96)
  const flow = water(random, 138, 104, between(random, 14, 40), 178)
  // The near bank slopes down from one side and carries the staff gauge; both are painted over by the water if it were drawn last, so they end below it.
  canvas.fill(0, 316, sceneWidth, 44, 62)
  for (let x = 0; x < sceneWidth; x += 22) canvas.fill(x, 318, 12, 2, 74)
  const staffX = Math.round(between(random, 470, 590))
  const staff = new Canvas(16, 120)
  staff.fill(0, 0, 16, 120, 196)
  for (let mark = 0; mark < 12; mark++) staff.fill(mark % 2 ? 8 : 0, mark * 10, 8, 5, 40)
  return [
    flow,
    boat(random, 236, between(random, 8, 20)),
    { width: 16, height: 120, data: staff.toPlanes(true), x: String(staffX), y: '214' },
    walker(random, 352, between(random, 9, 15) * (random() < 0.5 ? -1 : 1)),
  ]
}

function square(canvas: Canvas, random: Random, shelter: boolean): Sprite[] {
  sky(canvas, random, 130)
  canvas.fill(0, 160, sceneWidth, 200, 92)
  if (shelter) {
    building(canvas, random, 90, 206, 460, 104)
    canvas.fill(300, 150, 40, 56, 46)
    canvas.fill(40, 74, 3, 150, 150)
    canvas.fill(43, 76, 26, 16, 120)
  } else {
    for (let x = 10; x < sceneWidth; x += between(random, 100, 150))
      building(canvas, random, x, 204, between(random, 70, 110), between(random, 60, 130))
  }
  canvas.fill(0, 204, sceneWidth, 156, 104)
  for (let y = 214, gap = 8; y < sceneHeight; y += gap, gap *= 1.35) canvas.fill(0, y, sceneWidth, 1, 92)
  for (let x = between(random, 20, 60); x < sceneWidth; x += between(random, 130, 190))
    tree(canvas, random, x, 216, between(random, 22, 30))
  const people = [232, 252, 276, 300, 326].map((y) => walker(random, y, between(random, 8, 20) * (random() < 0.5 ? -1 : 1)))
  return shelter ? people.slice(0, 4) : people
}

/** Height in pixels of the dark band on top, where ffmpeg writes the words. */
export const captionBand = 36

/** Paints the scene of a camera. Without a kind the seed chooses one. */
export function paintScene(seed: string, kind?: SceneKind): Scene {
  const random = randomOf(seed)
  const kinds = ['road', 'river', 'place', 'shelter'] as const
  const chosen = kind ?? (kinds[Math.floor(random() * kinds.length)] as SceneKind)
  const canvas = new Canvas(sceneWidth, sceneHeight)
  const sprites =
    chosen === 'road' ? road(canvas, random) : chosen === 'river' ? river(canvas, random) : square(canvas, random, chosen === 'shelter')
  canvas.darken(0, captionBand, 0.35)
  canvas.darken(sceneHeight - 30, 30, 0.55)
  return { backdrop: canvas.toPlanes(false), sprites }
}
