/** Patrols by hour: today against the mean of the days before. Pure. */
import type { PatrolHoursRow } from '@orchid/shared/domain/patrol/projections'

export interface HourFigures {
  /** First hour shown. */
  readonly from: number
  /** Entries of each hour from `from` to the present one; later hours are undefined: not yet, which is not zero. */
  readonly today: readonly (number | undefined)[]
  /** Mean of the days before for each hour shown; empty without days. */
  readonly mean: readonly number[]
  readonly days: number
}

/** The row of the widest area in scope. */
export function widestHours(rows: ReadonlyMap<string, PatrolHoursRow>): PatrolHoursRow | undefined {
  let widest: PatrolHoursRow | undefined
  for (const row of rows.values()) if (!widest || row.area.length < widest.area.length) widest = row
  return widest
}

/** `hour`: the present one, 0–23 in Shanghai. Hours before 5 and after 22 are left out unless something happened in them. */
export function hourFigures(row: PatrolHoursRow, hour: number): HourFigures {
  const days = row.before.length
  const meanOf = (h: number): number => row.before.reduce((sum, day) => sum + (day[h] ?? 0), 0) / Math.max(1, days)
  const busy = (h: number): boolean => (row.today[h] ?? 0) > 0 || meanOf(h) >= 0.5
  let from = 5
  let to = 22
  for (let h = 0; h < 24; h++) {
    if (!busy(h)) continue
    from = Math.min(from, h)
    to = Math.max(to, h)
  }
  const hours = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return { from, today: hours.map((h) => (h <= hour ? (row.today[h] ?? 0) : undefined)), mean: days ? hours.map(meanOf) : [], days }
}
