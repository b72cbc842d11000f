/** Every panel in every state: photographed for people, and asked whether it says what the state is. No wall, no city: invented rows only. */
import { expect, type Locator, type Page } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { auditPage } from './audit-page.ts'
import { test } from './city.ts'
import { keepPicture } from './keep-picture.ts'

const PANELS = ['hazards', 'loop', 'townships', 'patrol', 'feed', 'cameras']
/** Rows and tiles stay, each with its own word for not being known. */
const KEEPS = ['feed', 'cameras']
const STATES = ['normal', 'stale', 'alarm', 'offline', 'loading', 'empty', 'error'] as const
/** What stands in a panel of that state, in words; for `empty` each panel has its own sentence. */
const WORDS: Readonly<Record<(typeof STATES)[number], RegExp>> = {
  normal: /\d/,
  stale: /数据截至 6.分钟前/,
  alarm: /告警/,
  offline: /离线 自 13:05/,
  loading: /正在读取/,
  empty: /无|没有|尚/,
  error: /取数失败，重试 3/,
}

test.describe.configure({ mode: 'serial' })
let page: Page
const faults: string[] = []
test.beforeAll(async ({ browser }) => {
  page = await (await browser.newContext()).newPage()
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => /\/(api|media|socket\.io)/.test(new URL(request.url()).pathname) && faults.push(request.url()))
  await page.goto(`${process.env.E2E_BASE}/settings/gallery`)
})
test.afterAll(() => page?.context().close())

/** Texts cut off inside a panel, and panels whose content is higher than they are. */
const clipped = (panel: Locator): Promise<string[]> =>
  panel.evaluate((root) => {
    const found: string[] = []
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element instanceof SVGElement || element.closest('.spoken, .days')) continue
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())
      const cuts = getComputedStyle(element).overflow !== 'visible'
      if (own && cuts && element.scrollWidth > element.clientWidth + 1) found.push(element.textContent?.trim().slice(0, 30) ?? '')
      if (!own) continue
      const [box, frame] = [element.getBoundingClientRect(), root.getBoundingClientRect()]
      if (box.bottom > frame.bottom + 1 || box.right > frame.right + 1) found.push(`outside: ${element.textContent?.trim().slice(0, 30)}`)
    }
    return found
  })

test('the gallery says that all of it is a sample, and shows each panel in each state in its own words, nothing cut off', async () => {
  await expect(page.getByTestId('gallery')).toContainText('样例数据')
  await expect(page.getByTestId('exhibit-loop-normal')).toContainText('监测')
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(1_500)
  const wrong: string[] = []
  for (const name of PANELS) {
    for (const state of STATES) {
      const cell = page.getByTestId(`exhibit-${name}-${state}`)
      await expect(cell).toContainText('样例')
      const panel = cell.locator('.panel')
      const text = ((await panel.textContent()) ?? '').replaceAll('\u2009', ' ')
      const says = (words: RegExp): boolean => words.test(text)
      if ((await panel.getAttribute('data-state')) !== state) wrong.push(`${name}: is not ${state}`)
      if (!says(WORDS[state])) wrong.push(`${name} ${state}: ${text.slice(0, 80)}`)
      // Unknown is never a number: what is not there is a dash or nothing.
      const body = ((await panel.locator('.body').textContent()) ?? '').trim()
      if (state === 'loading' && body !== '') wrong.push(`${name} ${state} tells: ${body}`)
      if ((state === 'error' || (state === 'offline' && !KEEPS.includes(name))) && !/^—/.test(body))
        wrong.push(`${name} ${state} tells: ${body}`)
      if (['empty', 'error'].includes(state) && /\d/.test(body)) wrong.push(`${name} ${state} has a figure: ${body}`)
      if (name === 'feed' && ['stale', 'offline'].includes(state) && !/状态未知/.test(body)) wrong.push(`feed ${state} knows: ${body}`)
      for (const words of await clipped(panel)) wrong.push(`${name} ${state} cuts off: ${words}`)
    }
    await keepPicture(page.getByTestId(`exhibits-${name}`), `gallery/${name}.png`)
  }
  expect(wrong).toEqual([])
  expect(faults).toEqual([])
})

