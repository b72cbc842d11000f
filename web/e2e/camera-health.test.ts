/** The page of camera health: counts, uptime and blind grids with unit, age and source; what was not measured is told as such. */
import { expect, type Page, type Route } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { City, test } from './city.ts'
import { keepPictures } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page
const at = (id: string) => page.getByTestId(id)
const plain = async (id: string): Promise<string> => ((await at(id).textContent()) ?? '').replaceAll(/[\s\u2009]+/g, ' ').trim()

test.beforeAll(async ({ browser }) => {
  city = await City.start()
  page = await (await browser.newContext()).newPage()
})
test.afterAll(async () => {
  await page?.context().close()
  await city?.stop()
})

test('while the server does not say who this is, nobody is sent to sign in: it is asked again', async () => {
  await page.route('**/api/session', (route) => route.abort())
  await page.goto(`${city.base}/settings/cameras/health`)
  await expect(at('no-answer')).toContainText('服务器没有应答')
  await expect(page.getByRole('link', { name: '登录' })).toHaveCount(0)
  await page.unroute('**/api/session')
  await expect(page.getByRole('link', { name: '登录' })).toBeVisible()
  await expect(at('no-answer')).toHaveCount(0)
})

test('a stranger is sent to sign in; before anybody looked nothing is measured, and the page says so instead of 0', async () => {
  await page.goto(`${city.base}/settings/cameras/health`)
  await page.getByRole('link', { name: '登录' }).click()
  const officer = city.access.accounts.find(({ role }) => role === 'duty-officer') as { account: string; password: string }
  await page.locator('input').first().fill(officer.account)
  await page.locator('input[type="password"]').fill(officer.password)
  await page.keyboard.press('Enter')
  await expect(at('health-now')).toBeVisible()
  expect(await plain('online')).toMatch(/^— \/ 7 043 路$/)
  expect(await plain('offline')).toBe('— 路')
  expect(await plain('unchecked')).toBe('7 043 路')
  await expect(at('health-now')).toContainText(/截至 \d\d:\d\d:\d\d。来源：/)
  await expect(at('uptime-none')).toContainText('没有任何测量')
  await expect(at('departments')).toHaveCount(0)
})

test('once a camera was looked at its department has a share with the time and the number of cameras it rests on; the worst cameras are listed on demand', async () => {
  const [[id]] = (await city.call('/api/tables/cameras?limit=1', 'viewer')).json.rows
  const { url } = (await city.call(`/api/cameras/${id}/play`, 'viewer', {})).json
  const token = city.access.tokens.find(({ name }) => name === 'viewer')?.token
  const states = async (): Promise<string[]> =>
    (await city.call('/api/tables/cameraStates?all=1', 'viewer')).json.rows.map(([, row]: [string, { state: string }]) => row.state)
  await expect
    .poll(
      async () => {
        await fetch(city.base + url, { headers: { authorization: `Bearer ${token}` } })
        return (await states()).includes('live')
      },
      { timeout: 30_000 },
    )
    .toBe(true)
  await page.reload()
  await expect(at('departments').locator('tbody tr').first()).toContainText(/100\.0 %.*100\.0 %/)
  expect(await plain('online')).toMatch(/^1 \/ 7 043 路$/)
  // Eight departments, and one line of cameras that name none.
  await expect(at('departments').locator('tbody tr')).toHaveCount(9)
  await expect(at('departments')).toContainText('未写部门')
  const water = at('departments').locator('tbody tr').filter({ hasText: '水利局' })
  await expect(water.locator('td').nth(2)).toHaveText('191')
  await expect(water.locator('td').nth(3)).toHaveText(/^[1-9]\d*$/)
  await page.getByText('逐路列出').click()
  await expect(at('worst-cameras').locator('tbody tr')).toHaveCount(1)
  await expect(at('worst-cameras')).toContainText(id)
  await page.getByLabel('近 7 天').check()
  await expect(at('departments').locator('tbody tr').first()).toContainText('100.0 %')
})

test('uptime that cannot be read is told, not left out', async () => {
  await page.route('**/api/cameras/uptime?*', (route) => route.abort())
  await page.reload()
  await expect(at('uptime-unreachable')).toContainText('服务器没有应答')
  await expect(at('departments')).toHaveCount(0)
  await page.unroute('**/api/cameras/uptime?*')
  await page.reload()
  await expect(at('departments')).toBeVisible()
})

test('coverage that comes late or not at all is told in its place; what was read stands with its time', async () => {
  let late: Route | undefined
  await page.route('**/api/cameras/coverage', (route) => {
    late = route
  })
  await page.goto(`${city.base}/settings/cameras/health`)
  await expect(at('health-now')).toContainText(/截至 \d\d:\d\d:\d\d/)
  await expect(at('coverage-waits')).toContainText('正在读取')
  await late?.abort()
  await expect(at('coverage-waits')).toContainText('服务器没有应答')
  await expect(at('health-now')).toBeVisible()
  await page.unroute('**/api/cameras/coverage')
  await page.reload()
  await expect(at('health-coverage')).toBeVisible()
  await expect(at('coverage-waits')).toHaveCount(0)
})

test('grids that no online camera sees are counted and listed, the blindest first', async () => {
  await expect(at('health-coverage')).toBeVisible({ timeout: 30_000 })
  expect(await plain('without')).toMatch(/^\d+ \/ 776 个$/)
  expect(await plain('blind-area')).toMatch(/^\d+\.\d %$/)
  await expect(at('blind-grids').locator('tbody tr')).toHaveCount(30)
  const shares = (await at('blind-grids').locator('tbody tr td:last-child').allTextContents()).map((text) => Number.parseFloat(text))
  expect(shares).toEqual([...shares].sort((a, b) => b - a))
  await page.getByRole('button', { name: '再列' }).click()
  await expect(at('blind-grids').locator('tbody tr')).toHaveCount(60)
  expect(await seriousFaults(page)).toEqual([])
  await keepPictures(page, 'camera-health/health')
})
