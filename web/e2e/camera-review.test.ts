/** "30 seconds ago" on a tile: what was kept of a camera plays with its own time and cannot be taken for live, by steps and back; cameras without say so. */
import { expect, type JSHandle, type Page } from '@playwright/test'
import { type City, test } from './city.ts'
import { keepPicture, keepPictures } from './keep-picture.ts'

test.describe.configure({ mode: 'serial' })

let city: City
let page: Page
let kept: string
let other: string
/** What the kept camera's tile said of itself. */
let said: JSHandle<{ states(): string[]; history(): string[] }>
const tileOf = (camera: string) => page.locator(`[data-testid="camera-tile"][data-camera="${camera}"]`)
/** Seconds that the tile says its picture is behind. */
const behind = async (): Promise<number> => Number(/−(\d+) 秒/.exec((await tileOf(kept).locator('.bar').textContent()) ?? '')?.[1])
const shown = async (): Promise<string> => (await tileOf(kept).locator('.words').textContent()) ?? ''
async function signIn(one: Page, role: string): Promise<void> {
  const { account, password } = city.access.accounts.find((it) => it.role === role) as { account: string; password: string }
  await one.request.post(`${city.base}/api/session`, { data: { account, password }, headers: { origin: city.base } })
}

test.beforeAll(async ({ browser, city: shared }) => {
  test.setTimeout(150_000)
  city = shared
  ;[[kept], [other]] = (await city.call('/api/tables/cameras?limit=2', 'viewer')).json.rows
  const admin = await (await browser.newContext()).newPage()
  await signIn(admin, 'system-admin')
  const data = { id: city.id(), data: { id: kept, dvrMinutes: 5, reason: '重点点位' } }
  const edited = await admin.request.post(`${city.base}/api/commands/camera.edit`, { data, headers: { origin: city.base } })
  expect(edited.status()).toBe(201)
  await admin.context().close()
  const set = { id: 'kept', name: '时移', cameras: [kept, other] }
  await city.call('/api/commands/camera-set.save', 'simulator', { id: city.id(), data: set })
  // No wall is open meanwhile: it would cost as much as all the rest.
  const from = () => ({ recorded: { from: new Date(Date.now() - 60_000).toISOString() } })
  const seconds = async (): Promise<number> => {
    const { json } = await city.call(`/api/cameras/${kept}/play`, 'viewer', from())
    return json.recorded ? (json.recorded.to - json.recorded.from) / 1_000 : 0
  }
  await expect.poll(seconds, { timeout: 60_000, intervals: [1_000] }).toBeGreaterThan(32)
  page = await (await browser.newContext()).newPage()
  await signIn(page, 'duty-officer')
  await page.goto(`${city.base}/wall?set=kept&tiles=4`)
  for (const id of [kept, other]) await expect(tileOf(id)).toHaveAttribute('data-state', 'live', { timeout: 40_000 })
})
test.afterAll(() => page?.context().close())
// Why a tile went back to live stands on it for some seconds only.
test.afterEach(async () => {
  const { status, expectedStatus } = test.info()
  if (status !== expectedStatus && said) console.error((await said.evaluate(({ history }) => history())).join('\n'))
})

test('a camera of which nothing is kept says so in a sentence, and plays on', async () => {
  await tileOf(other).hover()
  await tileOf(other).getByRole('button', { name: '回看' }).click()
  await expect(tileOf(other).getByTestId('review-note')).toHaveText('此摄像头不留存，不能回看')
  await expect(tileOf(other)).toHaveAttribute('data-state', 'live')
  await expect(tileOf(other).getByTestId('review-note')).toHaveCount(0)
})

