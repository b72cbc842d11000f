/** Pictures of what a journey saw, for people to look at: drawn only with PICTURES=1, since nobody opens those of a usual run. */
import type { Locator, Page } from '@playwright/test'

const kept = process.env.PICTURES === '1'

/** `name`: path under `test-results`, e.g. `gallery/tiles.png`. */
export async function keepPicture(of: Page | Locator, name: string, how: { readonly fullPage?: boolean } = {}): Promise<void> {
  if (kept) await of.screenshot({ path: `test-results/${name}`, ...how })
}

/** At both sizes of 16:9, as `<name>-1080.png` and `<name>-2160.png`; the page is left at the smaller one. */
export async function keepPictures(page: Page, name: string): Promise<void> {
  if (!kept) return
  for (const height of [2160, 1080]) {
    await page.setViewportSize({ width: (height * 16) / 9, height })
    await page.evaluate(() => scrollTo(0, 0))
    await keepPicture(page, `${name}-${height}.png`)
  }
}
