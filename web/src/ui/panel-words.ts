/** What a panel says of its own state beside its title: how old, since when, how often tried. Pure. */
import { age, clock, clockShort, type Lang } from './format.ts'
import type { PanelFacts } from './panel-facts.ts'

/** As in the table of states: what holds of the data of a panel, not of what they tell; `alarm`: they are current and tell of one. */
export type PanelState = 'normal' | 'stale' | 'alarm' | 'offline' | 'loading' | 'empty' | 'error'

type Say = (key: string, values?: Record<string, unknown>) => string

/** Empty where the panel itself says enough. */
export function panelWords(state: PanelState, { now, dataAt, since, failures }: PanelFacts, t: Say, lang: Lang): string {
  switch (state) {
    case 'stale':
      if (dataAt === undefined) return t('panel.staleUnknown')
      return now !== undefined && now - dataAt >= 60_000
        ? t('panel.stale', { at: age(dataAt, now, lang) })
        : t('panel.stale', { at: clock(dataAt) })
    case 'offline':
      return since === undefined && dataAt === undefined
        ? t('panel.offline')
        : t('panel.offlineSince', { at: clockShort(dataAt ?? since ?? 0) })
    case 'loading':
      return t('panel.loading')
    case 'error':
      return failures > 0 ? t('panel.failed', { n: failures }) : t('panel.failedOnce')
    default:
      return ''
  }
}

/** Data of a wall are counted by the minute: after five missed ones a number is no longer worth showing. */
export const OFFLINE_AFTER = 5 * 60_000

export interface LinkFacts {
  readonly state: 'connecting' | 'live' | 'late' | 'lost' | 'journal-away'
  /** Rows were held at some time. */
  readonly hasRows: boolean
  readonly now: number | undefined
  readonly dataAt: number | undefined
}

/** The state that the link alone puts all panels in. */
export function stateOfLink({ state, hasRows, now, dataAt }: LinkFacts): PanelState {
  if (!hasRows) return state === 'lost' ? 'error' : 'loading'
  if (state !== 'lost' && state !== 'journal-away') return 'normal'
  return now !== undefined && dataAt !== undefined && now - dataAt >= OFFLINE_AFTER ? 'offline' : 'stale'
}
