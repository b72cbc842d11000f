/** Rules of cameras: registering one, and believing a change of its state. */
import type { Ask, Decision } from '../../kernel/command.ts'
import { within } from '../../kernel/geo.ts'
import type { GridRow } from '../areas/projections.ts'
import type { RegisterCamera, ReportCameraState } from './commands.ts'
import type { CameraRow, CameraStateRow } from './projections.ts'

export function decideRegister({ source: _sealed, ...camera }: RegisterCamera, ask: Ask): Decision {
  if (!within(ask.scope, camera.grid))
    return { refused: 'area-forbidden', because: 'area', path: '/data/grid', message: 'grid lies outside the area you may write' }
  const known = ask.row<CameraRow>('cameras', camera.id)
  if (known && !within(ask.scope, known.grid))
    return {
      refused: 'id-taken',
      because: 'state',
      path: '/data/id',
      message: 'this id belongs to a camera outside the area you may write',
    }
  if (!ask.row<GridRow>('grids', camera.grid))
    return { refused: 'unknown-grid', because: 'meaning', path: '/data/grid', message: 'grid is not a known grid code' }
  return [{ type: 'camera.registered', area: camera.grid, subject: `camera:${camera.id}`, data: camera }]
}

export function decideState({ id, state, lastFrameAt, reason }: ReportCameraState, ask: Ask): Decision {
  const camera = ask.row<CameraRow>('cameras', id)
  if (!camera) return { refused: 'unknown-camera', because: 'state', path: '/data/id', message: 'no such camera is registered' }
  const from = ask.row<CameraStateRow>('cameraStates', id)?.state ?? 'unchecked'
  if (from === state)
    return { refused: 'unchanged', because: 'state', path: '/data/state', message: 'the camera is already known to be in this state' }
  return [
    {
      type: 'camera.state-changed',
      area: camera.grid,
      subject: `camera-state:${id}`,
      data: { id, grid: camera.grid, from, to: state, ...(lastFrameAt !== undefined && { lastFrameAt }), ...(reason && { reason }) },
    },
  ]
}
