/** Which page of the feed is shown: what nobody can have seen yet comes first, 特急 and 紧急 before the rest; else pages turn. Pure. */

export interface FeedItem {
  readonly id: string
  readonly priority: 1 | 2 | 3 | 4
}

export interface Pager {
  readonly page: number
  /** Monotonic ms at which this page came up. */
  readonly since: number
  /** Incidents whose page has been up for a whole turn. */
  readonly seen: ReadonlySet<string>
}

export const TURN = 10_000

/** Rows of a page that are left to the turning ones, however many 特急 there are. */
const TURNING = 2

/** 特急 stand on top of every page; the rest turns below them. `size` rows on a page; both keep the order of the feed. */
export function pinned<T extends FeedItem>(items: readonly T[], size: number): { top: T[]; rest: T[] } {
  const top = items.filter((item) => item.priority === 1).slice(0, Math.max(0, size - TURNING))
  const kept = new Set(top)
  return { top, rest: items.filter((item) => !kept.has(item)) }
}

/** At the start everything counts as seen: nothing is new on a wall that was just switched on. */
export const firstPage = (items: readonly FeedItem[], now: number): Pager => ({
  page: 0,
  since: now,
  seen: new Set(items.map((item) => item.id)),
})

/** `items` in the order of the feed, `size` rows on a page, `now` monotonic ms. Gives the same object when nothing changes. */
export function turn(pager: Pager, items: readonly FeedItem[], size: number, now: number): Pager {
  const pages = Math.max(1, Math.ceil(items.length / Math.max(1, size)))
  const page = Math.min(pager.page, pages - 1)
  const over = now - pager.since >= TURN
  let { seen } = pager
  const onPage = items.slice(page * size, (page + 1) * size)
  if (over && onPage.some((item) => !seen.has(item.id)))
    seen = new Set([...items.filter((item) => seen.has(item.id)), ...onPage].map((i) => i.id))

  const unseen = items.filter((item) => !seen.has(item.id))
  const urgent = unseen.filter((item) => item.priority <= 2)
  const due = urgent[0] ?? unseen.at(-1)
  const show = (to: number): Pager =>
    to === pager.page && !over ? (seen === pager.seen ? pager : { ...pager, seen }) : { page: to, since: now, seen }
  if (due) {
    const wanted = Math.floor(items.indexOf(due) / size)
    // A page with something unseen keeps its whole turn, unless something urgent waits elsewhere.
    const busy = !over && onPage.some((item) => !seen.has(item.id) && (item.priority <= 2 || urgent.length === 0))
    return show(busy ? page : wanted)
  }
  if (page !== pager.page) return { page, since: now, seen }
  return over ? { page: (page + 1) % pages, since: now, seen } : pager
}
