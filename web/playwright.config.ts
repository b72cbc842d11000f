/** Journeys in a real browser against the real product, each worker with its own server on a free port. Debian's Chromium; nothing is downloaded. */
import { defineConfig } from '@playwright/test'

const TIMED = /(faults|gateway-loss|picture-loss)\.test\.ts/

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/product.ts',
  workers: 4,
  projects: [
    // Journeys wait as well: three keep two cores at work.
    { name: 'together', testIgnore: TIMED, workers: 3 },
    // What promises seconds waits most of its time: all four files side by side leave the cores enough, so that a promise is kept or broken by the
    // product and not by what else runs.
    { name: 'timed', testMatch: TIMED, dependencies: ['together'] },
  ],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    viewport: { width: 1920, height: 1080 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    launchOptions: {
      // The same browser without windows, address bar and their pages, which took half as much CPU again as ours.
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
