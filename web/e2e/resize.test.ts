/** A wall that gets another shape while it is open: what only wide walls have room for is there without a reload. */
import { expect } from '@playwright/test'
import { test } from './city.ts'

test('given a wall that becomes 32:9, the day’s reports are on it, go on, and nothing else was lost', async ({ page, city }) => {
  const grids = await city.grids()
  const nameOf = async (code: string): Promise<string> => (await city.call(`/api/tables/grids?area=${code}`, 'viewer')).json.rows[0][1].name
  const [one, other] = [grids[0] as string, grids.at(-1) as string]
  const report = (grid: string) =>
    city.call('/api/patrol/events', 'intake', {
      ...{ id: city.id(), kind: 'person', grid, occurredAt: new Date().toISOString(), title: '走访' },
    })
  await city.openWall(page, '?shield=1')
  await report(one)
  const newest = page.getByRole('region', { name: '最新上报' }).getByRole('listitem').first()
  await expect(newest).toHaveCount(0)
  await page.setViewportSize({ width: 3840, height: 1080 })
  await expect(newest).toContainText(await nameOf(one))
  await report(other)
  await expect(newest).toContainText(await nameOf(other))
  await expect(page.getByTestId('township')).not.toHaveCount(0)
  await expect(page.getByTestId('wall')).toHaveAttribute('data-link', 'live')
})
