/** Table `walls`: the scene each wall was last told to show. A wall that was never told has no row. */
import type { Projection, Row } from '../../kernel/projection.ts'
import { type SceneName, type WallSceneSet, wallKey } from './events.ts'

export interface WallRow extends Row {
  readonly wall: string
  readonly area: string
  readonly scene: SceneName
  /** Epoch milliseconds at which the journal took it. */
  readonly setAt: number
  readonly by: string
}

export const walls: Projection<WallRow> = {
  name: 'walls',
  version: 1,
  scope: 'area',
  eventTypes: ['wall.scene-set'],
  keys: (event) => {
    const { area, wall } = (event as WallSceneSet).data
    return [wallKey(area, wall)]
  },
  evolve: (_row, event) => ({ ...(event as WallSceneSet).data, setAt: event.recordedAt, updatedSeq: event.seq }),
  area: (row) => row.area,
}
