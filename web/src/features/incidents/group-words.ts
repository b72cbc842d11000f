/** What a line of several incidents says: how many, what they share, every 特急 by number, and how many of each urgency. Pure. */
import { townshipOf } from '@orchid/shared/kernel/geo'
import { type Lang, THIN } from '../../ui/format.ts'
import { isUnaccepted } from './deadline.ts'
import { causeOf, type FeedEntry, ranges, urgentNumbers } from './grouping.ts'

export interface GroupWords {
  readonly title: string
  /** The numbers of the 特急 in it; empty without any. */
  readonly urgent: string
  /** Further words, none to be broken. */
  readonly rest: readonly string[]
}

export interface Naming {
  township(code: string): string
  /** Village and grid of a grid code. */
  grid(code: string): string
  priority(priority: 1 | 2 | 3 | 4): string
}

export function groupWords(entry: FeedEntry, naming: Naming, lang: Lang): GroupWords {
  const { rows, alike } = entry
  const [first] = rows
  const en = lang === 'en'
  const township = naming.township(first.grid)
  const townships = new Set(rows.map((row) => townshipOf(row.grid))).size
  const grids = new Set(rows.map((row) => row.grid)).size
  const cause = causeOf(first)
  const about = {
    grid: [township, cause.startsWith(township) ? cause.slice(township.length).trim() : cause],
    township: [township, cause],
    cause: [cause],
    nothing: [],
  }[alike ?? 'nothing'].join(' ')
  const where =
    alike === 'grid'
      ? naming.grid(first.grid)
      : alike === 'township'
        ? en
          ? `${grids} grids`
          : `${grids}${THIN}个网格`
        : en
          ? `${townships} townships`
          : `${townships}${THIN}个乡镇街道`
  const numbers = urgentNumbers(entry)
  const counts = ([2, 3, 4] as const).flatMap((priority) => {
    const n = rows.filter((row) => row.priority === priority).length
    return n ? [`${naming.priority(priority)}${THIN}${n}`] : []
  })
  const open = rows.filter(isUnaccepted).length
  const title = alike === 'nothing' ? (en ? `${rows.length} others` : `其余${THIN}${rows.length}${THIN}起`) : undefined
  return {
    title: title ?? (en ? `${rows.length} alike ${about}` : `${rows.length}${THIN}起同类 ${about}`),
    urgent: numbers.length
      ? en
        ? `${naming.priority(1)} ${numbers.length}: no. ${ranges(numbers, ' ')}`
        : `${naming.priority(1)}${THIN}${numbers.length}：${ranges(numbers, ' ')}${THIN}号`
      : '',
    rest: [...counts, ...(open ? [en ? `${open} not accepted` : `待受理${THIN}${open}`] : []), where].filter(Boolean),
  }
}
