/** Which part of each grid some online camera can see now: made from three tables, at most once in ten seconds, without holding up the others. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import { type Coverage, coverageOf } from '@orchid/shared/domain/cameras/coverage'
import { type Classification, reaches } from '@orchid/shared/domain/cameras/events'
import { PERHAPS } from '@orchid/shared/domain/cameras/near'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import type { Tables } from '@orchid/shared/kernel/projection'
import { camerasByCell, cellsOf } from './camera-cells.ts'

/** Milliseconds for which a made table is good enough, though a camera changed meanwhile. */
const FRESH = 10_000
/** Grids between two turns of the event loop. */
const STRIDE = 5
export interface GridCoverage extends Coverage {
  readonly grid: string
}

interface Made {
  readonly at: number
  readonly seqs: string
  /** Which cameras were classified how: what was made before that changed is good for nobody. */
  readonly veiledAt: number
  readonly rows: readonly GridCoverage[]
}

export class CameraCoverage {
  readonly #tables: () => Tables
  /** By how far the reader reaches. */
  readonly #made = new Map<Classification, Made>()
  readonly #making = new Map<Classification, Promise<Made>>()

  constructor(tables: () => Tables) {
    this.#tables = tables
  }

  /**
   * Rows of the grids inside `area` by the cameras up to `reach`, and the epoch milliseconds as of which they are. Grids without a boundary are
   * left out.
   */
  async of(area: string, reach: Classification): Promise<{ at: number; rows: GridCoverage[] }> {
    const tables = this.#tables()
    // Where no camera is classified all share one table.
    const view = tables.size('classifiedCameras') > 0 ? reach : 'restricted'
    const seqs = ['grids', 'cameras', 'cameraStates'].map((name) => tables.touchedSeq(name)).join()
    const veiledAt = tables.touchedSeq('classifiedCameras')
    let made = this.#made.get(view)
    while (!made || made.veiledAt < veiledAt || (made.seqs !== seqs && Date.now() - made.at > FRESH)) {
      const making = this.#making.get(view) ?? this.#make(view, { seqs, veiledAt }).finally(() => this.#making.delete(view))
      this.#making.set(view, making)
      made = await making
      this.#made.set(view, made)
    }
    const { at, rows } = made
    return { at, rows: rows.filter(({ grid }) => grid.startsWith(area)) }
  }

  async #make(reach: Classification, known: Pick<Made, 'seqs' | 'veiledAt'>): Promise<Made> {
    const at = Date.now()
    const tables = this.#tables()
    const eyes = tables.entries('cameras', '').flatMap(([id, row]) => {
      const camera = row as CameraRow
      if (!reaches(reach, camera.classification)) return []
      const state = tables.get<CameraStateRow>('cameraStates', id)?.state
      // A drawn camera always plays.
      return camera.backend === 'demo' || state === 'live' || state === 'answering' ? [camera] : []
    })
    const cells = camerasByCell(eyes, ({ range = PERHAPS }) => range)
    const rows: GridCoverage[] = []
    for (const [i, [grid, row]] of tables.entries('grids', '').entries()) {
      if (i % STRIDE === STRIDE - 1) await nextTurn()
      const { boundary } = row as GridRow
      const near = new Set<CameraRow>()
      const [lngs, lats] = [boundary.map(([lng]) => lng), boundary.map(([, lat]) => lat)]
      if (boundary.length < 4) continue
      for (const cell of cellsOf(Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)))
        for (const eye of cells.get(cell) ?? []) near.add(eye)
      const coverage = coverageOf(boundary, near)
      if (coverage) rows.push({ grid, ...coverage })
    }
    return { at, ...known, rows }
  }
}
