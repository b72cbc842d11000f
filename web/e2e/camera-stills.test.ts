/** At a 特急 a camera beyond the duty officer's clearance that sends what the browser cannot play: its tile shows stills with their age, renewed. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

const built = (name: string): string => new URL(`../../server/dist/adapters/video/testing/${name}.js`, import.meta.url).href

let city: City
let source: { address(name: string): string; kill(): Promise<void> }
const ID = 'vault-h265'

async function signIn(page: Page, role: string): Promise<void> {
  const { account, password } = city.access.accounts.find((one) => one.role === role) as { account: string; password: string }
  await page.request.post(`${city.base}/api/session`, { data: { account, password }, headers: { origin: city.base } })
}

test.beforeAll(async () => {
  const { makeClip } = await import(built('clip'))
  const { startClipCamera } = await import(built('clip-camera'))
  source = await startClipCamera(await makeClip('moving', { codec: 'h265', fps: 10, gop: 10, seconds: 5 }))
  city = await City.start({ CAMERA_NETWORKS: '127.0.0.1/32', TRANSCODE_SLOTS: '0', CAMERA_PICTURES_PER_MINUTE: '0' })
})
test.afterAll(async () => {
  await city?.stop()
  await source?.kill()
})

test('the tile says that the codec is not supported, shows a still with its age, and another one later; both looks await review', async ({
  browser,
}) => {
  const [[, { position, grid, people, siteKind }]] = (await city.call('/api/tables/cameras?limit=1', 'viewer')).json.rows
  const admin = await (await browser.newContext()).newPage()
  await signIn(admin, 'system-admin')
  const camera = { id: ID, name: '金库 H265', position, grid, people, siteKind, backend: 'gateway', subStream: false }
  const registered = await admin.request.post(`${city.base}/api/commands/camera.register`, {
    data: { id: city.id(), data: { ...camera, classification: 'restricted', source: source.address('vault') } },
    headers: { origin: city.base },
  })
  expect([registered.status(), await registered.text()]).toEqual([201, expect.any(String)])
  await admin.context().close()
  const report = { id: city.id(), kind: 'hazard', level: 'red', grid, occurredAt: new Date().toISOString(), title: '金库冒烟' }
  await city.call('/api/patrol/events', 'intake', report)
  const rows: [string, { title: string }][] = (await city.call('/api/tables/incidents?all=1', 'viewer')).json.rows
  const [incident] = rows.find(([, row]) => row.title === '金库冒烟') as [string, unknown]
  const bound = { id: `incident-${incident}`, name: '冒烟点', cameras: [ID], incident }
  expect((await city.call('/api/commands/camera-set.save', 'simulator', { id: city.id(), data: bound })).status).toBe(201)

  const page = await (await browser.newContext()).newPage()
  await signIn(page, 'duty-officer')
  await page.goto(`${city.base}/wall?tiles=1`)
  const tile = page.locator(`[data-testid="camera-tile"][data-camera="${ID}"]`)
  await expect(tile).toHaveAttribute('data-state', 'codec', { timeout: 30_000 })
  await expect(tile.locator('.bar')).toHaveText(/^静图 · \d+ 秒前$/, { timeout: 30_000 })
  await expect(tile.locator('figcaption')).toContainText('编码不支持')
  const still = tile.locator('img.still')
  await expect.poll(() => still.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300)
  await keepPicture(page, 'camera-stills/codec.png')
  const first = await still.getAttribute('src')
  await expect.poll(() => still.getAttribute('src'), { timeout: 20_000 }).not.toBe(first)
  await page.context().close()

  const auditor = await (await browser.newContext()).newPage()
  await signIn(auditor, 'auditor')
  const answer = await auditor.request.get(`${city.base}/api/tables/breakGlassViews?all=1`)
  const views = ((await answer.json()) as { rows: [string, { camera: string; kind: string; incident?: string }][] }).rows
  expect(new Set(views.map(([, { camera: id, kind }]) => `${id} ${kind}`))).toEqual(new Set([`${ID} live`, `${ID} still`]))
  await auditor.context().close()
})
