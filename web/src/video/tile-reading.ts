/** What a tile says of itself: its state, the time of the picture on the screen, and the words for both. Pure. */
import { clock } from '../ui/format.ts'
import type { TileState } from './picture-watch.ts'
import type { PlayerView } from './player.ts'
import type { ReviewView } from './review.ts'
import type { StillView } from './still.ts'

/** What a player tells, and what a tile knows besides: it shows stills for want of a player, or what was kept. */
export type Shown = TileState | 'snapshot' | 'recorded'

export interface TileFacts {
  readonly shielded: boolean
  readonly canPlay: boolean
  readonly view: PlayerView
  /** It may not play. */
  readonly isStill: boolean
  readonly still: StillView | undefined
  readonly review: (ReviewView & { readonly is: 'playing' }) | undefined
  /** Epoch milliseconds by the server's clock. */
  readonly now: number | undefined
}

export interface Reading {
  readonly state: Shown
  /** Epoch milliseconds at which the picture on the screen, or the last one, was made. */
  readonly shownAt: number | undefined
  /** What the state means here and now; stands where there is no picture, or on the bar below one that is not live. */
  readonly meaning: string
  readonly onBar: boolean
  /** Beside the name. */
  readonly words: string
  readonly hasPicture: boolean
  /** A still picture of a minute ago is not how it looks there. */
  readonly isOldStill: boolean
}

type Words = (key: string, named?: Record<string, unknown>) => string

const OLD_STILL = 60_000
const NO_PICTURE: ReadonlySet<Shown> = new Set(['offline', 'codec', 'denied', 'masked', 'snapshot'])
/** Whether the player's picture stands in the tile, live or not. */
export const showsPlayer = (state: Shown): boolean => !NO_PICTURE.has(state) && state !== 'recorded'

function stateOf({ shielded, canPlay, view, isStill, review }: TileFacts): Shown {
  if (shielded) return 'masked'
  if (!canPlay) return 'denied'
  if (review) return 'recorded'
  return isStill ? 'snapshot' : view.state
}

export function readTile(t: Words, facts: TileFacts): Reading {
  const { view, still, review, now } = facts
  const state = stateOf(facts)
  const showsStill = state === 'snapshot' || state === 'codec'
  const stillAt = showsStill && still?.is === 'still' ? still.at : undefined
  const shownAt = state === 'recorded' ? review?.frameAt : showsStill ? stillAt : view.frameAt
  const frame = shownAt === undefined ? t('noTime') : clock(shownAt)
  const said = (seconds: number): string => (seconds < 120 ? t('seconds', { n: seconds }) : t('minutes', { n: Math.floor(seconds / 60) }))
  const since = (at: number): number => Math.max(0, Math.round(((now ?? at) - at) / 1000))
  const reason = t(`reason.${view.reason ?? 'unknown'}`)
  const ofStill = (at: number): string => (now === undefined ? frame : t('still.age', { age: said(since(at)) }))

  function meaning(): string {
    switch (state) {
      case 'connecting':
        return t('connecting', { step: t(`step.${view.step ?? 'queue'}`), seconds: view.seconds })
      case 'stalled':
        // From the frame that is shown, not from when it was noticed that no other came.
        return t('stalled', {
          time: frame,
          duration: said(view.frameAt === undefined || now === undefined ? view.seconds : since(view.frameAt)),
        })
      case 'offline':
        return view.frameAt === undefined ? reason : t('sinceBecause', { time: frame, reason })
      case 'frozen':
      case 'black':
        return t('since', { time: view.suspectSince === undefined ? frame : clock(view.suspectSince) })
      case 'codec':
        return stillAt !== undefined ? ofStill(stillAt) : view.reason === 'slots-taken' ? reason : ''
      case 'denied':
        return view.reason === undefined ? '' : reason
      case 'snapshot':
        if (stillAt !== undefined) return ofStill(stillAt)
        if (still?.is !== 'none') return t('still.waiting')
        return t(still.reason === 'clearance-too-low' ? 'reason.clearance-too-low' : 'still.none')
      case 'recorded':
        return shownAt === undefined || now === undefined ? frame : t('review.bar', { time: frame, n: since(shownAt) })
      default:
        return ''
    }
  }
  return {
    state,
    shownAt,
    meaning: meaning(),
    onBar: state === 'stalled' || state === 'frozen' || state === 'recorded' || stillAt !== undefined,
    words: state === 'live' || state === 'recorded' || (state === 'snapshot' && stillAt !== undefined) ? frame : t(`state.${state}`),
    hasPicture:
      ['live', 'stalled', 'frozen', 'recorded'].includes(state) ||
      // The last frame still shows through while it connects anew.
      (state === 'connecting' && shownAt !== undefined) ||
      stillAt !== undefined,
    isOldStill: stillAt !== undefined && now !== undefined && now - stillAt > OLD_STILL,
  }
}
