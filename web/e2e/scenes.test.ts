/** The scenes of a wall: by address, by key and by command; what each must and must not show. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page

test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await browser.newPage()
})
test.afterAll(async () => {
  await page?.close()
  await city?.stop()
})

const scene = () => page.getByTestId('scene')
const entry = async (over: object): Promise<void> => {
  const grid = (await city.grids())[0]
  const { status } = await city.call('/api/patrol/events', 'intake', {
    id: city.id(),
    kind: 'hazard',
    level: 'red',
    grid,
    occurredAt: new Date().toISOString(),
    title: '楼道起火',
    ...over,
  })
  expect(status).toBe(201)
}
const say = (name: string, more: object = {}): Promise<{ status: number }> =>
  // The simulator's token is that of a duty officer.
  city.call('/api/commands/wall.set-scene', 'simulator', { id: city.id(), data: { wall: 'wall-demo', scene: name, ...more } })

test('without a word it is the daily scene; the address may name another', async () => {
  await city.openWall(page, '?shield=1')
  await expect(scene()).toHaveAttribute('data-scene', 'daily')
  await city.openWall(page, '?scene=flood&shield=1')
  await expect(scene()).toHaveAttribute('data-scene', 'flood')
  await city.openWall(page, '?scene=nonsense&shield=1')
  await expect(scene()).toHaveAttribute('data-scene', 'daily')
})

test('flood with nothing connected says so, invents no figure, and still tells of a 特急', async () => {
  await city.openWall(page, '?scene=flood&shield=1')
  await expect(page.getByTestId('response-banner')).toContainText('防汛应急响应未启动')
  await expect(page.getByTestId('response-banner')).toContainText('未接入水位站')
  for (const panel of ['gauges', 'rain', 'rollcall', 'shelters', 'evacuation']) {
    const text = (await page.getByTestId(`flood-${panel}`).textContent()) ?? ''
    expect(text).toMatch(/未接入|未启动|尚无/)
    expect(text).not.toMatch(/\d/)
  }
  await entry({ title: '液化气站泄漏' })
  await expect(page.getByTestId('urgent-cell')).toContainText('液化气站泄漏')
  await expect(page.getByTestId('lede')).toContainText('特急')
})

test('a command of the duty officer moves the wall, and back; one for another wall does not, and a viewer may not', async () => {
  await city.openWall(page, '?shield=1')
  for (const name of ['flood', 'visit', 'daily']) {
    await say(name)
    await expect(scene()).toHaveAttribute('data-scene', name)
  }
  await say('flood', { wall: 'another-wall' })
  await page.waitForTimeout(500)
  await expect(scene()).toHaveAttribute('data-scene', 'daily')
  const told = await city.call('/api/commands/wall.set-scene', 'viewer', { id: city.id(), data: { wall: 'wall-demo', scene: 'flood' } })
  expect(told.status).toBe(403)
})

test('keys: F2 flood, F1 daily, F3 in and out; a reload keeps what a key chose, a later command wins', async () => {
  await page.keyboard.press('F2')
  await expect(scene()).toHaveAttribute('data-scene', 'flood')
  await page.keyboard.press('F3')
  await expect(scene()).toHaveAttribute('data-scene', 'visit')
  await page.reload()
  await expect(scene()).toHaveAttribute('data-scene', 'visit')
  await page.keyboard.press('F3')
  await page.keyboard.press('F1')
  await expect(scene()).toHaveAttribute('data-scene', 'daily')
  await say('visit')
  await expect(scene()).toHaveAttribute('data-scene', 'visit')
  await say('daily')
})

test('visit: counts of a stated time, no dispute and no case, no private place live; a new 特急 is a neutral mark alone', async () => {
  await city.openWall(page)
  await entry({ kind: 'dispute', level: 'red', title: '张三李四排水纠纷' })
  await expect(page.getByTestId('incident-row').filter({ hasText: '排水纠纷' })).toHaveCount(1)
  await page.keyboard.press('F3')
  const strip = page.getByTestId('visit-strip')
  await expect(strip).toContainText(/数字截至 \d\d:\d\d/)
  const shown = async (): Promise<string> => ((await page.getByText(/^安全隐患/).textContent()) ?? '').trim()
  const [before, marked] = [await shown(), Number(await page.getByTestId('visit-mark').getAttribute('data-count'))]
  await entry({ title: '加油站起火' })
  await expect(page.getByTestId('visit-mark')).toHaveAttribute('data-count', String(marked + 1))
  expect(await shown()).toBe(before)
  const text = (await page.locator('body').textContent()) ?? ''
  for (const word of ['排水纠纷', '加油站起火', '楼道起火', '液化气站']) expect(text).not.toContain(word)
  await expect(page.getByTestId('incident-row')).toHaveCount(0)
  await expect(page.locator('[data-testid="map"] [data-no]')).toHaveCount(0)
  const cameras: [string, { siteKind: string }][] = (await city.call('/api/tables/cameras?all=1', 'viewer')).json.rows
  const kinds = new Map(cameras.map(([id, row]) => [id, row.siteKind]))
  const tiles = page.getByTestId('camera-tile')
  await expect.poll(() => tiles.count()).toBeGreaterThan(0)
  for (const tile of await tiles.all()) expect(['road', 'river']).toContain(kinds.get((await tile.getAttribute('data-camera')) ?? ''))
  await page.waitForTimeout(1_000)
  await keepPicture(page, 'scene-visit.png')
  await page.keyboard.press('F3')
  await expect(page.getByTestId('lede')).toContainText('特急')
  await expect.poll(shown).not.toBe(before)
})

test('P takes the words of parties and all pictures off the wall, over a reload too, and gives them back', async () => {
  await expect(page.getByTestId('incident-row').filter({ hasText: '张三' })).toHaveCount(1)
  const asked = () => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.search)))
  const before = await asked()
  await page.keyboard.press('p')
  await expect(page.locator('body')).not.toContainText('张三')
  expect(await asked()).toEqual({ ...before, shield: '1' })
  const uncovered = page.locator('[data-testid="camera-tile"]:not([data-state="masked"])')
  await expect(uncovered).toHaveCount(0)
  // A wall that loads itself anew while guests stand before it uncovers nothing.
  await page.reload()
  await expect(page.getByTestId('incident-row').first()).toBeVisible()
  await expect(page.getByTestId('camera-tile').first()).toBeVisible()
  await expect(page.locator('body')).not.toContainText('张三')
  await expect(uncovered).toHaveCount(0)
  await page.keyboard.press('p')
  await expect(page.getByTestId('incident-row').filter({ hasText: '张三' })).toHaveCount(1)
  expect(await asked()).toEqual(before)
})
