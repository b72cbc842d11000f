/** Tables `cameras` (the registry), `cameraCodes` (whose GB/T 28181 code is whose), `classifiedCameras` (which not everybody may find) and `cameraStates` (what is known of each). */
import type { Projection, Row } from '../../kernel/projection.ts'
import { demoMark } from '../areas/projections.ts'
import {
  type Camera,
  type CameraCameBack,
  type CameraEdited,
  type CameraRegistered,
  type CameraRetired,
  type CameraState,
  type CameraStateChanged,
  type CameraWentOffline,
  CLASSIFICATIONS,
  type Classification,
} from './events.ts'
import { recentOutages } from './flapping.ts'

export type CameraRow = Row & Camera & { readonly demo?: true }

type RegistryEvent = CameraRegistered | CameraEdited | CameraRetired

export const cameras: Projection<CameraRow> = {
  name: 'cameras',
  version: 2,
  scope: 'area',
  eventTypes: ['camera.registered', 'camera.edited', 'camera.retired'],
  keys: (event) => [(event as RegistryEvent).data.id],
  evolve(row, event) {
    switch ((event as RegistryEvent).type) {
      case 'camera.registered':
        return { ...(event as CameraRegistered).data, ...demoMark(event), updatedSeq: event.seq }
      case 'camera.edited': {
        if (!row) return null
        const after = Object.entries((event as CameraEdited).data.after)
        const kept = Object.entries(row).filter(([field]) => !after.some(([changed]) => changed === field))
        const known = after.filter(([, value]) => value !== null)
        return { ...Object.fromEntries([...kept, ...known]), updatedSeq: event.seq } as unknown as CameraRow
      }
      case 'camera.retired':
        return null
    }
  },
  area: (row) => row.grid,
}

export interface CameraCodeRow extends Row {
  readonly code: string
  /** Id of the camera that has it. */
  readonly id: string
  readonly grid: string
}

/** The code a camera had before the event, where it loses it, and the one it has now. */
function codes(event: RegistryEvent): { lost?: string | undefined; held?: string | undefined } {
  switch (event.type) {
    case 'camera.registered':
      return { held: event.data.gbCode }
    case 'camera.edited':
      return { lost: event.data.before.gbCode, held: event.data.gbCode }
    case 'camera.retired':
      return { lost: event.data.gbCode }
  }
}

/** By it a rule sees that a code is taken, without looking through all cameras. */
export const cameraCodes: Projection<CameraCodeRow> = {
  name: 'cameraCodes',
  version: 1,
  scope: 'area',
  // Only rules read it: a code tells of a camera that its reader may not find.
  right: 'rules',
  eventTypes: ['camera.registered', 'camera.edited', 'camera.retired'],
  keys: (event) => {
    const { lost, held } = codes(event as RegistryEvent)
    return [lost, held].filter((code) => code !== undefined)
  },
  evolve(row, event, code) {
    const { id, grid } = (event as RegistryEvent).data
    if (codes(event as RegistryEvent).held !== code) return row && row.id !== id ? row : null
    return row?.id === id && row.grid === grid ? row : { code, id, grid, updatedSeq: event.seq }
  },
  area: (row) => row.grid,
}

export interface ClassifiedCameraRow extends Row {
  readonly id: string
  readonly classification: Classification
}

export const classifiedKey = (classification: Classification, id: string): string => `${classification} ${id}`
const CLASSIFIED = CLASSIFICATIONS.filter((classification) => classification !== 'open')

/**
 * One row for each camera that is not open, its key with the classification, so that what was touched tells what it was before. A retired
 * camera keeps its row: the journal tells of it still. Only the server reads it.
 */
export const classifiedCameras: Projection<ClassifiedCameraRow> = {
  name: 'classifiedCameras',
  version: 1,
  scope: 'public',
  right: 'rules',
  eventTypes: ['camera.registered', 'camera.edited'],
  keys: (event) => {
    const { type, data } = event as CameraRegistered | CameraEdited
    if (type === 'camera.edited' && (data as CameraEdited['data']).after.classification === undefined) return []
    return CLASSIFIED.map((classification) => classifiedKey(classification, data.id))
  },
  evolve(row, event, key) {
    const { type, data } = event as CameraRegistered | CameraEdited
    const classification = type === 'camera.edited' ? (data as CameraEdited['data']).after.classification : (data as Camera).classification
    if (!classification || classifiedKey(classification, data.id) !== key) return null
    return row ?? { id: data.id, classification, updatedSeq: event.seq }
  },
  area: () => '',
}

export interface CameraStateRow extends Row {
  readonly id: string
  readonly grid: string
  readonly state: CameraState
  /** Epoch milliseconds since which it is in this state. */
  readonly since: number
  readonly lastFrameAt?: number
  readonly reason?: string
  /** Epoch milliseconds at which its outages of the last hour before `since` began; absent where there was none. */
  readonly outages?: readonly number[]
  /** It is gone, and that was told: so its return will be. */
  readonly told?: true
}

type StateEvent = CameraStateChanged | CameraWentOffline | CameraCameBack | CameraEdited | CameraRetired

/** Rows exist only for cameras somebody looked at: a camera without a row is unchecked. */
export const cameraStates: Projection<CameraStateRow> = {
  name: 'cameraStates',
  version: 3,
  scope: 'area',
  eventTypes: ['camera.state-changed', 'camera.went-offline', 'camera.came-back', 'camera.edited', 'camera.retired'],
  keys: (event) => [(event as StateEvent).data.id],
  evolve: (row, event) => {
    switch ((event as StateEvent).type) {
      case 'camera.state-changed': {
        const { id, grid, from, to, lastFrameAt, reason } = (event as CameraStateChanged).data
        const before = recentOutages(row?.outages, event.recordedAt)
        const outages = to === 'offline' && from !== 'unchecked' ? [...before, event.recordedAt] : before
        return {
          id,
          grid,
          state: to,
          since: event.recordedAt,
          ...(lastFrameAt !== undefined && { lastFrameAt }),
          ...(reason && { reason }),
          ...(outages.length > 0 && { outages }),
          ...(row?.told && { told: true as const }),
          updatedSeq: event.seq,
        }
      }
      case 'camera.went-offline':
        return row ? { ...row, told: true, updatedSeq: event.seq } : null
      case 'camera.came-back': {
        if (!row) return null
        const { told: _, ...rest } = row
        return { ...rest, updatedSeq: event.seq }
      }
      case 'camera.edited': {
        const { grid } = (event as CameraEdited).data
        // A move is none of its state's events: the version stays.
        return row ? (row.grid === grid ? row : { ...row, grid }) : null
      }
      case 'camera.retired':
        return null
    }
  },
  area: (row) => row.grid,
}
