/** A demo city of a journey's own: its access, calls of its machines, and a wall opened by the printed address. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { type Demo, end, loadDemo, startServer } from './product.ts'

interface Access {
  readonly accounts: { account: string; password: string; role: string }[]
  readonly tokens: { name: string; token: string }[]
  readonly wallUrl: string
}

export class City {
  readonly access: Access
  readonly #demo: Demo
  #server: ChildProcess
  #n = 0

  private constructor(demo: Demo, server: ChildProcess) {
    this.#demo = demo
    this.#server = server
    this.access = JSON.parse(readFileSync(join(demo.dataDir, 'demo-access.json'), 'utf8'))
  }

  /** The demo city as it was loaded, with these settings. */
  static async start(settings: NodeJS.ProcessEnv = {}): Promise<City> {
    const demo = await loadDemo()
    return new City(demo, await startServer({ ...demo.env, ...settings }))
  }

  async stop(): Promise<void> {
    await end(this.#server)
    await this.#demo.remove()
  }

  /** The same city with other settings. */
  async restart(env: NodeJS.ProcessEnv): Promise<void> {
    await end(this.#server)
    this.#server = await startServer({ ...this.#demo.env, ...env })
  }

  get base(): string {
    return this.#demo.base
  }

  id(): string {
    return `e2e-${process.pid}-${++this.#n}`
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of many routes; each test says what it expects of them.
  async call(path: string, name: string, body?: unknown): Promise<{ status: number; json: any }> {
    const token = this.access.tokens.find((one) => one.name === name)?.token
    const response = await fetch(this.base + path, {
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
    return { status: response.status, json: await response.json() }
  }

  async grids(): Promise<string[]> {
    const { json } = await this.call('/api/tables/grids?limit=1000', 'viewer')
    return json.rows.map(([code]: [string]) => code)
  }

  /** The wall as a stranger opens it; `query` stands before the pairing code. Resolves when rows are there. Decoders cost as much as all the rest of a page: journeys that are not about pictures pass `?shield=1`. */
  async openWall(page: Page, query = ''): Promise<void> {
    await page.goto(this.access.wallUrl.replace('/wall#', `/wall${query}#`))
    await expect(page.getByTestId('wall')).toBeVisible()
    await expect.poll(async () => Number(await page.getByTestId('wall').getAttribute('data-cursor'))).toBeGreaterThan(0)
  }
}

/**
 * `city`: one for all journeys of a worker that need no special settings and mind nothing that others did before them; what they set
 * for a wall they set back. A server's start costs as much as opening three walls.
 */
export const test = base.extend<object, { city: City }>({
  city: [
    async ({ browser: _ }, use) => {
      const city = await City.start({ CAMERAS_AHEAD: '8' })
      await use(city)
      await city.stop()
    },
    { scope: 'worker' },
  ],
})
