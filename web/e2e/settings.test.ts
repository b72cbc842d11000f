/** The set-up page tells which type the farthest reader needs, and the wall of the same browser obeys it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { test } from './city.ts'

const base = (): string => process.env.E2E_BASE as string
const wallUrl = (): string => JSON.parse(readFileSync(join(process.env.E2E_DATA_DIR as string, 'demo-access.json'), 'utf8')).wallUrl

test('nine displays read from six metres get 41 rows and two seams, and the wall opens with them', async ({ page }) => {
  await page.goto(`${base()}/settings`)
  const field = (name: string) => page.locator(`[name="${name}"]`)
  await field('width').fill('3.63')
  await field('height').fill('2.04')
  await field('seat').fill('6')
  await expect(page.getByTestId('verdict')).toContainText('41 行')
  await expect(page.getByTestId('legible')).toContainText('都不小于 16 角分')
  await page.getByLabel('54 行').check()
  await expect(page.getByTestId('size-floor')).toContainText('不足 16′')
  await page.getByLabel('41 行').check()
  await field('displays').fill('3')
  await expect(field('seams')).toHaveValue('33.3, 66.7')
  await expect(page.getByTestId('address')).toContainText('/wall?kiosk=1&rows=41&seams=33.3,66.7')
  expect(await seriousFaults(page)).toEqual([])
  // Equal colours are no fault to axe, which takes them for hidden on purpose.
  const { color, backgroundColor } = await page.locator('button[type="submit"]').evaluate((button) => {
    const style = getComputedStyle(button)
    return { color: style.color, backgroundColor: style.backgroundColor }
  })
  expect(color).not.toBe(backgroundColor)
  await page.locator('button[type="submit"]').click()
  await expect(page.getByRole('status')).toContainText('已保存')

  await page.goto(wallUrl().replace('/wall#', '/wall?shield=1#'))
  await expect(page.getByTestId('wall')).toBeVisible()
  const rem = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
  await expect.poll(rem).toBeCloseTo(1080 / 41, 1)
})
