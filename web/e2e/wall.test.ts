/** The wall as a stranger opens it: by the printed address, live, with pictures, reports without reload; and who may not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { test } from './city.ts'

test.describe.configure({ mode: 'serial' })

interface Access {
  readonly accounts: { account: string; password: string }[]
  readonly tokens: { name: string; token: string }[]
  readonly wallUrl: string
}
const access = (): Access => JSON.parse(readFileSync(join(process.env.E2E_DATA_DIR as string, 'demo-access.json'), 'utf8'))
const base = (): string => process.env.E2E_BASE as string
const token = (name: string): string => access().tokens.find((t) => t.name === name)?.token ?? ''

async function call(
  path: string,
  name: string,
  body?: unknown,
): Promise<{
  status: number
  json: { results: { index: number; status: string; seq: number }[]; rows: [string, { code: string; personsToday: number }][] }
}> {
  const response = await fetch(base() + path, {
    headers: { authorization: `Bearer ${token(name)}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: response.status, json: await response.json() }
}
let n = 0
const hazard = (grid: string, title: string) => ({
  id: `e2e-${process.pid}-${++n}`,
  kind: 'hazard',
  level: 'red',
  grid,
  occurredAt: new Date().toISOString(),
  title,
})

/** A wall that lives through all that follows, as those in a hall do. */
let page: Page
const faults: string[] = []
const row = (title: string) => page.getByTestId('incident-row').filter({ hasText: title })
const cursor = async (): Promise<number> => Number(await page.getByTestId('wall').getAttribute('data-cursor'))

test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage()
  page.on(
    'console',
    (message) => message.type() === 'error' && !/favicon|status of 503|status of 401/.test(message.text()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(error.message))
  page.on(
    'request',
    (request) =>
      !request.url().startsWith(base()) && !/^(data|blob):/.test(request.url()) && faults.push(`foreign request ${request.url()}`),
  )
})
test.afterAll(() => page?.context().close())

test('the wall opens by its printed address without a click, forgets the code, and shows the city', async () => {
  await page.goto(access().wallUrl)
  await expect(page.getByTestId('wall')).toBeVisible()
  await expect.poll(cursor).toBeGreaterThan(0)
  expect(page.url()).not.toContain('pair=')
  await expect(page.getByTestId('lede')).toContainText('。')
  await expect(page.getByText(/776.个网格/)).toBeVisible()
  await expect(page.getByTestId('map').locator('canvas').first()).toBeVisible()
  expect(await page.getByTestId('incident-row').count()).toBeGreaterThan(3)
  await expect(page.getByText('演示数据')).toBeVisible()
})

test('at least one camera tile plays moving pictures', async () => {
  await expect(page.getByTestId('camera-tile')).toHaveCount(4)
  await expect(page.locator('[data-testid="camera-tile"][data-state="live"]').first()).toBeVisible({ timeout: 40_000 })
  const video = page.locator('[data-testid="camera-tile"][data-state="live"] video').first()
  const before = await video.evaluate((v: HTMLVideoElement) => v.currentTime)
  await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(before + 0.5)
})

test('no serious accessibility fault on the wall', async () => {
  expect(await seriousFaults(page)).toEqual([])
})

test('a posted hazard appears as a numbered incident in feed and map without reload, and once only', async () => {
  // Pictures cost as much as all the rest of a page; nothing from here on is about them.
  await page.keyboard.press('p')
  const grid = (await call('/api/tables/grids?limit=1', 'viewer')).json.rows[0]?.[1].code as string
  const body = hazard(grid, '楼道电动车起火苗')
  const first = await call('/api/patrol/events', 'intake', body)
  expect(first.status).toBe(201)
  await expect(row('楼道电动车起火苗')).toHaveCount(1)
  const no = await row('楼道电动车起火苗').getAttribute('data-no')
  await expect(page.getByTestId('map').locator(`[data-no="${no}"]`).first()).toBeVisible()
  await expect.poll(cursor).toBeGreaterThanOrEqual(first.json.results[0]?.seq ?? Number.POSITIVE_INFINITY)
  expect((await call('/api/patrol/events', 'intake', body)).status).toBe(200)
  await expect(row('楼道电动车起火苗')).toHaveCount(1)
})

test('of a thousand entries in one request the three bad are refused and the wall counts the others', async () => {
  const shown = async (): Promise<number> => {
    const text = await page.getByText(/^人员走访/).textContent()
    return Number(text?.replaceAll(/\D/g, ''))
  }
  const grids = (await call('/api/tables/grids?limit=1000', 'viewer')).json.rows.map(([code]) => code)
  const visit = (i: number) => ({ ...hazard(grids[i % grids.length] as string, '走访独居老人'), kind: 'person', level: undefined })
  const before = await shown()
  const entries = Array.from({ length: 1000 }, (_, i) => visit(i))
  for (const i of [7, 400, 999]) entries[i] = { ...visit(i), title: '' }
  const { status, json } = await call('/api/patrol/events', 'intake', entries)
  expect(status).toBe(207)
  expect(json.results.filter((r) => r.status === 'refused').map((r) => r.index)).toEqual([7, 400, 999])
  await expect.poll(shown).toBe(before + 997)
  const counted = (await call('/api/tables/cityTally', 'viewer')).json.rows[0]?.[1].personsToday
  expect(counted).toBe(before + 997)
})

test('markup in a title is shown as text', async () => {
  const grid = (await call('/api/tables/grids?limit=1', 'viewer')).json.rows[0]?.[1].code as string
  await call('/api/patrol/events', 'intake', hazard(grid, '<img src=x onerror=alert(1)>{{7*7}}'))
  await expect(row('<img src=x')).toHaveCount(1)
})

test('all the while no console error and no request to another host', () => expect(faults).toEqual([]))

test('without a session the wall says how to pair', async ({ browser }) => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${base()}/wall`)
  await expect(page.getByTestId('incident-feed')).toHaveCount(0)
  await expect(page.locator('body')).toContainText(/配对|地址/)
  await page.context().close()
})

test('a wrong password is told in words, the right one opens the wall', async ({ browser }) => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${base()}/sign-in`)
  const { account, password } = access().accounts[0] as { account: string; password: string }
  const [name, secret] = [page.locator('input').first(), page.locator('input[type="password"]')]
  await name.fill(account)
  await secret.fill('not the password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('账号或口令')
  await secret.fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('wall')).toBeVisible()
  await page.context().close()
})

test('scripts and styles come compressed as they were built, and are the same texts', async ({ request }) => {
  const text = await (await request.get(`${base()}/wall`)).text()
  const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path as string)
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) {
    const plain = await request.get(base() + file, { headers: { 'accept-encoding': 'identity' } })
    for (const coding of ['gzip', 'br']) {
      const packed = await request.get(base() + file, { headers: { 'accept-encoding': coding } })
      expect(packed.headers()).toMatchObject({ 'content-encoding': coding, vary: expect.stringMatching(/accept-encoding/i) })
      expect(await packed.text()).toBe(await plain.text())
    }
  }
})
