/** The figures of the wall are those of the tables: each is computed once more here, from what the API gives, and compared. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'

test.describe.configure({ mode: 'serial' })

interface Incident {
  kind: 'hazard' | 'dispute'
  level: 'red' | 'yellow' | 'green'
  state: string
  phase: 'monitoring' | 'warning' | 'handling' | 'feedback'
  grid: string
  openedAt: number
  acceptedAt?: number
  closedAt?: number
  overdue?: true
}
interface Tally {
  patrolsToday: number
  openRed: number
  township: string
  grid: string
}

let city: City
let page: Page
test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await browser.newPage()
  await city.openWall(page, '?shield=1')
  // Deadlines of the history may fall due in the first seconds.
  await page.waitForTimeout(4_000)
})
test.afterAll(async () => {
  await page?.close()
  await city?.stop()
})

const rows = async <R>(table: string): Promise<R[]> =>
  ((await city.call(`/api/tables/${table}?all=1`, 'viewer')).json.rows as [string, R][]).map(([, row]) => row)
const text = async (selector: string): Promise<string[]> =>
  (await page.locator(selector).allTextContents()).map((one) => one.replaceAll('\u2009', ' ').trim())
const figures = async (selector: string): Promise<number[]> => (await text(selector)).map((one) => Number(one.replaceAll(/\D/g, '')))
const median = (values: number[]): number => {
  const sorted = values.sort((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}
const DAY = 86_400_000
const dayStart = (): number => Math.floor((Date.now() + DAY / 3) / DAY) * DAY - DAY / 3
const unit = (ms: number): string =>
  ms < 3_600_000 ? `${Math.floor(ms / 60_000)} 分` : ms < DAY ? `${Math.floor(ms / 3_600_000)} 时` : `${Math.floor(ms / DAY)} 天`

test('open hazards by colour, against yesterday, fourteen days, and the oldest', async () => {
  const open = (await rows<Incident>('incidents')).filter((row) => row.kind === 'hazard' && row.state !== 'closed')
  const days = (await rows<{ area: string; before: Record<string, number>[] }>('hazardDays')).find((row) => row.area.length === 6)
  const levels = ['red', 'yellow', 'green'] as const
  const counts = levels.map((level) => open.filter((row) => row.level === level).length)
  expect(await figures('.hazards .open')).toEqual(counts)
  const notes = await text('.hazards .note')
  for (const [i, level] of levels.entries()) {
    const change = (counts[i] as number) - (days?.before[0]?.[level] ?? 0)
    expect(notes[2 * i]).toBe(`${change > 0 ? '+' : ''}${change < 0 ? '−' : ''}${Math.abs(change)} 较昨日`)
    const since = Math.min(...open.filter((row) => row.level === level).map((row) => row.openedAt))
    const now = Date.now()
    // The page was read a moment ago: either side of a full minute or hour will do.
    if (counts[i]) expect([now, now - 60_000].map((at) => `最长 ${unit(at - since)}`)).toContain(notes[2 * i + 1])
  }
  const bars = page.locator('.hazards .days').first().locator('i')
  await expect(bars).toHaveCount(Math.min(13, days?.before.length ?? 0) + 1)
})

test('the four phases sum to what is open; medians are those of today', async () => {
  const all = await rows<Incident>('incidents')
  const open = all.filter((row) => row.state !== 'closed')
  const now = await figures('.loop .now')
  expect(now).toEqual(['monitoring', 'warning', 'handling', 'feedback'].map((phase) => open.filter((row) => row.phase === phase).length))
  expect(now.reduce((a, b) => a + b)).toBe(open.length)
  const start = dayStart()
  const accepts = all.filter((row) => (row.acceptedAt ?? 0) >= start).map((row) => (row.acceptedAt as number) - row.openedAt)
  const closes = all.filter((row) => (row.closedAt ?? 0) >= start).map((row) => (row.closedAt as number) - row.openedAt)
  const [monitoring, warning] = await text('.loop .note')
  if (accepts.length) expect(monitoring).toContain(`受理中位 ${unit(median(accepts))}`)
  if (closes.length) expect(warning).toContain(`结案中位 ${unit(median(closes))}`)
})

test('the score of each township is the written formula over the tables', async () => {
  const [incidents, grids, townships] = [
    await rows<Incident>('incidents'),
    await rows<Tally>('gridTallies'),
    await rows<Tally>('townshipTallies'),
  ]
  const resolve = { red: DAY, yellow: 3 * DAY, green: 7 * DAY }
  const areas = await rows<{ code: string; name: string }>('areas')
  const wanted = townships.map(({ township, openRed }) => {
    const own = grids.filter((row) => row.grid.startsWith(township))
    const cases = incidents.filter((row) => row.grid.startsWith(township))
    const open = cases.filter((row) => row.closedAt === undefined)
    const closed = cases.filter((row) => row.closedAt !== undefined)
    const coverage = own.filter((row) => row.patrolsToday > 0).length / own.length
    const inTime = open.length ? 1 - open.filter((row) => row.overdue).length / open.length : 1
    const first = 40 * coverage + 30 * inTime + 20 * Math.max(0, 1 - openRed / 4)
    const kept = closed.filter((row) => (row.closedAt as number) <= row.openedAt + resolve[row.level]).length
    const score = closed.length ? first + (10 * kept) / closed.length : (first / 90) * 100
    return [areas.find((area) => area.code === township)?.name, score.toFixed(1)]
  })
  const shown = await page
    .getByTestId('township')
    .evaluateAll((all) => all.map((one) => [one.querySelector('.name')?.textContent?.trim(), (one as HTMLElement).dataset.score]))
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted))
  expect(shown).toHaveLength(16)
})

test('the change of each score is the formula at the last full hour, today less yesterday', async () => {
  type Mark = [hour: number, grids: number, visited: number, open: number, overdue: number, red: number, closed: number, inTime: number]
  const hour = new Date(Date.now() + DAY / 3).getUTCHours()
  const all = await rows<{ township: string; today: Mark[]; yesterday?: Mark[] }>('townshipHours')
  const scoreAt = (marks: Mark[]): number => {
    const [, grids, visited, open, overdue, red, closed, inTime] = marks.findLast(([of]) => of < hour) as Mark
    const first = 40 * (visited / grids) + 30 * (open ? 1 - overdue / open : 1) + 20 * Math.max(0, 1 - red / 4)
    return Math.round(10 * (closed ? first + (10 * inTime) / closed : (first / 90) * 100)) / 10
  }
  const areas = await rows<{ code: string; name: string }>('areas')
  const wanted = all.map(({ township, today, yesterday = [] }) => {
    const by = scoreAt(today) - scoreAt(yesterday)
    const shown = `${by > 0.05 ? '▲ ' : by < -0.05 ? '▼ ' : ''}${Math.abs(by).toFixed(1)}`
    return [areas.find((area) => area.code === township)?.name, hour === 0 ? '—' : shown]
  })
  const lines = page.getByTestId('township')
  const [names, changes] = [await lines.locator('.name').allTextContents(), await lines.locator('.change .held').allTextContents()]
  expect(Object.fromEntries(names.map((name, i) => [name.trim(), changes[i]?.replaceAll('\u2009', ' ')]))).toEqual(
    Object.fromEntries(wanted),
  )
  expect(wanted).toHaveLength(16)
  // Fourteen days of history: yesterday is known.
  if (hour > 9) expect(new Set(changes).size).toBeGreaterThan(5)
})

test('coverage is grids with an entry today over all grids', async () => {
  const grids = await rows<Tally>('gridTallies')
  const visited = grids.filter((row) => row.patrolsToday > 0).length
  expect((await text('.patrol .share'))[0]).toBe(`${((visited / grids.length) * 100).toFixed(1)}%`)
})
