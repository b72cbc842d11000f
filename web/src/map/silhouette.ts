/** The city's outline as a coarse raster that tells at once whether a box touches the city. */
import type { LngLat } from '@orchid/shared/kernel/geo'
import { unit } from './mercator.ts'
import type { Box } from './placement.ts'

const COLUMNS = 120
const ROWS = 80

export class Silhouette {
  /** Width of the city for a height of 1. */
  readonly aspect: number
  /** Sums of the covered cells left of and above each corner of the raster. */
  readonly #sums = new Uint32Array((COLUMNS + 1) * (ROWS + 1))

  /** A closed ring in WGS 84 degrees with at least three corners. */
  constructor(ring: readonly LngLat[]) {
    const points = ring.map(unit)
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
    const [left, top] = [Math.min(...xs), Math.min(...ys)]
    const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top]
    this.aspect = width / height
    const cells = new Uint8Array(COLUMNS * ROWS)
    const cell = (x: number, y: number): void => {
      cells[Math.min(ROWS - 1, Math.floor(y * ROWS)) * COLUMNS + Math.min(COLUMNS - 1, Math.floor(x * COLUMNS))] = 1
    }
    const shares = points.map(([x, y]): [number, number] => [(x - left) / width, (y - top) / height])
    for (let row = 0; row < ROWS; row++) {
      const y = (row + 0.5) / ROWS
      const crossings = shares
        .flatMap(([ax, ay], i): number[] => {
          const [bx, by] = shares[(i + 1) % shares.length] as [number, number]
          return ay > y === by > y ? [] : [ax + ((y - ay) / (by - ay)) * (bx - ax)]
        })
        .sort((a, b) => a - b)
      for (let i = 0; i + 1 < crossings.length; i += 2)
        for (let x = crossings[i] as number; x < (crossings[i + 1] as number); x += 1 / COLUMNS) cell(x, y)
    }
    for (const [x, y] of shares) cell(x, y)
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++)
        this.#sums[this.#at(column + 1, row + 1)] =
          (cells[row * COLUMNS + column] as number) + this.#sum(column, row + 1) + this.#sum(column + 1, row) - this.#sum(column, row)
    }
  }

  /** Whether the city, drawn into `city`, touches a box. */
  touches(city: Box, { x, y, width, height }: Box): boolean {
    const column = (at: number): number => Math.min(COLUMNS, Math.max(0, ((at - city.x) / city.width) * COLUMNS))
    const row = (at: number): number => Math.min(ROWS, Math.max(0, ((at - city.y) / city.height) * ROWS))
    const [left, right] = [Math.floor(column(x)), Math.ceil(column(x + width))]
    const [top, bottom] = [Math.floor(row(y)), Math.ceil(row(y + height))]
    if (left >= right || top >= bottom) return false
    return this.#sum(right, bottom) - this.#sum(left, bottom) - this.#sum(right, top) + this.#sum(left, top) > 0
  }

  #at(column: number, row: number): number {
    return row * (COLUMNS + 1) + column
  }

  #sum(column: number, row: number): number {
    return this.#sums[this.#at(column, row)] as number
  }
}
