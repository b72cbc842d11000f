/** What is promised in seconds of the link: what fails shows as what it is within ten, and is gone within five of its return. */
import { once } from 'node:events'
import { expect } from '@playwright/test'
import { test } from './city.ts'
import { FaultyWall, HEALED, SHOWN } from './faulty-wall.ts'
import { startServer } from './product.ts'

test.describe.configure({ mode: 'serial' })

let wall: FaultyWall
test.beforeAll(async ({ browser }) => {
  // With its pictures: nothing of them may look live either.
  wall = await FaultyWall.open(browser, '')
})
test.afterAll(() => wall?.close())

/** Texts, grounds and symbols of the scene that have a hue, in words. */
const coloured = (): Promise<string[]> =>
  wall.page.getByTestId('scene').evaluate((scene) => {
    const hue = (value: string): boolean => {
      const [r = 0, g = 0, b = 0, a = 1] = (/^rgba?\((.*)\)$/.exec(value)?.[1] ?? '').split(',').map(Number)
      return a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 45
    }
    return [...scene.querySelectorAll('*')].flatMap((element) => {
      const { color, backgroundColor, fill } = getComputedStyle(element)
      const told = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
      const seen = [backgroundColor, ...(told ? [color] : []), ...(element.matches('svg :is(path, text)') ? [fill] : [])]
      return seen.some(hue) ? [`${element.parentElement?.className} ${element.localName} ${element.textContent?.trim().slice(0, 20)}`] : []
    })
  })

test('the link falls silent without a word: the wall says so, prints up to when its data go, and catches up', async () => {
  expect((await coloured()).length).toBeGreaterThan(0)
  wall.server.kill('SIGSTOP')
  try {
    await expect(wall.link).toHaveAttribute('data-state', 'lost', { timeout: SHOWN })
    await expect(wall.banner).toContainText(/\d\d:\d\d:\d\d/)
    // Nothing old asks anybody to act: no hue, nothing that blinks, no deadline that runs.
    expect(await coloured()).toEqual([])
    expect(
      await wall.page
        .locator('.symbol, .symbol *, .no')
        .evaluateAll((all) => all.filter((one) => getComputedStyle(one).animationName !== 'none').length),
    ).toBe(0)
    const [rows, unknown] = [wall.page.getByTestId('incident-row'), wall.page.getByTestId('incident-row').filter({ hasText: '状态未知' })]
    expect(await rows.count()).toBeGreaterThan(0)
    await expect(unknown).toHaveCount(await rows.count())
    await expect(wall.page.getByTestId('lede')).toContainText(/^截至.\d\d:\d\d:\d\d：/)
    const lede = await wall.page.getByTestId('lede').textContent()
    await wall.page.waitForTimeout(1_200)
    expect(await wall.page.getByTestId('lede').textContent()).toBe(lede)
  } finally {
    wall.server.kill('SIGCONT')
  }
  await expect(wall.link).toHaveAttribute('data-state', 'live', { timeout: HEALED })
  await expect(wall.banner).toHaveCount(0)
  expect((await coloured()).length).toBeGreaterThan(0)
})

test('the server is killed and comes back: the same wall goes on without a reload', async () => {
  await wall.page.evaluate(() => {
    document.body.dataset.same = 'page'
  })
  const before = await wall.cursor()
  wall.server.kill('SIGKILL')
  await once(wall.server, 'exit')
  await expect(wall.link).not.toHaveAttribute('data-state', 'live', { timeout: SHOWN })
  wall.server = await startServer(wall.demo.env)
  await expect(wall.link).toHaveAttribute('data-state', 'live', { timeout: HEALED })
  await expect.poll(() => wall.cursor(), { timeout: SHOWN }).toBeGreaterThan(before)
  expect(await wall.page.evaluate(() => document.body.dataset.same)).toBe('page')
})
