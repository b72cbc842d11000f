/** Who looked at which camera, from when until when; and cameras seen beyond the own clearance, which are looked through afterwards. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { Role } from '../access/roles.ts'

/** Why somebody looks, and by which right. */
export interface ViewReason {
  /** In the words of who looks. */
  readonly purpose?: string
  readonly incident?: string
  /** Beyond the own clearance, at a 特急: with a purpose and an incident always. */
  readonly breakGlass?: true
  /** Whoever looks has reported the incident themselves, and nobody else had accepted it yet. Only beside `breakGlass`. */
  readonly selfRaised?: true
}

/** `still`: single pictures. `recorded`: what the media server or we ourselves kept. */
export type ViewKind = 'live' | 'still' | 'recorded'

/** What is known of a view from its beginning. */
export interface CameraView extends ViewReason {
  /** Name of this view; its end has the same. */
  readonly view: string
  readonly camera: string
  readonly name: string
  readonly grid: string
  readonly by: string
  readonly role: Role
  readonly kind: ViewKind
}

/** Written before the address of the picture is given out. */
export type CameraViewBegan = JournalEvent<'camera.view-began', CameraView>
export type CameraViewed = JournalEvent<
  'camera.viewed',
  Pick<CameraView, 'view' | 'camera' | 'grid' | 'by' | 'breakGlass'> & {
    /** Epoch milliseconds of the first and the last byte asked for. */
    readonly from: number
    readonly until: number
  }
>
export type CameraViewReviewed = JournalEvent<
  'camera.view-reviewed',
  { readonly view: string; readonly grid: string; readonly by: string; readonly opinion: string }
>
