/** Finding cameras on the wall: by words and by a spot, onto a tile, into sets, tours that skip the dead, sets bound to a scene and to an incident. */
import { expect, type Page } from '@playwright/test'
import { type City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page
const finder = () => page.getByTestId('camera-finder')
const tiles = () => page.getByTestId('camera-tile')
const cameras = (): Promise<string[]> => tiles().evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.camera as string))
const found = () => finder().getByTestId('found-camera')
const save = (data: object) => city.call('/api/commands/camera-set.save', 'simulator', { id: city.id(), data })

test.beforeAll(async ({ browser, city: shared }) => {
  city = shared
  page = await browser.newPage()
  // A duty officer, who may save; a paired wall only looks.
  await page.goto(`${city.base}/sign-in`)
  const officer = city.access.accounts.find(({ role }) => role === 'duty-officer') as { account: string; password: string }
  await page.locator('input').first().fill(officer.account)
  await page.locator('input[type="password"]').fill(officer.password)
  await page.keyboard.press('Enter')
  await expect(tiles()).toHaveCount(4)
})
test.afterAll(() => page?.close())

test('letters that are typed into the finder are no commands of the wall: what P blanks stays as it is', async () => {
  await page.keyboard.press('/')
  await finder().getByRole('searchbox').pressSequentially('pq')
  await expect(finder().getByRole('searchbox')).toHaveValue('pq')
  expect(await page.evaluate(() => location.search)).not.toContain('shield')
  await expect(page.locator('[data-testid="camera-tile"][data-state="masked"]')).toHaveCount(0)
})

test('a camera is found by first letters and put onto the wall, where it stays', async () => {
  await page.keyboard.press('/')
  await finder().getByRole('searchbox').fill('mjz qt')
  await expect(finder().getByTestId('found-total')).toHaveText(/共 \d+ 路/)
  await expect(found().first()).toBeVisible()
  const id = (await found().first().getAttribute('data-camera')) as string
  await found().first().getByRole('button', { name: '上屏' }).click()
  await expect.poll(cameras).toContain(id)
  await expect(page.locator(`[data-camera="${id}"][data-testid="camera-tile"]`)).toHaveAttribute('data-held', 'true')
  await finder().getByRole('searchbox').fill('没有这个地方')
  await expect(finder()).toContainText('没有找到')
})

test('a camera that the pointer or the keyboard rests on is open before the click, which begins no second source', async () => {
  const figures = async (): Promise<{ open: number; ahead: number }> => {
    const text = await (await fetch(`${city.base}/metrics`)).text()
    const of = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
    return { open: of('orchid_open_streams'), ahead: of('orchid_streams_ahead') }
  }
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/ahead')) asked.push(request.url().split('/').at(-2) as string)
  })
  // Whatever was open ahead before has closed by then.
  await expect.poll(async () => (await figures()).ahead, { timeout: 30_000 }).toBe(0)
  await finder().getByRole('searchbox').fill('江河')
  const idOf = async (n: number) => (await found().nth(n).getAttribute('data-camera')) as string
  await expect(found().nth(3)).toBeVisible()
  const shown = await cameras()
  const [first, second] = [await idOf(2), await idOf(3)] as const
  expect(shown).not.toContain(first)
  expect(shown).not.toContain(second)
  expect((await figures()).ahead).toBe(0)
  // The list came to lie under a pointer that stands still, which points at nothing.
  expect(asked).toEqual([])
  await found().nth(2).hover()
  await expect.poll(async () => (await figures()).ahead).toBe(1)
  const pointed = await figures()
  await found().nth(2).getByRole('button', { name: '上屏' }).click()
  await expect(page.locator(`[data-testid="camera-tile"][data-camera="${first}"]`)).toHaveAttribute('data-state', 'live')
  const shownNow = await figures()
  expect(shownNow.ahead).toBe(0)
  // Tiles that were shown before may close meanwhile.
  expect(shownNow.open).toBeLessThanOrEqual(pointed.open)
  // By keyboard from the line that was left to the next one.
  await page.mouse.move(2, 2)
  await found().nth(2).getByRole('checkbox').focus()
  await page.keyboard.press('Tab')
  await expect(found().nth(3).getByRole('checkbox')).toBeFocused()
  await expect.poll(async () => (await figures()).ahead).toBe(1)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.locator(`[data-testid="camera-tile"][data-camera="${second}"]`)).toHaveAttribute('data-state', 'live')
  expect((await figures()).ahead).toBe(0)
  expect(asked).toEqual([first, second])
  for (const id of [first, second]) {
    const tile = page.locator(`[data-testid="camera-tile"][data-camera="${id}"]`)
    await tile.press('l')
    await expect(tile).not.toHaveAttribute('data-held', 'true')
  }
})

