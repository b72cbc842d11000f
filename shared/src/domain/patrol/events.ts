/** The Orchid patrol log (兰花巡查走访日志): person visits, safety hazards, disputes. */
import type { JournalEvent } from '../../kernel/event.ts'
import type { LngLat } from '../../kernel/geo.ts'

export type PatrolKind = 'person' | 'hazard' | 'dispute'
/** Three colours of attention: red high, yellow middle, green low. */
export type Level = 'red' | 'yellow' | 'green'

export type PatrolRecorded = JournalEvent<
  'patrol.recorded',
  {
    readonly kind: PatrolKind
    /** 15-digit grid code. */
    readonly grid: string
    readonly title: string
    readonly level?: Level
    readonly category?: string
    /** WGS 84 degrees. */
    readonly position?: LngLat
    /** The sender's time is more than 5 minutes ahead of ours or 31 days behind: kept, but not trusted for order. */
    readonly timeSuspect?: true
    /** Private text or persons stand sealed beside the journal under this event's subject. */
    readonly sealed?: true
  }
>
