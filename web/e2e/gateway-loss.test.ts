/** A gateway process is killed while a tile plays from it: the picture goes on out of another one within five seconds. */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { test } from './city.ts'
import { type Demo, end, loadDemo, startGateway, startServer } from './product.ts'

const BACK = 5_000

let demo: Demo
let programs: ChildProcess[] = []
test.beforeAll(async () => {
  demo = await loadDemo()
  programs = [await startServer({ ...demo.env, GATEWAY: 'processes' })]
  programs.push(...(await Promise.all(['one', 'two'].map((name) => startGateway(demo.env, name)))))
})
test.afterAll(async () => {
  for (const program of programs.reverse()) await end(program)
  await demo?.remove()
})

/** Processes that draw pictures for it. */
const pictures = ({ pid }: ChildProcess): number => {
  try {
    return execFileSync('pgrep', ['-c', '-P', String(pid), 'ffmpeg'], { encoding: 'utf8' }).trim() === '0' ? 0 : 1
  } catch {
    // It says by its exit code that there are none.
    return 0
  }
}

test('kill -9 of the gateway process that has the camera: the tile’s picture moves again within five seconds', async ({ page }) => {
  const { wallUrl } = JSON.parse(readFileSync(join(demo.dataDir, 'demo-access.json'), 'utf8'))
  await page.goto(wallUrl.replace('/wall#', '/wall?tiles=1#'))
  const tile = page.getByTestId('camera-tile')
  await expect(tile).toHaveCount(1)
  await expect(tile).toHaveAttribute('data-state', 'live', { timeout: 40_000 })
  const holder = programs.slice(1).find(pictures) as ChildProcess
  // Looks at the frames that are shown, as an eye does: when they last moved, and how long at most they did not.
  await page.evaluate(() => {
    const seen = { frames: -1, at: performance.now(), longest: 0, states: [] as string[] }
    Object.assign(window, { seen })
    setInterval(() => {
      const [video] = document.querySelectorAll<HTMLVideoElement>('[data-testid="camera-tile"] video')
      const state = document.querySelector<HTMLElement>('[data-testid="camera-tile"]')?.dataset.state ?? ''
      if (seen.states.at(-1) !== state) seen.states.push(state)
      const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? -1
      const now = performance.now()
      seen.longest = Math.max(seen.longest, now - seen.at)
      if (frames === seen.frames) return
      seen.frames = frames
      seen.at = now
    }, 20)
  })
  const killed = Date.now()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const heir = programs.slice(1).find((program) => program !== holder) as ChildProcess
  await expect.poll(() => pictures(heir), { timeout: BACK }).toBeGreaterThan(0)
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { seen: { longest: number } }).seen.longest), { timeout: BACK, intervals: [50] })
    .toBeGreaterThan(300)
  await expect
    .poll(() => page.evaluate(() => performance.now() - (window as unknown as { seen: { at: number } }).seen.at), {
      timeout: BACK,
      intervals: [50],
    })
    .toBeLessThan(300)
  await page.waitForTimeout(Math.max(0, killed + BACK + 1_000 - Date.now()))
  const { longest, states } = await page.evaluate(() => (window as unknown as { seen: { longest: number; states: string[] } }).seen)
  console.log(`the picture stood for ${Math.round(longest)} ms; the tile said ${states.join(', ')}`)
  expect(longest).toBeLessThan(BACK)
  await expect(tile).toHaveAttribute('data-state', 'live')
})
