/** A wall nobody sits at: it stays awake, and takes a new build of the pages over by itself. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { test } from './city.ts'

const base = (): string => process.env.E2E_BASE as string
const access = () => JSON.parse(readFileSync(join(process.env.E2E_DATA_DIR as string, 'demo-access.json'), 'utf8'))
const kiosk = (): string => access().wallUrl.replace('/wall#', '/wall?kiosk=1&shield=1#')
const stands = (page: Page) =>
  expect.poll(async () => Number(await page.getByTestId('wall').getAttribute('data-cursor'))).toBeGreaterThan(0)

/** Somebody takes every urgent incident, so that the wall is quiet. */
async function takeAll(): Promise<void> {
  const { account, password } = access().accounts.find((a: { role: string }) => a.role === 'duty-officer')
  const json = { 'content-type': 'application/json', origin: base() }
  const signed = await fetch(`${base()}/api/session`, { method: 'POST', headers: json, body: JSON.stringify({ account, password }) })
  const cookie = signed.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
  const { rows } = await (await fetch(`${base()}/api/tables/incidents?all=1`, { headers: { cookie } })).json()
  for (const [incident, row] of rows as [string, { priority: number; state: string }][]) {
    if (row.priority > 2 || row.state !== 'reported') continue
    const body = JSON.stringify({ id: randomUUID(), data: { incident } })
    const answer = await fetch(`${base()}/api/commands/incident.accept`, { method: 'POST', headers: { ...json, cookie }, body })
    expect(answer.status).toBe(201)
  }
}

test('a kiosk shows no cursor and no scroll bars, holds the screen awake, takes the lock again, and stands again after a reload', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const locks: EventTarget[] = []
    Object.assign(window, { locks })
    const request = async (): Promise<EventTarget> => {
      const lock = Object.assign(new EventTarget(), { released: false, release: async () => undefined })
      locks.push(lock)
      return lock
    }
    Object.defineProperty(navigator, 'wakeLock', { value: { request } })
  })
  const locks = () => page.evaluate(() => (window as unknown as { locks: unknown[] }).locks.length)
  await page.goto(kiosk())
  await stands(page)
  expect(await page.evaluate(() => getComputedStyle(document.body).cursor)).toBe('none')
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY)).toBe('hidden')
  await expect.poll(locks).toBe(1)
  await page.evaluate(() => {
    const [lock] = (window as unknown as { locks: (EventTarget & { released: boolean })[] }).locks
    if (!lock) return
    lock.released = true
    lock.dispatchEvent(new Event('release'))
  })
  await expect.poll(locks).toBe(2)
  await expect(page.getByTestId('may-darken')).toHaveCount(0)
  await page.reload()
  await stands(page)
  expect(page.url()).toContain('kiosk=1')
})

test('where the browser has no wake lock a kiosk says that the screen may go dark, and another page does not', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'wakeLock', { value: undefined }))
  await page.goto(kiosk())
  await expect(page.getByTestId('may-darken')).toBeVisible()
  await page.goto(`${base()}/wall?shield=1`)
  await stands(page)
  await expect(page.getByTestId('may-darken')).toHaveCount(0)
})

test('a kiosk with an old build loads the new one once, when nothing urgent waits', async ({ page }) => {
  await takeAll()
  // The first load takes itself for another build: a style that its server does not know stands first.
  await page.addInitScript(() => {
    if (sessionStorage.getItem('loaded')) return
    sessionStorage.setItem('loaded', 'once')
    document.addEventListener('readystatechange', () => {
      const link = Object.assign(document.createElement('link'), { rel: 'old', href: '/assets/index-old.css' })
      if (document.readyState === 'interactive') document.head.prepend(link)
    })
  })
  await page.goto(kiosk())
  await stands(page)
  await page.evaluate(() => Object.assign(window, { old: true }))
  const isOld = () => page.evaluate(() => 'old' in window).catch(() => undefined)
  expect(await isOld()).toBe(true)
  await expect.poll(isOld, { timeout: 30_000 }).toBe(false)
  await stands(page)
  await page.evaluate(() => Object.assign(window, { old: true }))
  await page.waitForTimeout(3_000)
  expect(await isOld()).toBe(true)
})

test('a page whose program could not be had tries again by itself', async ({ page }) => {
  await page.clock.install()
  await page.route('**/assets/index-*.js', (route) => route.abort())
  await page.goto(kiosk())
  await page.unroute('**/assets/index-*.js')
  await page.clock.runFor(20_000)
  await stands(page)
})
