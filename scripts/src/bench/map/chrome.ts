/** Debian's Chromium, driven by the playwright that the pages' tests use, and how much CPU and heap it takes. */
import { createRequire } from 'node:module'
import { cpuSeconds, family } from '../machine.ts'

/** The little of playwright that is used here; its types live in another room. */
interface Cdp {
  send(method: string, params?: object): Promise<unknown>
}
interface BrowserServer {
  process(): { readonly pid?: number }
  wsEndpoint(): string
  close(): Promise<void>
}
export interface Page {
  goto(url: string): Promise<unknown>
  evaluate<T>(expression: string): Promise<T>
  context(): { newCDPSession(page: Page): Promise<Cdp> }
  on(event: 'pageerror', heard: (error: Error) => void): void
}
interface Chromium {
  launchServer(options: object): Promise<BrowserServer>
  connect(endpoint: string): Promise<{ newPage(options: object): Promise<Page>; close(): Promise<void> }>
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Chrome {
  readonly page: Page
  readonly cdp: Cdp
  /** CPU seconds of the browser and all its processes so far. */
  cpu(): number
  /** Bytes that live after a collection: objects, what the engine keeps for them, and typed arrays. */
  heap(): Promise<number>
  close(): Promise<void>
}

export async function startChrome(width: number, height: number): Promise<Chrome> {
  const require = createRequire(new URL('../../../../web/package.json', import.meta.url))
  const { chromium } = require('@playwright/test') as { chromium: Chromium }
  const server = await chromium.launchServer({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ARGS })
  const browser = await chromium.connect(server.wsEndpoint())
  const page = await browser.newPage({ viewport: { width, height } })
  page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`))
  const cdp = await page.context().newCDPSession(page)
  const pid = server.process().pid as number
  return {
    page,
    cdp,
    cpu: () => family(pid).reduce((sum, one) => sum + cpuSeconds(one.pid), 0),
    async heap() {
      // What only a finalizer kept alive goes with the second collection.
      for (let i = 0; i < 2; i++) await cdp.send('HeapProfiler.collectGarbage')
      const usage = (await cdp.send('Runtime.getHeapUsage')) as Record<'usedSize' | 'embedderHeapUsedSize' | 'backingStorageSize', number>
      return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0)
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}
