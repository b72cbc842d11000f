/** The same updates for both sides: ten ticks a second, each with five grids that look otherwise and two cameras that stand elsewhere. */
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import type { GridTallyRow } from '@orchid/shared/domain/patrol/tallies'
import { checksum } from '../../src/map/checksum.ts'
import { fillOf } from '../../src/map/grid-fills.ts'
import { unit } from '../../src/map/mercator.ts'
import type { City, Side, Tables } from './side.ts'

const TICK = 100
const RESTYLES = 5
const MOVES = 2
/** Degrees a moved camera moves at most. */
const STEP = 0.01

/** Park and Miller's generator: 0…1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 0x7fff_ffff
    return state / 0x7fff_ffff
  }
}

export class Updates {
  readonly #tallies: GridTallyRow[]
  readonly #cameras: CameraRow[]
  readonly #random = seeded(776)
  readonly #tables: Tables
  readonly #side: Side
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(city: City, tables: Tables, side: Side) {
    this.#tallies = city.tallies
    this.#cameras = city.cameras
    this.#tables = tables
    this.#side = side
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** What must be shown once everything sent has been drawn. */
  sent(): number {
    return checksum(Uint8Array.from(this.#tallies, fillOf), Float64Array.from(this.#cameras.flatMap(({ position }) => unit(position))))
  }

  #tick(): void {
    const tallies: [number, GridTallyRow][] = []
    const cameras: [number, CameraRow][] = []
    for (let k = 0; k < RESTYLES; k++) {
      const i = this.#pick(this.#tallies.length)
      const row = restyled(this.#tallies[i] as GridTallyRow, this.#random())
      this.#tallies[i] = row
      this.#tables.tallies.set(row.grid, row)
      tallies.push([i, row])
    }
    for (let k = 0; k < MOVES; k++) {
      const i = this.#pick(this.#cameras.length)
      const row = this.#cameras[i] as CameraRow
      const [lng, lat] = row.position
      const moved = { ...row, position: [lng + STEP * (this.#random() - 0.5), lat + STEP * (this.#random() - 0.5)] as const }
      this.#cameras[i] = moved
      this.#tables.cameras.set(moved.id, moved)
      cameras.push([i, moved])
    }
    this.#side.update(tallies, cameras)
  }

  #pick(count: number): number {
    return Math.floor(this.#random() * count)
  }
}

/** A tally whose grid certainly looks otherwise. */
function restyled(row: GridTallyRow, chance: number): GridTallyRow {
  const blank = { ...row, patrolsToday: 0, openRed: 0, openYellow: 0 }
  const looks = [blank, { ...blank, patrolsToday: 1 }, { ...blank, openYellow: 1 }, { ...blank, openRed: 1 }]
  const others = looks.filter((look) => fillOf(look) !== fillOf(row))
  return others[Math.floor(chance * others.length)] as GridTallyRow
}
