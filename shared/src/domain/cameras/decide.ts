/** Rules of cameras: registering, editing and retiring one, and believing a change of its state. */
import type { Ask, Decision, Refusal } from '../../kernel/command.ts'
import { areaOfBoth, inRing, type LngLat, within } from '../../kernel/geo.ts'
import { type GridRow, isOutsideCity } from '../areas/projections.ts'
import type { EditCamera, RegisterCamera, ReportCameraState, ReportUnwatched, RetireCamera } from './commands.ts'
import type { Camera } from './events.ts'
import { recentOutages, UNSTEADY } from './flapping.ts'
import type { CameraCodeRow, CameraRow, CameraStateRow } from './projections.ts'

interface Place {
  readonly id: string
  readonly grid?: string
  readonly position?: LngLat
  readonly gbCode?: string | null
}

/** Why a camera may not stand there or bear this code; undefined when it may. What is left out is not judged. */
function misplaced({ id, grid, position, gbCode }: Place, ask: Ask): Refusal | undefined {
  if (grid !== undefined && !within(ask.scope, grid))
    return { refused: 'area-forbidden', because: 'area', path: '/data/grid', message: 'grid lies outside the area you may write' }
  const boundary = grid === undefined ? undefined : ask.row<GridRow>('grids', grid)?.boundary
  if (grid !== undefined && !boundary)
    return { refused: 'unknown-grid', because: 'meaning', path: '/data/grid', message: 'grid is not a known grid code' }
  if (grid !== undefined && boundary && position && !inRing(position, boundary) && isOutsideCity(position, grid, ask))
    return { refused: 'position-outside', because: 'meaning', path: '/data/position', message: 'position lies outside the city' }
  const holder = gbCode ? ask.row<CameraCodeRow>('cameraCodes', gbCode) : undefined
  if (holder && holder.id !== id)
    return { refused: 'code-taken', because: 'state', path: '/data/gbCode', message: 'gbCode belongs to another camera' }
  return undefined
}

/** A new camera. The address is sealed beside the event, never in it. */
export function decideRegister({ source: _sealed, ...camera }: RegisterCamera, ask: Ask): Decision {
  const refusal = misplaced({ id: camera.id, grid: camera.grid }, ask)
  if (refusal) return refusal
  const known = ask.row<CameraRow>('cameras', camera.id)
  if (known && !within(ask.scope, known.grid))
    return {
      refused: 'id-taken',
      because: 'state',
      path: '/data/id',
      message: 'this id belongs to a camera outside the area you may write',
    }
  if (known)
    return {
      refused: 'already-registered',
      because: 'state',
      path: '/data/id',
      message: 'this camera is registered: edit it, with a reason',
    }
  return (
    misplaced(camera, ask) ?? [{ type: 'camera.registered', area: camera.grid, subject: `camera:${camera.id}`, data: camera as Camera }]
  )
}

/** The camera's row. Outside the asker's area it is as unknown as one that never was. */
function registered(id: string, ask: Ask): CameraRow | Refusal {
  const row = ask.row<CameraRow>('cameras', id)
  return row && within(ask.scope, row.grid)
    ? row
    : { refused: 'unknown-camera', because: 'state', path: '/data/id', message: 'no such camera is registered' }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function decideEdit({ id, reason, source, ...fields }: EditCamera, ask: Ask): Decision {
  const row = registered(id, ask)
  if ('refused' in row) return row
  // A camera that moves is judged by the grid it stands in, given or not.
  const refusal = misplaced({ ...(fields.position && { grid: row.grid }), ...fields, id } as Place, ask)
  if (refusal) return refusal
  const now = row as unknown as Readonly<Record<string, unknown>>
  const changed = Object.entries(fields).filter(([field, value]) => !same(value ?? undefined, now[field]))
  if (changed.length === 0 && source === undefined)
    return { refused: 'unchanged', because: 'state', path: '/data', message: 'the camera is registered with these very values' }
  const grid = fields.grid ?? row.grid
  const gbCode = fields.gbCode === undefined ? row.gbCode : fields.gbCode
  return [
    {
      type: 'camera.edited',
      area: areaOfBoth(row.grid, grid),
      subject: `camera:${id}`,
      data: {
        id,
        grid,
        ...(gbCode && { gbCode }),
        before: Object.fromEntries(changed.flatMap(([field]) => (now[field] === undefined ? [] : [[field, now[field]]]))),
        after: Object.fromEntries(changed),
        ...(source !== undefined && { source: true }),
        reason,
      },
    },
  ]
}

export function decideRetire({ id, reason }: RetireCamera, ask: Ask): Decision {
  const row = registered(id, ask)
  if ('refused' in row) return row
  const { gbCode, name, grid } = row
  return [{ type: 'camera.retired', area: grid, subject: `camera:${id}`, data: { id, ...(gbCode && { gbCode }), name, grid, reason } }]
}

/** Believes a change of state. Going and coming back are told beside it, but not again and again of a camera that flaps. */
export function decideState({ id, state, lastFrameAt, reason }: ReportCameraState, ask: Ask): Decision {
  const camera = ask.row<CameraRow>('cameras', id)
  if (!camera) return { refused: 'unknown-camera', because: 'state', path: '/data/id', message: 'no such camera is registered' }
  const known = ask.row<CameraStateRow>('cameraStates', id)
  const from = known?.state ?? 'unchecked'
  if (from === state)
    return { refused: 'unchanged', because: 'state', path: '/data/state', message: 'the camera is already known to be in this state' }
  const { grid, name, department } = camera
  const facts = { ...(lastFrameAt !== undefined && { lastFrameAt }), ...(reason && { reason }) }
  const common = { area: grid, subject: `camera-state:${id}` }
  const about = { id, grid, name, ...(department && { department }) }
  const changed = { ...common, type: 'camera.state-changed', data: { id, grid, from, to: state, ...facts } }
  if (state === 'offline' && from !== 'unchecked') {
    const outages = recentOutages(known?.outages, ask.at).length + 1
    if (outages > UNSTEADY) return [changed]
    const data = { ...about, ...facts, outages, ...(outages === UNSTEADY && { unsteady: true }) }
    return [changed, { ...common, type: 'camera.went-offline', data }]
  }
  if (known?.state === 'offline' && known.told)
    return [changed, { ...common, type: 'camera.came-back', data: { ...about, state, since: known.since } }]
  return [changed]
}

export function decideUnwatched({ grid, ids, since }: ReportUnwatched): Decision {
  return [{ type: 'cameras.unwatched', area: grid, subject: `camera-watch:${grid}`, data: { grid, ids, since } }]
}
