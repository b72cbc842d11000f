/** How many cameras there are, of how many something is known, and what: unknown is no state and never 0. */
import type { CameraState } from './events.ts'
import type { CameraStateRow } from './projections.ts'

export interface CameraCount {
  readonly all: number
  /** Of these somebody knows something; the others are 未巡检. A figure over cameras says both: "of `checked`, of `all`". */
  readonly checked: number
  /** Only states that occur. */
  readonly states: { readonly [S in Exclude<CameraState, 'unchecked'>]?: number }
}

/** Counts the rows of `cameras` by those of `cameraStates`; states of cameras that are not among them do not count. */
export function countCameras(cameras: Iterable<string>, stateOf: (id: string) => Pick<CameraStateRow, 'state'> | undefined): CameraCount {
  const states: { [S in Exclude<CameraState, 'unchecked'>]?: number } = {}
  let all = 0
  let checked = 0
  for (const id of cameras) {
    all++
    const state = stateOf(id)?.state ?? 'unchecked'
    if (state === 'unchecked') continue
    checked++
    states[state] = (states[state] ?? 0) + 1
  }
  return { all, checked, states }
}
