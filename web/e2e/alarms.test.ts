/** A flood of alarms: few lines, nothing lost, every 特急 named, three symbols blinking together. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

const CAUSES = ['加油站泄漏', '楼道起火', '电瓶车进楼', '堤岸渗漏', '占用消防通道']
let city: City
let page: Page

test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await browser.newPage()
  await city.openWall(page, '?shield=1')
})
test.afterAll(async () => {
  await page?.close()
  await city?.stop()
})

const feed = () => page.getByTestId('incident-feed')
const lines = async (): Promise<number> => Number(await feed().getAttribute('data-lines'))
const open = async (): Promise<number> =>
  Number(((await feed().textContent()) ?? '').match(/未办结\s*(\d[\d\u2009]*)/)?.[1]?.replaceAll(/\D/g, ''))
const SHAPE = '.symbol path'
const NUMBER = '.symbol text, .no'
/** When the blinking of each shape, or of the number on it, began. */
const blinking = (part: string) =>
  page.evaluate(
    (part) =>
      document
        .getAnimations()
        .filter((one) => one.playState === 'running' && (one as CSSAnimation).animationName?.startsWith('blink'))
        .filter(({ effect }) => (effect as KeyframeEffect).target?.matches(part))
        .map((one) => one.startTime),
    part,
  )

test('a hundred incidents within a minute are at most ten new lines; all are counted, each 特急 is named by its number', async () => {
  await expect.poll(open).toBeGreaterThan(0)
  const [linesBefore, openBefore] = [await lines(), await open()]
  const grids = await city.grids()
  const urgent: string[] = []
  for (let batch = 0; batch < 10; batch++) {
    const entries = Array.from({ length: 10 }, (_, i) => {
      const n = batch * 10 + i
      const id = city.id()
      if (n % 9 === 4) urgent.push(id)
      return {
        id,
        kind: n % 7 === 6 ? 'dispute' : 'hazard',
        level: n % 9 === 4 ? 'red' : 'yellow',
        grid: grids[(n * 131) % grids.length],
        occurredAt: new Date().toISOString(),
        title: CAUSES[n % CAUSES.length],
      }
    })
    expect((await city.call('/api/patrol/events', 'intake', entries)).status).toBe(201)
    await page.waitForTimeout(400)
    expect(await lines()).toBeLessThanOrEqual(linesBefore + 10)
  }
  await expect.poll(open).toBe(openBefore + 100)
  await expect(feed()).toHaveAttribute('data-flood', 'true')
  expect(await lines()).toBeLessThanOrEqual(linesBefore + 10)
  const rows: [string, { no: number; source: { id: string } }][] = (await city.call('/api/tables/incidents?all=1', 'viewer')).json.rows
  const wanted = rows.filter(([, row]) => urgent.includes(row.source.id)).map(([, row]) => row.no)
  expect(wanted).toHaveLength(urgent.length)
  const told = async (): Promise<number[]> => {
    const groups = await feed()
      .getByTestId('incident-group')
      .evaluateAll((all) => all.map((one) => (one as HTMLElement).textContent ?? ''))
    const singles = await feed()
      .getByTestId('incident-row')
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset.no)))
    const named = groups.flatMap((text) => {
      const list = /特急\s*\d+：([\d– ]+)/.exec(text)?.[1] ?? ''
      return list.split(' ').flatMap((part) => {
        const [from, to = from] = part.split('–').map(Number)
        return from ? Array.from({ length: (to as number) - from + 1 }, (_, i) => from + i) : []
      })
    })
    return [...singles, ...named]
  }
  await expect
    .poll(async () => (await told()).filter((no) => wanted.includes(no)).sort((a, b) => a - b))
    .toEqual(wanted.sort((a, b) => a - b))
  await keepPicture(page, 'alarm-flood.png')
})

test('three symbols blink on the whole wall, once a second, together', async () => {
  await expect.poll(() => blinking(SHAPE)).toEqual([0, 0, 0])
  const numbers = await blinking(NUMBER)
  expect(numbers.length).toBeGreaterThan(0)
  expect(new Set(numbers)).toEqual(new Set([0]))
  const rate = await page
    .locator('.symbol.blinking path')
    .first()
    .evaluate((one) => getComputedStyle(one).animationDuration)
  expect(rate).toBe('1s')
})

test('who wants less motion gets a steady white outline', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await expect.poll(() => blinking(SHAPE)).toEqual([])
  expect(await blinking(NUMBER)).toEqual([])
  // White by day, and as much dimmer at night as the texts are.
  const [stroke, focus] = await page
    .locator('.symbol.blinking path')
    .first()
    .evaluate((one) => {
      const probe = document.body.appendChild(document.createElement('i'))
      probe.style.color = 'var(--focus)'
      const seen = [getComputedStyle(one).stroke, getComputedStyle(probe).color]
      probe.remove()
      return seen
    })
  expect(stroke).toBe(focus)
  expect(stroke).toMatch(/^rgb\((2\d\d), \1, \1\)$/)
})
