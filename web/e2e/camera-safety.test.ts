/** Who may see what, as the wall shows it: a clearance too low with its reason and whom to call, a 特急 that opens it to the duty officer, and the auditor's list. */
import { expect, type Page } from '@playwright/test'
import { type City, test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let camera: string
let grid: string
const tile = (page: Page) => page.locator(`[data-testid="camera-tile"][data-camera="${camera}"]`)

async function as(page: Page, role: string): Promise<void> {
  const { account, password } = city.access.accounts.find((one) => one.role === role) as { account: string; password: string }
  const headers = { origin: city.base }
  expect((await page.request.post(`${city.base}/api/session`, { data: { account, password }, headers })).status()).toBe(200)
}
const command = (page: Page, name: string, data: object) =>
  page.request.post(`${city.base}/api/commands/${name}`, { data: { id: city.id(), data }, headers: { origin: city.base } })

test.beforeAll(async ({ browser, city: shared }) => {
  city = shared
  const [id, row] = (await city.call('/api/tables/cameras?limit=1', 'viewer')).json.rows[0]
  camera = id
  grid = row.grid
  const page = await (await browser.newContext()).newPage()
  await as(page, 'system-admin')
  const edit = { id, classification: 'restricted', department: '水利局', reason: '涉密点位' }
  expect((await command(page, 'camera.edit', edit)).status()).toBe(201)
  expect((await command(page, 'control-room.set', { department: '水利局', phone: '0579-88901234' })).status()).toBe(201)
  await page.context().close()
  expect(
    (await city.call('/api/commands/camera-set.save', 'simulator', { id: city.id(), data: { id: 'secret', name: '涉密', cameras: [id] } }))
      .status,
  ).toBe(201)
})

test('a wall whose clearance is too low shows nothing of the camera; a duty officer is told so in the tile, and whom to call', async ({
  browser,
}) => {
  const wall = await (await browser.newContext()).newPage()
  await city.openWall(wall, '?set=secret&tiles=1')
  await expect(tile(wall)).toHaveCount(0)
  await wall.context().close()
  const page = await (await browser.newContext()).newPage()
  await as(page, 'duty-officer')
  await page.goto(`${city.base}/wall?set=secret&tiles=1`)
  await expect(tile(page)).toHaveAttribute('data-state', 'denied')
  await expect(tile(page)).toContainText(/无查看权限.*查看级别不够/)
  await expect(tile(page).getByTestId('control-room')).toHaveText('可致电水利局 0579-88901234')
  await keepPicture(page, 'camera-safety/denied.png')
  await page.context().close()
})

test('a 特急 opens its camera to the duty officer at once, and the auditor finds it, reviews it and sees who looked at what', async ({
  browser,
}) => {
  const report = { id: city.id(), kind: 'hazard', level: 'red', grid, occurredAt: new Date().toISOString(), title: '堤防管涌' }
  await city.call('/api/patrol/events', 'intake', report)
  const rows: [string, { title: string }][] = (await city.call('/api/tables/incidents?all=1', 'viewer')).json.rows
  const [incident] = rows.find(([, row]) => row.title === '堤防管涌') as [string, unknown]
  const bound = { id: `incident-${incident}`, name: '管涌点', cameras: [camera], incident }
  expect((await city.call('/api/commands/camera-set.save', 'simulator', { id: city.id(), data: bound })).status).toBe(201)
  const officer = await (await browser.newContext()).newPage()
  await as(officer, 'duty-officer')
  await officer.goto(`${city.base}/wall`)
  await expect(tile(officer)).toHaveAttribute('data-incident', incident)
  await expect(tile(officer)).toHaveAttribute('data-state', 'live', { timeout: 30_000 })
  await officer.context().close()
  const auditor = await (await browser.newContext()).newPage()
  await as(auditor, 'auditor')
  await auditor.goto(`${city.base}/settings/views`)
  const line = auditor.getByTestId('break-glass').getByTestId('camera-view').first()
  await expect(line).toContainText(/duty-officer.*处置特急事件/s)
  await line.getByLabel('复核意见').fill('与事件相符')
  await line.getByRole('button', { name: '记下' }).click()
  await expect(line).toContainText(/auditor.*与事件相符/)
  await keepPicture(auditor, 'camera-safety/views.png')
  await auditor.context().close()
})