const TILES: Readonly<Record<string, RegExp>> = {
  connecting: /正在连接.*取流 · 已 3 秒/,
  live: /14:32:07/,
  stalled: /末帧 14:31:22 · 停 46 秒/,
  frozen: /自 14:31:22.*疑似定格/,
  black: /黑屏.*自 14:31:47/,
  offline: /离线.*自 13:05:08 · 对端拒绝连接/,
  codec: /编码不支持/,
  denied: /无查看权限/,
  masked: /隐私遮挡/,
  snapshot: /静图 · 9 秒前.*14:31:59/,
  recorded: /回看 14:31:36 · −32 秒.*◀ ?14:31:36/,
}

test('a camera tile in each of its eleven states, marked as a sample, says which; all texts of the gallery are large enough and whole', async () => {
  await expect(page.getByTestId('exhibits-tiles').getByTestId('camera-tile')).toHaveCount(Object.keys(TILES).length)
  for (const [state, words] of Object.entries(TILES)) {
    const cell = page.getByTestId(`exhibit-tile-${state}`)
    await expect(cell).toContainText('样例')
    await expect(cell.getByTestId('camera-tile')).toHaveAttribute('data-state', state)
    expect((await cell.getByTestId('camera-tile').textContent())?.replaceAll(/\s+/g, ' ')).toMatch(words)
  }
  await keepPicture(page.getByTestId('exhibits-tiles'), 'gallery/tiles.png')
  const { small, clipped: cut, overlapping } = await page.evaluate(auditPage, { floor: 0.8, mayShorten: ['.title', '.sub', '.name'] })
  expect({ small, cut, overlapping }).toEqual({ small: [], cut: [], overlapping: [] })
  expect(await seriousFaults(page)).toEqual([])
})

test('a figure tells its unit, age and source to the pointer, to the keyboard and to a long press', async () => {
  const note = page.getByTestId('figure-note')
  const figure = page.getByTestId('exhibit-hazards-normal').locator('.body [data-figure]').first()
  await figure.hover()
  for (const words of ['未销号隐患 红·高', '单位：处', '来源：', 'hazardDays']) await expect(note).toContainText(words)
  await page.mouse.move(2, 2)
  await expect(note).toHaveCount(0)
  await page.getByTestId('exhibit-townships-normal').locator('.body [data-figure]').first().focus()
  for (const words of ['运行分', '巡查覆盖', '不是平安指数', '较昨日 ▲ 13.3', '截至 14:00 今日 84.4 分，昨日 71.1 分', '半日不与全日相比'])
    await expect(note).toContainText(words)
  await keepPicture(page, 'gallery/figure-note.png')
  // Unknown is no change of 0, and says why.
  const townships = page.getByTestId('exhibit-townships-normal').getByTestId('township')
  const changes = (await townships.locator('.change .held').allTextContents()).map((text) => text.replaceAll('\u2009', ' '))
  expect([...changes].sort()).toEqual(['0.0', '—', '▲ 13.3', '▼ 8.9'])
  await townships.nth(changes.indexOf('—')).focus()
  for (const words of ['较昨日 —', '昨日没有记录']) await expect(note).toContainText(words)
  await page.keyboard.press('Escape')
  await expect(note).toHaveCount(0)
  await page.getByTestId('exhibit-hazards-normal').locator('.title').hover()
  for (const words of ['三色动态管理', '来源：']) await expect(note).toContainText(words)
  await figure.dispatchEvent('pointerdown', { pointerType: 'touch', bubbles: true })
  await expect(note).toContainText('未销号隐患 红·高')
})
