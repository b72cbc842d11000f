/** A demo city with its simulator and one open wall, whose processes the tests stop and kill. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, expect, type Locator, type Page } from '@playwright/test'
import { type Demo, end, loadDemo, startServer, startSimulator } from './product.ts'

/** What fails shows within this time, milliseconds. */
export const SHOWN = 10_000
/** A source is asked to beat every 3 s and given 8 s. */
export const SOURCE_SHOWN = 12_000
/** After the return of what failed the wall is right again within this time. */
export const HEALED = 5_000

export class FaultyWall {
  server: ChildProcess
  simulator: ChildProcess
  readonly demo: Demo
  readonly page: Page

  private constructor(demo: Demo, server: ChildProcess, simulator: ChildProcess, page: Page) {
    this.demo = demo
    this.server = server
    this.simulator = simulator
    this.page = page
  }

  /** `query` of the wall: without pictures, which take most of what a wall costs, unless they are what is lost. */
  static async open(browser: Browser, query = '?shield=1'): Promise<FaultyWall> {
    const demo = await loadDemo()
    const server = await startServer(demo.env)
    const wall = new FaultyWall(demo, server, startSimulator(demo.env), await browser.newPage())
    try {
      await wall.page.goto(wall.access.wallUrl.replace('/wall#', `/wall${query}#`))
      await expect(wall.link).toHaveAttribute('data-state', 'live')
      await expect(wall.link).toContainText('1 / 1')
    } catch (error) {
      await wall.close()
      throw error
    }
    return wall
  }

  async close(): Promise<void> {
    await this.page.close()
    await end(this.simulator)
    await end(this.server)
    await this.demo.remove()
  }

  get access() {
    return JSON.parse(readFileSync(join(this.demo.dataDir, 'demo-access.json'), 'utf8'))
  }
  /** Tells the state of the link and counts the sources. */
  get link(): Locator {
    return this.page.getByTestId('link-state')
  }
  get banner(): Locator {
    return this.page.getByTestId('link-banner')
  }
  async cursor(): Promise<number> {
    return Number(await this.page.getByTestId('wall').getAttribute('data-cursor'))
  }
}
