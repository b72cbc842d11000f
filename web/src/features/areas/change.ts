/**
 * How the score of a township has changed against yesterday, by one formula at one full hour. Pure.
 *
 * Coverage and closing add up over the day, so a half day held against a whole one would always look worse. Both sides are the figures
 * as they stood at the last full hour that has passed today: what came since then counts from the next full hour on.
 */
import { figuresAt, figuresOf, type TownshipHoursRow } from '@orchid/shared/domain/incidents/township-hours'
import { shanghaiDate, shanghaiDay, shanghaiHour } from '@orchid/shared/kernel/time'
import { scoreOf } from './score.ts'

export type ScoreChange =
  /** Points with one decimal at the full hour `at` (1–23); `by` is today's less yesterday's, as printed. */
  | { readonly at: number; readonly today: number; readonly yesterday: number; readonly by: number }
  /** Why there is nothing to compare: unknown is not 0. */
  | { readonly unknown: 'firstHour' | 'noToday' | 'noYesterday' | 'notThen' }

const tenths = (value: number): number => Math.round(value * 10)

/** `now`: epoch ms by the server's clock. A day on which nobody reported or closed anything is taken as not known: the system may have been off. */
export function scoreChange(row: TownshipHoursRow | undefined, now: number | undefined): ScoreChange {
  if (!row || now === undefined || row.day !== shanghaiDate(shanghaiDay(now))) return { unknown: 'noToday' }
  const last = row.yesterday?.at(-1)
  if (!row.yesterday || !last) return { unknown: 'noYesterday' }
  const whole = figuresOf(last)
  if (whole.visited === 0 && whole.closed === 0) return { unknown: 'noYesterday' }
  const at = shanghaiHour(now)
  if (at === 0) return { unknown: 'firstHour' }
  const [today, yesterday] = [row.today, row.yesterday].map((marks) => {
    const figures = figuresAt(marks, at)
    return figures && scoreOf(figures)?.value
  })
  if (yesterday === undefined) return { unknown: 'notThen' }
  if (today === undefined) return { unknown: 'noToday' }
  return { at, today: tenths(today) / 10, yesterday: tenths(yesterday) / 10, by: (tenths(today) - tenths(yesterday)) / 10 }
}
