/** Camera sets: named lists of cameras for a scene, an incident or a tour (轮巡), for everybody in their area. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { SceneName } from '../walls/events.ts'

export interface CameraSet {
  readonly id: string
  readonly name: string
  /** Ids in the order they are shown. */
  readonly cameras: readonly string[]
  /** Makes it a tour: seconds for which each tileful is shown. */
  readonly dwell?: number
  /** Fills the tiles of this scene. */
  readonly scene?: SceneName
  /** Id of the incident whose tiles it fills first; the set ends with the incident. */
  readonly incident?: string
}

export type CameraSetSaved = JournalEvent<
  'camera-set.saved',
  CameraSet & {
    /** Code of the area whose people see it. */
    readonly area: string
    readonly by: string
    /** Who put each camera into the set of an incident: whoever saves it anew binds only what was not in it. */
    readonly binders?: Readonly<Record<string, string>>
  }
>
export type CameraSetRemoved = JournalEvent<
  'camera-set.removed',
  Pick<CameraSet, 'id' | 'name'> & {
    readonly by: string
    /** What it held: who may find none of them is not told of it. Absent in entries of former versions. */
    readonly cameras?: readonly string[]
  }
>

/** The set of an incident has a name that follows from it: one set an incident, found by its events. */
export const setOfIncident = (incident: string): string => `incident-${incident}`
