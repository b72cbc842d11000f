/** A gateway process is killed while a tile plays from it: the picture goes on out of another one within five seconds. */
import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
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

const shownFrames = (): number =>
  document.querySelector<HTMLVideoElement>('[data-testid="camera-tile"] video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0

/** Looks at the frames that are shown, as an eye does: when they last moved, and how long at most they did not. */
function watchFrames(): void {
  const seen = { frames: -1, at: performance.now(), longest: 0, states: [] as string[] }
  Object.assign(window, { seen })
  const timer = setInterval(() => {
    if ((window as unknown as { seen: object }).seen !== seen) return clearInterval(timer)
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
}

/** Kills the process whose pictures the page shows; gives the one that goes on with the camera. */
async function kill(page: Page, holder: ChildProcess): Promise<ChildProcess> {
  await page.evaluate(watchFrames)
  const killed = Date.now()
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const heir = programs.slice(1).find((program) => program !== holder && program.exitCode === null && !program.killed) as ChildProcess
  await expect.poll(() => pictures(heir), { timeout: BACK }).toBeGreaterThan(0)
  type Seen = { seen: { longest: number; at: number; states: string[] } }
  const stood = () => page.evaluate(() => (window as unknown as Seen).seen.longest)
  const sinceMoved = () => page.evaluate(() => performance.now() - (window as unknown as Seen).seen.at)
  await expect.poll(stood, { timeout: BACK, intervals: [50] }).toBeGreaterThan(300)
  await expect.poll(sinceMoved, { timeout: BACK, intervals: [50] }).toBeLessThan(300)
  await page.waitForTimeout(Math.max(0, killed + BACK + 1_000 - Date.now()))
  const { longest, states } = await page.evaluate(() => (window as unknown as Seen).seen)
  console.log(`the picture stood for ${Math.round(longest)} ms; the tile said ${states.join(', ')}`)
  expect(longest).toBeLessThan(BACK)
  await expect(page.getByTestId('camera-tile')).toHaveAttribute('data-state', 'live')
  return heir
}

test('kill -9 of the gateway process that has the camera, at its first picture and later on: each time the tile’s picture moves again within five seconds', async ({
  page,
}) => {
  const { wallUrl } = JSON.parse(readFileSync(join(demo.dataDir, 'demo-access.json'), 'utf8'))
  await page.goto(wallUrl.replace('/wall#', '/wall?tiles=1#'))
  await expect(page.getByTestId('camera-tile')).toHaveCount(1)
  const opening = () => programs.slice(1).find(pictures)
  await expect.poll(() => opening() !== undefined, { timeout: 40_000, intervals: [20] }).toBe(true)
  const first = opening() as ChildProcess
  await page.waitForFunction(shownFrames)
  const second = await kill(page, first)
  programs.push(await startGateway(demo.env, 'three'))
  await kill(page, second)
})
