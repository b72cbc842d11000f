/** What is promised in seconds of pictures: one that stands is not said to be live within ten, and each plays again by itself. */
import { spawnSync } from 'node:child_process'
import { expect } from '@playwright/test'
import { test } from './city.ts'
import { FaultyWall, SHOWN } from './faulty-wall.ts'

let wall: FaultyWall
test.beforeAll(async ({ browser }) => {
  wall = await FaultyWall.open(browser, '')
})
test.afterAll(() => wall?.close())

const liveTiles = () => wall.page.locator('[data-testid="camera-tile"][data-state="live"]')
/** Whatever draws pictures for the server now stops drawing. */
const stopPictures = () => spawnSync('pkill', ['-STOP', '-P', String(wall.server.pid), 'ffmpeg'])

test('pictures stop coming: no tile goes on saying live, and each plays again by itself', async () => {
  await expect.poll(() => liveTiles().count(), { timeout: 40_000 }).toBe(4)
  // The server opens a silent camera again after two seconds, often before anybody sees its picture stand: what it opens stops as well.
  const stop = async (): Promise<number> => {
    stopPictures()
    return liveTiles().count()
  }
  await expect.poll(stop, { timeout: SHOWN, intervals: [100] }).toBe(0)
  await expect.poll(() => liveTiles().count(), { timeout: 20_000 }).toBe(4)
})
