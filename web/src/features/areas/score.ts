/**
 * 镇街运行分（本市试算）: how a township runs today, 0 to 100, from four open parts. It is ours, a trial, and never called 平安指数. Pure.
 *
 * | part | points | is |
 * |---|---|---|
 * | coverage 巡查覆盖 | 40 | grids with an entry today / grids; it rises with the day |
 * | inTime 未超时 | 30 | 1 − open incidents past their deadline / open incidents; full when none is open |
 * | red 红色 | 20 | 1 − open red / 4, not below 0 |
 * | closing 按时结案 | 10 | of those closed today, closed within the level's time / closed; left out when none was closed |
 *
 * A part that is left out gives its points to the others: the sum is divided by the points that took part. Without a single grid there is no score.
 */
import { DEADLINES } from '@orchid/shared/domain/incidents/deadlines'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { ScoreFigures } from '@orchid/shared/domain/incidents/township-hours'

export const POINTS = { coverage: 40, inTime: 30, red: 20, closing: 10 } as const
/** Open red at which the part is used up. */
export const RED_LIMIT = 4
export type Part = keyof typeof POINTS

export interface Score {
  readonly value: number
  /** Points of each part; undefined where it is left out. */
  readonly parts: Readonly<Record<Part, number | undefined>>
}

/** Undefined when there is no grid: unknown is not zero. */
export function scoreOf({ grids, visited, open, overdue, red, closed, closedInTime }: ScoreFigures): Score | undefined {
  if (grids === 0) return undefined
  const shares: Record<Part, number | undefined> = {
    coverage: visited / grids,
    inTime: open ? 1 - overdue / open : 1,
    red: Math.max(0, 1 - red / RED_LIMIT),
    closing: closed ? closedInTime / closed : undefined,
  }
  let sum = 0
  let points = 0
  for (const part of Object.keys(POINTS) as Part[]) {
    const share = shares[part]
    if (share === undefined) continue
    sum += share * POINTS[part]
    points += POINTS[part]
  }
  const of = (part: Part): number | undefined => {
    const share = shares[part]
    return share === undefined ? undefined : share * POINTS[part]
  }
  return {
    value: (sum / points) * 100,
    parts: { coverage: of('coverage'), inTime: of('inTime'), red: of('red'), closing: of('closing') },
  }
}

/** What incidents give to the score, by township (9 digits). */
export type CaseInputs = Pick<ScoreFigures, 'open' | 'overdue' | 'closed' | 'closedInTime'>
export const NO_CASES: CaseInputs = { open: 0, overdue: 0, closed: 0, closedInTime: 0 }

export function casesByTownship(rows: Iterable<IncidentRow>): Map<string, CaseInputs> {
  const sums = new Map<string, { -readonly [K in keyof CaseInputs]: number }>()
  for (const row of rows) {
    const code = row.grid.slice(0, 9)
    const sum = sums.get(code) ?? { ...NO_CASES }
    sums.set(code, sum)
    if (row.closedAt === undefined) {
      sum.open++
      if (row.overdue) sum.overdue++
    } else {
      sum.closed++
      if (row.closedAt <= row.openedAt + DEADLINES[row.level].resolve) sum.closedInTime++
    }
  }
  return sums
}
