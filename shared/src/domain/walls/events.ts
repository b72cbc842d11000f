/** Walls: which scene a wall was told to show. */
import type { JournalEvent } from '../../kernel/event.ts'

/** daily 日常, flood 防汛, visit 参观汇报. What each holds is data of the pages. */
export const SCENES = ['daily', 'flood', 'visit'] as const
export type SceneName = (typeof SCENES)[number]

export type WallSceneSet = JournalEvent<
  'wall.scene-set',
  {
    /** Name under which the wall was paired. */
    readonly wall: string
    /** Code of the area the wall is bound to. */
    readonly area: string
    readonly scene: SceneName
    readonly by: string
  }
>

/** Key of a wall's row: walls of two areas may bear one name and are two walls. */
export const wallKey = (area: string, wall: string): string => `${area}/${wall}`
