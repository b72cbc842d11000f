/** The script that plays and measures, built from the product's own player, in an empty page of the server whose pictures it plays. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Chrome, startChrome } from '../map/chrome.ts'
import { folder } from '../processes.ts'

const WEB = fileURLToPath(new URL('../../../../web/', import.meta.url))

/** Resolves with the script's text. */
export async function buildScript(): Promise<string> {
  const into = folder('video-page')
  const args = [
    join(WEB, 'node_modules/vite/bin/vite.js'),
    'build',
    '--config',
    'bench/video/vite.config.ts',
    '--outDir',
    into,
    '--emptyOutDir',
  ]
  const child = spawn(process.execPath, [...args, '--logLevel', 'warn'], { cwd: WEB, stdio: ['ignore', 2, 2] })
  const code = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', done)
  })
  if (code !== 0) throw new Error(`the script was not built: vite ended with ${code}`)
  return readFile(join(into, 'video.js'), 'utf8')
}

/** One player in the page. Times are epoch milliseconds by this machine's clock. */
export interface Tile {
  /** Milliseconds from the wish to play to the first frame shown. */
  first(): Promise<number>
  frames(): Promise<readonly (readonly [at: number, number: number])[]>
  states(): Promise<readonly (readonly [at: number, state: string])[]>
  stop(): Promise<void>
}

export interface VideoPage {
  /** Our tile's player. */
  ours(camera: string): Promise<Tile>
  /** As when the pointer rests on the camera. Rejects when it is not opened. */
  ahead(camera: string): Promise<void>
  /** hls.js over plain HTTP. */
  plain(url: string, settings: object): Promise<Tile>
  close(): Promise<void>
}

/** `base`: an address without a path; `pairing`: code of a wall, where the server wants one. */
export async function openPage(script: string, base: string, pairing?: string): Promise<VideoPage> {
  const chrome: Chrome = await startChrome(1920, 1080)
  const { page } = chrome
  await page.goto(`${base}/healthz`)
  if (pairing !== undefined) {
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: pairing }) }
    const status = await page.evaluate<number>(`fetch('/api/session/wall', ${JSON.stringify(request)}).then(({ status }) => status)`)
    if (status >= 300) throw new Error(`the wall was not paired: ${status}`)
  }
  await page.evaluate(`(() => {${script}})()`)
  const tile = (index: number): Tile => ({
    first: () => page.evaluate(`bench.first(${index})`),
    frames: () => page.evaluate(`bench.frames(${index})`),
    states: () => page.evaluate(`bench.states(${index})`),
    stop: () => page.evaluate(`bench.stop(${index})`),
  })
  return {
    ours: async (camera) => tile(await page.evaluate(`bench.ours(${JSON.stringify(camera)})`)),
    async ahead(camera) {
      const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
      const path = `/api/cameras/${camera}/ahead`
      const { open } = await page.evaluate<{ open?: boolean }>(
        `fetch(${JSON.stringify(path)}, ${JSON.stringify(post)}).then((answer) => answer.json())`,
      )
      if (open !== true) throw new Error(`${camera} was not opened ahead of need`)
    },
    plain: async (url, settings) => tile(await page.evaluate(`bench.plain(${JSON.stringify(url)}, ${JSON.stringify(settings)})`)),
    close: () => chrome.close(),
  }
}
