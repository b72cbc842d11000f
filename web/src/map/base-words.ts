/** What the legend says about the base map: which it is, in which system, and whose. */
import type { BaseMap } from '@orchid/shared/protocol/api'
import type { messages } from './messages.ts'

const SYSTEMS: Readonly<Record<BaseMap['crs'], string>> = {
  WGS84: 'WGS 84',
  CGCS2000: 'CGCS2000',
  GCJ02: 'GCJ-02',
  BD09: 'BD-09',
  BD09MC: 'BD-09',
}

/** One line each. Tianditu must show its review number; without one the legend says that it is missing. */
export function baseWords({ kind, crs, attribution }: BaseMap, words: (typeof messages)[keyof typeof messages]): string[] {
  const shifted = crs === 'WGS84' || crs === 'CGCS2000' ? '' : ` ${words.shifted}`
  const source = attribution ?? (kind === 'tianditu' ? words.noReview : undefined)
  return [words.base.replace('{what}', words[kind]), `${SYSTEMS[crs]}${shifted}`, ...(source ? [source] : [])]
}
