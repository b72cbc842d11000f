/** Cameras as typed arrays in the unit plane, kept up to date row by row, with an index that is rebuilt only when many have moved. */
import type { CameraState } from '@orchid/shared/domain/cameras/events'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import { BoxIndex } from './box-index.ts'
import { type UnitBox, unit } from './mercator.ts'

/** How a camera is drawn: nobody looked yet, pictures come or it answers, or something is wrong with it. */
export enum Look {
  Unchecked,
  Live,
  Ill,
}

/** So many may stand outside the index: they are looked through one by one. */
const LOOSE = 256

const lookOf = (state: CameraState | undefined): Look =>
  state === undefined || state === 'unchecked' ? Look.Unchecked : state === 'live' || state === 'answering' ? Look.Live : Look.Ill

/** One camera that is now drawn otherwise, and where it stood before (unit plane). */
export interface CameraChange {
  readonly at: number
  readonly x: number
  readonly y: number
}

export class CameraPoints {
  ids: readonly string[] = []
  /** x and y in turn. */
  points = new Float64Array(0)
  /** Metres the farthest-seeing camera sees. */
  farthest = 0
  looks = new Uint8Array(0)
  #rows: CameraRow[] = []
  #states: ReadonlyMap<string, CameraStateRow> = new Map()
  /** By id; made only when rows come in another order than before. */
  #numbers: ReadonlyMap<string, number> | undefined
  #index = new BoxIndex(new Float64Array(0), 2)
  readonly #loose = new Set<number>()

  /**
   * Takes the present rows. Rows that are the same object are passed over.
   * @returns the changed cameras, or `'all'` when there are others than before
   */
  sync(rows: ReadonlyMap<string, CameraRow>, states: ReadonlyMap<string, CameraStateRow>): readonly CameraChange[] | 'all' {
    if (rows.size !== this.#rows.length) return this.#build(rows, states)
    const changes = new Map<number, CameraChange>()
    let i = 0
    for (const [id, row] of rows) {
      const known = this.ids[i] === id ? i : this.#numberOf(id)
      i++
      if (known === undefined) return this.#build(rows, states)
      if (this.#rows[known] === row) continue
      this.#remember(changes, known)
      this.#put(known, row)
    }
    if (states !== this.#states) {
      this.#states = states
      for (const [n, id] of this.ids.entries()) {
        const look = lookOf(states.get(id)?.state)
        if (look === this.looks[n]) continue
        this.#remember(changes, n)
        this.looks[n] = look
      }
    }
    return [...changes.values()]
  }

  /** Numbers of the cameras in a box, in rising order. */
  within(box: UnitBox): Uint32Array {
    const found = this.#index.search(box)
    if (this.#loose.size === 0) return found
    const [left, top, right, bottom] = box
    const inside = (i: number): boolean => {
      const x = this.points[2 * i] as number
      const y = this.points[2 * i + 1] as number
      return x >= left && x <= right && y >= top && y <= bottom
    }
    const loose = [...this.#loose].filter(inside)
    return Uint32Array.from([...found.filter((i) => !this.#loose.has(i)), ...loose]).sort()
  }

  /** Number of the camera nearest to a point, at most `reach` away (unit plane); −1 when there is none. */
  nearest(x: number, y: number, reach: number): number {
    let best = this.#index.nearest(x, y, reach, (i) => !this.#loose.has(i))
    let least = best < 0 ? reach * reach : this.#distance(best, x, y)
    for (const i of this.#loose) {
      const distance = this.#distance(i, x, y)
      if (distance > least) continue
      best = i
      least = distance
    }
    return best
  }

  /** Where a camera looks: degrees and metres. */
  row(i: number): Pick<CameraRow, 'bearing' | 'fov' | 'range'> {
    return this.#rows[i] as CameraRow
  }

  #numberOf(id: string): number | undefined {
    this.#numbers ??= new Map(this.ids.map((one, i) => [one, i]))
    return this.#numbers.get(id)
  }

  #distance(i: number, x: number, y: number): number {
    return ((this.points[2 * i] as number) - x) ** 2 + ((this.points[2 * i + 1] as number) - y) ** 2
  }

  #remember(changes: Map<number, CameraChange>, at: number): void {
    if (!changes.has(at)) changes.set(at, { at, x: this.points[2 * at] as number, y: this.points[2 * at + 1] as number })
  }

  #put(i: number, row: CameraRow): void {
    const [x, y] = unit(row.position)
    if (x !== this.points[2 * i] || y !== this.points[2 * i + 1]) {
      this.points[2 * i] = x
      this.points[2 * i + 1] = y
      this.#loose.add(i)
      if (this.#loose.size > LOOSE) this.#reindex()
    }
    this.farthest = Math.max(this.farthest, row.range ?? 0)
    this.#rows[i] = row
  }

  #build(rows: ReadonlyMap<string, CameraRow>, states: ReadonlyMap<string, CameraStateRow>): 'all' {
    this.#rows = [...rows.values()]
    this.#states = states
    this.ids = [...rows.keys()]
    this.#numbers = undefined
    this.points = new Float64Array(2 * this.#rows.length)
    for (let i = 0; i < this.#rows.length; i++) {
      const at = unit((this.#rows[i] as CameraRow).position)
      this.points[2 * i] = at[0]
      this.points[2 * i + 1] = at[1]
    }
    this.farthest = this.#rows.reduce((most, row) => Math.max(most, row.range ?? 0), 0)
    this.looks = Uint8Array.from(this.ids, (id) => lookOf(states.get(id)?.state))
    this.#reindex()
    return 'all'
  }

  #reindex(): void {
    this.#loose.clear()
    this.#index = new BoxIndex(this.points, 2)
  }
}
