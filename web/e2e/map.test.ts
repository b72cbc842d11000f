/** What stands over the map never lies on anything else that stands there, at every size a wall has, even with a pile of critical incidents at one place. */
import { expect, type Page } from '@playwright/test'
import { City, test } from './city.ts'
import { SHAPES } from './shapes.ts'

let city: City
test.beforeAll(async () => {
  test.setTimeout(120_000)
  city = await City.start()
})
test.afterAll(() => city.stop())

const red = (grid: string, title: string) => ({
  id: city.id(),
  kind: 'hazard',
  level: 'red',
  grid,
  occurredAt: new Date().toISOString(),
  title,
})

/** Sentences about boxes that overlap or leave their map, in the city and in the inset; and what stands where. */
const faults = (page: Page): Promise<{ found: string[]; symbols: string[]; insetSymbols: string[]; callouts: string[] }> =>
  page.evaluate(() => {
    const map = document.querySelector('.map-view') as HTMLElement
    const inset = map.querySelector('.inset') as HTMLElement
    const found: string[] = []
    const boxes = (root: Element, selector: string): [string, DOMRect][] =>
      [...root.querySelectorAll(selector)].map((one) => [
        (one.getAttribute('data-no') ?? one.textContent ?? '').trim().slice(0, 12),
        one.getBoundingClientRect(),
      ])
    const judge = (where: string, field: DOMRect, list: readonly [string, DOMRect][]): void => {
      for (const [i, [name, a]] of list.entries()) {
        if (a.left < field.left - 1 || a.top < field.top - 1 || a.right > field.right + 1 || a.bottom > field.bottom + 1)
          found.push(
            `${where}: ${name} leaves the map: ${[a.left, a.top, a.right, a.bottom].map(Math.round)} of ${[field.left, field.top, field.right, field.bottom].map(Math.round)}, level ${map.dataset.level}`,
          )
        for (const [other, b] of list.slice(i + 1)) {
          const [w, h] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)]
          if (w > 1 && h > 1) found.push(`${where}: ${name} lies on ${other}`)
        }
      }
    }
    const overlay = map.querySelector('.overlay') as HTMLElement
    const over = '.mark, .callout, .name'
    judge('city', map.getBoundingClientRect(), [
      ...boxes(overlay, over),
      ['legend', (map.querySelector('.legend') as HTMLElement).getBoundingClientRect()],
      ['inset', inset.getBoundingClientRect()],
    ])
    judge('inset', inset.getBoundingClientRect(), [...boxes(inset, over), ...boxes(inset, 'figcaption')])
    const numbers = (root: Element): string[] => boxes(root, '.mark').map(([no]) => no)
    return {
      found,
      symbols: numbers(overlay),
      insetSymbols: numbers(inset),
      callouts: [...overlay.querySelectorAll('.callout')].map((one) => one.textContent ?? ''),
    }
  })

test('five critical incidents at one place and others near it can all be read, in the city and in the inset, at every size', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const { json } = await city.call('/api/tables/grids?limit=1000', 'viewer')
  const grids = (json.rows as [string, { centroid: [number, number] }][]).map(([code, row]) => ({ code, at: row.centroid }))
  const nearest = (lng: number, lat: number): string =>
    grids.reduce((a, b) => (Math.hypot(b.at[0] - lng, b.at[1] - lat) < Math.hypot(a.at[0] - lng, a.at[1] - lat) ? b : a)).code
  const pile = nearest(119.464, 29.21)
  const reports = [
    ...Array.from({ length: 5 }, () => red(pile, '加油站储罐阀门泄漏')),
    red(nearest(119.468, 29.206), '燃气管道被挖断'),
    // Where the inset has its title.
    red(nearest(119.43, 29.238), '仓库违规堆放'),
    red(nearest(119.745, 29.31), '林区烟雾'),
  ]
  const posted = await city.call('/api/patrol/events', 'intake', reports)
  expect(posted.status).toBe(201)
  await page.setViewportSize({ width: 1920, height: 1080 })
  await city.openWall(page, '?shield=1')
  for (const [width, height] of SHAPES) {
    await page.setViewportSize({ width, height })
    await expect(page.locator('.map-view .inset')).toBeVisible()
    await expect
      .poll(async () => (await faults(page)).symbols.length, { message: `symbols at ${width}×${height}` })
      .toBeGreaterThanOrEqual(reports.length)
    // The map is laid out anew after its box has changed.
    await expect.poll(async () => (await faults(page)).found, { message: `${width}×${height}` }).toEqual([])
    const { callouts, insetSymbols } = await faults(page)
    expect(insetSymbols.length).toBeGreaterThanOrEqual(6)
    expect(callouts.filter((text) => text.includes('加油站')).length, `callouts of one place at ${width}×${height}`).toBeLessThanOrEqual(1)
  }
})
