/** Tables `cameras` (the registry) and `cameraStates` (what is known of each). */
import type { Projection, Row } from '../../kernel/projection.ts'
import { demoMark } from '../areas/projections.ts'
import type { CameraRegistered, CameraState, CameraStateChanged } from './events.ts'

export type CameraRow = Row & CameraRegistered['data'] & { readonly demo?: true }

export const cameras: Projection<CameraRow> = {
  name: 'cameras',
  version: 1,
  scope: 'area',
  eventTypes: ['camera.registered'],
  keys: (event) => [(event as CameraRegistered).data.id],
  evolve: (_row, event) => ({ ...(event as CameraRegistered).data, ...demoMark(event), updatedSeq: event.seq }),
  area: (row) => row.grid,
}

export interface CameraStateRow extends Row {
  readonly id: string
  readonly grid: string
  readonly state: CameraState
  /** Epoch milliseconds since which it is in this state. */
  readonly since: number
  readonly lastFrameAt?: number
  readonly reason?: string
}

/** Rows exist only for cameras somebody looked at: a camera without a row is unchecked. */
export const cameraStates: Projection<CameraStateRow> = {
  name: 'cameraStates',
  version: 1,
  scope: 'area',
  eventTypes: ['camera.state-changed'],
  keys: (event) => [(event as CameraStateChanged).data.id],
  evolve: (_row, event) => {
    const { id, grid, to, lastFrameAt, reason } = (event as CameraStateChanged).data
    return {
      id,
      grid,
      state: to,
      since: event.recordedAt,
      ...(lastFrameAt !== undefined && { lastFrameAt }),
      ...(reason && { reason }),
      updatedSeq: event.seq,
    }
  },
  area: (row) => row.grid,
}
