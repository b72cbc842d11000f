/** Who looked at which camera, from when until when; and cameras seen beyond the own clearance, which are looked through afterwards. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { Role } from '../access/roles.ts'

/** Written before the address of the picture is given out. */
export type CameraViewBegan = JournalEvent<
  'camera.view-began',
  {
    /** Name of this view; its end has the same. */
    readonly view: string
    readonly camera: string
    readonly name: string
    readonly grid: string
    readonly by: string
    readonly role: Role
    /** `still`: single pictures. `recorded`: what the media server or we ourselves kept. */
    readonly kind: 'live' | 'still' | 'recorded'
    /** Why, in the words of who looks. */
    readonly purpose?: string
    readonly incident?: string
    /** Beyond the own clearance, at a 特急: with a purpose and an incident always. */
    readonly breakGlass?: true
    /** Whoever looks has reported the incident themselves, and nobody else had accepted it yet. Only beside `breakGlass`. */
    readonly selfRaised?: true
  }
>
export type CameraViewed = JournalEvent<
  'camera.viewed',
  {
    readonly view: string
    readonly camera: string
    readonly grid: string
    readonly by: string
    /** Epoch milliseconds of the first and the last byte asked for. */
    readonly from: number
    readonly until: number
    readonly breakGlass?: true
  }
>
export type CameraViewReviewed = JournalEvent<
  'camera.view-reviewed',
  { readonly view: string; readonly grid: string; readonly by: string; readonly opinion: string }
>
