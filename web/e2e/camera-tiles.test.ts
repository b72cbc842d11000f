/** The tiles of the wall: layouts, what is held, enlarged and exchanged, the four cameras a new red incident is offered, and players in the background. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page
const tiles = () => page.getByTestId('camera-tile')
const cameras = (): Promise<string[]> => tiles().evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.camera as string))
const tileOf = (camera: string) => page.locator(`[data-testid="camera-tile"][data-camera="${camera}"]`)

test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await browser.newPage()
  await city.openWall(page, '?recycle=0.05')
})
test.afterAll(async () => {
  await page?.close()
  await city?.stop()
})

test('keys and buttons choose one, four, six or nine tiles; 0 gives back what the wall has room for, a reload shows the same', async () => {
  await expect(tiles()).toHaveCount(4)
  for (const n of [1, 6, 9]) {
    await page.keyboard.press(String(n))
    await expect(tiles()).toHaveCount(n)
  }
  await page.reload()
  await expect(tiles()).toHaveCount(9)
  // Six decode at most; the others are still pictures that say so.
  await expect(page.locator('[data-testid="camera-tile"][data-state="snapshot"]')).toHaveCount(3)
  await expect(page.locator('[data-testid="camera-tile"][data-state="snapshot"]').first()).toContainText(/静图/)
  await page.keyboard.press('0')
  await expect(tiles()).toHaveCount(4)
  const layouts = page.getByTestId('tile-layouts')
  await layouts.getByRole('button', { name: '1', exact: true }).click()
  await expect(tiles()).toHaveCount(1)
  await layouts.getByRole('button', { name: '4', exact: true }).click()
  await expect(tiles()).toHaveCount(4)
  await page.keyboard.press('0')
})

test('two tiles change places, and no picture stops for it', async () => {
  const before = await cameras()
  const [a, , c] = before as [string, string, string]
  await expect(tileOf(a)).toHaveAttribute('data-state', 'live', { timeout: 40_000 })
  await tileOf(a).focus()
  await page.keyboard.press('s')
  await tileOf(c).focus()
  await page.keyboard.press('s')
  await expect.poll(cameras).toEqual([c, before[1], a, before[3]])
  await expect(tileOf(a)).toHaveAttribute('data-state', 'live')
})

test('an enlarged picture lies over the map and shows the time of its frame; Escape puts it back', async () => {
  const [first] = (await cameras()) as [string]
  await tileOf(first).focus()
  await page.keyboard.press('x')
  const map = (await page.getByTestId('map').boundingBox()) as { x: number; y: number; width: number; height: number }
  await expect.poll(async () => (await tileOf(first).boundingBox())?.width ?? 0).toBeGreaterThan(0.6 * map.width)
  const box = (await tileOf(first).boundingBox()) as typeof map
  expect(box.x).toBeGreaterThanOrEqual(map.x - 1)
  expect(box.x + box.width).toBeLessThanOrEqual(map.x + map.width + 1)
  expect(box.y + box.height).toBeLessThanOrEqual(map.y + map.height + 1)
  await expect(tileOf(first).locator('.words')).toHaveText(/\d\d:\d\d:\d\d/, { timeout: 40_000 })
  await keepPicture(page, 'camera-tiles/enlarged.png')
  await page.keyboard.press('Escape')
  await expect.poll(async () => (await tileOf(first).boundingBox())?.width ?? 0).toBeLessThan(0.4 * map.width)
})

test('a new red incident is offered the four cameras that see it best within a second, and a held tile stays', async () => {
  const held = (await cameras())[1] as string
  await tileOf(held).hover()
  await tileOf(held).getByRole('button', { name: '锁定' }).click()
  await expect(tileOf(held)).toHaveAttribute('data-held', 'true')
  // Where cameras are known to look: beside one of the road, in its direction.
  const all: [string, { position: [number, number]; bearing: number; grid: string; siteKind: string }][] = (
    await city.call('/api/tables/cameras?all=1', 'viewer')
  ).json.rows
  const [id, target] = all.findLast(([, row]) => row.siteKind === 'road') as (typeof all)[number]
  const turn = (target.bearing * Math.PI) / 180
  const [lng, lat] = [target.position[0] + (50 * Math.sin(turn)) / 97_000, target.position[1] + (50 * Math.cos(turn)) / 111_195]
  await page.evaluate(() => {
    const seen = window as unknown as { offered?: { incident: string; at: number }[] }
    seen.offered = []
    new MutationObserver(() => {
      for (const tile of document.querySelectorAll<HTMLElement>('[data-testid="camera-tile"][data-incident]')) {
        const incident = tile.dataset.incident as string
        if (!seen.offered?.some((one) => one.incident === incident)) seen.offered?.push({ incident, at: Date.now() })
      }
    }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-incident'] })
  })
  const answer = await city.call('/api/patrol/events', 'intake', {
    id: city.id(),
    kind: 'hazard',
    level: 'red',
    grid: target.grid,
    occurredAt: new Date().toISOString(),
    title: '仓库起火',
    position: { lng, lat, crs: 'WGS84' },
  })
  const stored = Date.now()
  expect(answer.status).toBe(201)
  const row = page.getByTestId('incident-row').filter({ hasText: '仓库起火' })
  const incident = (await row.getAttribute('data-incident')) as string
  const offered = page.locator(`[data-testid="camera-tile"][data-incident="${incident}"]`)
  await expect(offered).toHaveCount(3)
  const near = (await city.call(`/api/cameras/near?lng=${lng}&lat=${lat}&crs=WGS84&n=1`, 'viewer')).json.cameras
  expect(await cameras()).toContain(near[0].id)
  expect(await cameras()).toContain(id)
  expect((await cameras())[1]).toBe(held)
  const at = await page.evaluate(
    (wanted) => (window as unknown as { offered: { incident: string; at: number }[] }).offered.find((one) => one.incident === wanted)?.at,
    incident,
  )
  // Both are of this machine's clock. What was measured stands in docs; here it must be far below what nobody would wait for.
  expect((at ?? Number.POSITIVE_INFINITY) - stored).toBeLessThan(5_000)
  console.log(`offered ${(at as number) - stored} ms after the answer`)
  await tileOf(held).hover()
  await tileOf(held).getByRole('button', { name: '解锁' }).click()
})

test('a player is exchanged for a new one behind the picture: the tile never stops being live', async () => {
  // A new one that shows nothing within 8 s is given up, and tried again a minute later.
  test.setTimeout(150_000)
  const live = page.locator('[data-testid="camera-tile"][data-state="live"]').first()
  await expect(live).toBeVisible({ timeout: 40_000 })
  const camera = (await live.getAttribute('data-camera')) as string
  await tileOf(camera).hover()
  await tileOf(camera).getByRole('button', { name: '锁定' }).click()
  const seen = await page.evaluate(
    (id) =>
      new Promise<{ states: string[]; exchanged: boolean }>((resolve) => {
        const tile = document.querySelector<HTMLElement>(`[data-testid="camera-tile"][data-camera="${id}"]`) as HTMLElement
        const first = tile.querySelector('video')
        const states = new Set<string>()
        const until = performance.now() + 100_000
        const look = (): void => {
          states.add(tile.dataset.state as string)
          const all = tile.querySelectorAll('video')
          const exchanged = all.length === 1 && all[0] !== first
          if (exchanged || performance.now() > until) resolve({ states: [...states], exchanged })
          else setTimeout(look, 50)
        }
        look()
      }),
    camera,
  )
  expect(seen).toEqual({ states: ['live'], exchanged: true })
})

test('pictures bear who looks and when', async () => {
  const picture = page.locator('[data-testid="camera-tile"][data-state="live"] .picture').first()
  expect(await picture.getAttribute('data-mark')).toMatch(/^wall-demo\n\d\d:\d\d:\d\d$/)
})