test('a spot on the map lists the cameras that see it, or says that none does', async () => {
  await finder().getByRole('button', { name: '看得到的' }).click()
  await expect(finder()).toContainText('在地图上点一下')
  const map = (await page.getByTestId('map').boundingBox()) as { x: number; y: number; width: number; height: number }
  // One that the pointer rests on is opened ahead: a click would list it.
  const at = { x: map.x + 0.5 * map.width, y: map.y + 0.5 * map.height }
  const opened = page.waitForResponse((response) => response.url().endsWith('/ahead'))
  const rest = setInterval(() => {
    at.x += 6
    void page.mouse.move(at.x, at.y)
  }, 400)
  expect((await (await opened).json()).open).toBe(true)
  clearInterval(rest)
  await page.mouse.click(map.x + 0.75 * map.width, map.y + 0.45 * map.height)
  await expect(finder()).toContainText(/共 \d+ 路|都看不到这里/)
})

test('chosen cameras are saved as a tour by whoever is signed in, and it starts and stops', async () => {
  await finder().getByRole('button', { name: '查找' }).first().click()
  await finder().getByRole('searchbox').fill('江河')
  await expect(found().first()).toBeVisible()
  for (let i = 0; i < 6; i++) await found().nth(i).getByRole('checkbox').check()
  await expect(finder()).toContainText('已选 6 路')
  await finder().getByLabel('组名').fill('江河巡查')
  await finder().getByLabel('类别').selectOption('tour')
  await finder().getByLabel('每轮秒数').fill('15')
  await keepPicture(page, 'camera-finding/finder.png')
  await finder().getByRole('button', { name: '保存' }).click()
  const saved = finder().getByTestId('camera-set').filter({ hasText: '江河巡查' })
  await expect(saved).toContainText('6 路 · 每轮 15 秒 · duty-officer 保存')
  await saved.getByRole('button', { name: '开始轮巡' }).click()
  await expect(page.locator('.cameras .subtitle')).toContainText('轮巡 江河巡查')
  await saved.getByRole('button', { name: '停止' }).click()
  await page.keyboard.press('Escape')
  await expect(finder()).toHaveCount(0)
})

test('a set of the flood scene fills its tiles; the set of an incident comes before what the map would offer, and ends with it', async () => {
  const all: [string, { position: [number, number]; grid: string }][] = (await city.call('/api/tables/cameras?all=1', 'viewer')).json.rows
  const ids = all.slice(100, 106).map(([id]) => id)
  expect((await save({ id: 'levees', name: '堤防', cameras: ids.slice(0, 3), scene: 'flood' })).status).toBe(201)
  await page.goto(`${city.base}/wall?scene=flood`)
  await expect.poll(async () => (await cameras()).filter((id) => ids.includes(id)).length, { timeout: 40_000 }).toBeGreaterThanOrEqual(2)
  await expect(page.locator('.cameras .subtitle')).toHaveText('堤防')
  await page.goto(`${city.base}/wall?scene=daily`)
  const grid = (all[3000] as (typeof all)[number])[1].grid
  const report = { id: city.id(), kind: 'hazard', level: 'red', grid, occurredAt: new Date().toISOString(), title: '堤脚渗水' }
  await city.call('/api/patrol/events', 'intake', report)
  const row = page.getByTestId('incident-row').filter({ hasText: '堤脚渗水' })
  const incident = (await row.getAttribute('data-incident')) as string
  const bound = ids[5] as string
  expect((await save({ id: `incident-${incident}`, name: '渗水点', cameras: [bound], incident })).status).toBe(201)
  await expect(page.locator(`[data-testid="camera-tile"][data-camera="${bound}"]`)).toHaveAttribute('data-incident', incident)
  for (const command of ['accept', 'close'])
    await city.call(`/api/commands/incident.${command}`, 'simulator', { id: city.id(), data: { incident, opinion: '已处置完毕' } })
  await expect
    .poll(async () => (await city.call('/api/tables/cameraSets', 'viewer')).json.rows.map(([id]: [string]) => id))
    .not.toContain(`incident-${incident}`)
})

test('a paired wall finds and shows, and is not offered to save', async ({ browser }) => {
  const wall = await (await browser.newContext()).newPage()
  await city.openWall(wall)
  await expect(wall.getByTestId('camera-tile').first()).toBeVisible()
  await wall.keyboard.press('/')
  await expect(wall.getByTestId('camera-finder').getByRole('searchbox')).toBeVisible()
  await expect(wall.getByTestId('camera-finder').getByRole('button', { name: '保存' })).toHaveCount(0)
  await wall.context().close()
})
