/** "30 seconds ago" on a tile: steps back and forward in what is kept of its camera, and back to live. */
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import { onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import type { Why } from './player.ts'
import { createReview, type Review, type ReviewView } from './review.ts'
import { stepTo } from './review-step.ts'

/** Milliseconds a sentence stands. */
const SAID_FOR = 6_000

interface Options {
  camera(): Pick<CameraRow, 'id'> & Partial<Pick<CameraRow, 'dvrMinutes'>>
  /** Whether pictures may be shown here now. */
  may(): boolean
  /** Epoch milliseconds by the server's clock. */
  now(): number | undefined
  why(): Why | undefined
  label(): string
  readonly host: Readonly<Ref<HTMLElement | null>>
}

/** Why nothing, or not what was asked for, is shown: a key of the messages, with its time. */
export interface ReviewNote {
  readonly is: string
  /** Epoch milliseconds. */
  readonly at?: number
}

export interface TileReview {
  /** What plays; undefined: the tile is live. */
  readonly playing: Readonly<Ref<(ReviewView & { readonly is: 'playing' }) | undefined>>
  readonly note: Readonly<Ref<ReviewNote | undefined>>
  /** So many milliseconds further back than what is shown or was last asked for; negative: forward, and live where nothing is kept yet. */
  back(ms: number): void
  live(): void
}

export function useReview({ camera, may, now, why, label, host }: Options): TileReview {
  const playing: TileReview['playing'] & Ref = shallowRef()
  const note = shallowRef<ReviewNote>()
  let review: Review | undefined
  /** Asked for and not shown yet. */
  let wanted: number | undefined
  let forget: ReturnType<typeof setTimeout> | undefined

  function say(next: ReviewNote | undefined, stays = false): void {
    clearTimeout(forget)
    note.value = next
    if (next && !stays)
      forget = setTimeout(() => {
        note.value = undefined
      }, SAID_FOR)
  }
  function live(): void {
    review?.destroy()
    review = wanted = undefined
    playing.value = undefined
    say(undefined)
  }
  function onView(view: ReviewView): void {
    if (view.is === 'opening') say({ is: 'opening', at: view.at }, true)
    else if (view.is === 'none') {
      live()
      say({ is: view.reason })
    } else {
      if (note.value?.is === 'opening') say(view.earliest === undefined ? undefined : { is: 'earliest', at: view.earliest })
      wanted = undefined
      playing.value = view
    }
  }
  function back(ms: number): void {
    const at = now()
    if (!may() || at === undefined || !host.value) return
    const { id, dvrMinutes } = camera()
    if (dvrMinutes === undefined) {
      say({ is: 'not-kept' })
      return
    }
    const to = stepTo(wanted ?? playing.value?.frameAt ?? at, ms, at, dvrMinutes * 60_000)
    if (to === 'live') {
      live()
      return
    }
    review ??= createReview({ camera: id, host: host.value, label: label(), why: why() }, onView)
    wanted = to
    review.to(to)
  }
  watch([() => camera().id, may], live)
  onScopeDispose(live)
  return { playing, note, back, live }
}