test('R shows the picture of 30 seconds ago with its own time, moving, framed as not live; arrows step, L is live again', async () => {
  test.setTimeout(120_000)
  said = await tileOf(kept).evaluateHandle((tile: HTMLElement) => {
    /** Whenever an old picture was to be seen on it. */
    const states = new Set<string>()
    const history: string[] = []
    const note = () => {
      const { width, height } = tile.getBoundingClientRect()
      const line = `${tile.dataset.state}, ${Math.round(width)} × ${Math.round(height)}: ${tile.querySelector('[data-testid="review-note"]')?.textContent ?? ''}`
      if (!history.at(-1)?.endsWith(line)) history.push(`${new Date().toISOString()} ${line}`)
    }
    new MutationObserver(note).observe(tile, { attributes: true, childList: true, subtree: true, characterData: true })
    const look = () => {
      const old = tile.querySelector<HTMLVideoElement>('.past video')
      if (old && old.readyState >= old.HAVE_CURRENT_DATA && getComputedStyle(old).visibility === 'visible')
        states.add(tile.dataset.state ?? '')
      requestAnimationFrame(look)
    }
    look()
    return { states: () => [...states], history: () => history }
  })
  await tileOf(kept).focus()
  await page.keyboard.press('r')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'recorded')
  await expect.poll(() => said.evaluate(({ states }) => states())).toEqual(['recorded'])
  await expect(tileOf(kept).locator('.bar')).toHaveText(/^回看 \d\d:\d\d:\d\d · −\d+ 秒$/)
  // A key frame before, and what the picture took to come.
  expect(await behind()).toBeGreaterThanOrEqual(27)
  expect(await behind()).toBeLessThan(45)
  const paper = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim())
  const frame = await tileOf(kept)
    .locator('.picture')
    .evaluate((element) => getComputedStyle(element, '::before').borderTopColor)
  expect(
    frame
      .match(/\d+/g)
      ?.map((n) => Number(n).toString(16))
      .join(''),
  ).toBe(paper.slice(1))
  const first = await shown()
  await expect.poll(shown).not.toBe(first)
  // One picture decodes, and others play on.
  await expect(tileOf(kept).locator('video')).toHaveCount(1)
  await expect(tileOf(other)).toHaveAttribute('data-state', 'live')
  await keepPictures(page, 'camera-review/tile')
  const before = await behind()
  await tileOf(kept).focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(behind).toBeLessThan(before - 4)
  // As a person does, who sees one thing done before asking for the next.
  const after = await shown()
  await expect.poll(shown).not.toBe(after)
  await page.keyboard.press('x')
  await expect(tileOf(kept).getByRole('button', { name: '缩小' })).toHaveCount(1)
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'recorded')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(behind).toBeGreaterThan(before - 4)
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'recorded')
  await keepPicture(page, 'camera-review/enlarged.png')
  // The first Escape ends the review, the next one what is enlarged.
  await page.keyboard.press('Escape')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'live', { timeout: 20_000 })
  await expect(tileOf(kept).getByRole('button', { name: '缩小' })).toHaveCount(1)
  await page.keyboard.press('r')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'recorded')
  await page.keyboard.press('l')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'live', { timeout: 20_000 })
  await expect(tileOf(kept)).not.toHaveAttribute('data-held', 'true')
})

test('who looked at what was kept stands in the book of views: one entry for each look, however many steps it took', async ({
  browser,
}) => {
  const auditor = await (await browser.newContext()).newPage()
  await signIn(auditor, 'auditor')
  const answer = await auditor.request.get(`${city.base}/api/tables/cameraViews?all=1`)
  const rows = ((await answer.json()) as { rows: [string, { camera: string; kind: string; by: string }][] }).rows.map(([, row]) => row)
  expect(rows.filter(({ camera, kind, by }) => camera === kept && kind === 'recorded' && by === 'duty-officer').length).toBe(2)
  await auditor.context().close()
})

test('given what is shown ends while another moment is asked for, then that moment is shown all the same', async () => {
  await tileOf(kept).focus()
  await page.keyboard.press('r')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'recorded')
  const [before, first] = [await behind(), await shown()]
  await expect.poll(shown).not.toBe(first)
  // The answer waits until what is shown has told that it is at its end.
  const end = () =>
    tileOf(kept)
      .locator('.past video')
      .first()
      .evaluate((video) => void video.dispatchEvent(new Event('ended')))
  await page.route('**/play', (route) => end().then(() => route.continue()), { times: 1 })
  await page.keyboard.press('ArrowLeft')
  await expect.poll(behind).toBeGreaterThan(before + 4)
  await page.keyboard.press('l')
  await expect(tileOf(kept)).toHaveAttribute('data-state', 'live', { timeout: 20_000 })
})
