/** The long run: a server on a city without history, a wall behind a proxy that can be cut, steady visits, and a look at the wall every ten seconds. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AccessStore } from '@orchid/server/commands/access-store'
import { startChrome } from '../bench/map/chrome.ts'
import { CITY } from '../bench/product.ts'
import { makeGround } from '../chaos/ground.ts'
import { Link } from '../chaos/link.ts'
import { pick, type Random, seeded } from '../city/random.ts'
import { hazard, visit } from '../demo/titles.ts'
import type { Sample, Seen } from './judge.ts'

const BATCH = 4
/** 20 visits a second. */
const EVERY = 200
const INCIDENTS = 30
const SAMPLE_EVERY = 10_000
const RESTART_EVERY = 120_000
const CUT_EVERY = 45_000
const SCENE_EVERY = 30_000
/** Daily, flood, visit and back: by the keys that a person would press. */
const KEYS = ['F2', 'F1', 'F3', 'F3'] as const
/** Counts the websockets that are open, from before the page's own first line. */
const COUNT_SOCKETS = `{
  let open = 0
  globalThis.openSockets = () => open
  globalThis.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how)
      this.addEventListener('open', () => {
        open++
        this.addEventListener('close', () => open--, { once: true })
      }, { once: true })
    }
  }
}`
/** Panels whose numbers must be those of a fresh wall, by what stands in their heading. */
const PANELS = ['今日巡查', '乡镇街道', '未销号隐患', '闭环'] as const

export interface RunOptions {
  readonly minutes: number
  readonly seed: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export async function run({ minutes, seed, signal, say }: RunOptions): Promise<Seen> {
  const random = seeded(seed)
  let ports: readonly number[] = []
  const link = await Link.open('wall', () => ports)
  const ground = await makeGround(1, { PUBLIC_URL: link.base })
  const [node] = ground.nodes as [(typeof ground.nodes)[number]]
  ports = [node.port]
  const chrome = await startChrome(1920, 1080)
  const counts = { reports: 0, restarts: 0, cuts: 0, scenes: 0 }
  const errors: string[] = []
  const samples: Sample[] = []
  try {
    const token = await ground.token('soak', 'intake')
    const code = await new AccessStore(ground.journal.store).addPairing({ name: 'soak', area: CITY, reusable: true })
    const report = async (entries: readonly object[]): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${node.port}/api/patrol/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(entries),
        signal: AbortSignal.timeout(5_000),
      }).catch(() => undefined)
      // During a restart a few visits are not taken; what is compared are two walls, not wishes.
      if (answer?.ok) counts.reports += entries.length
    }
    const entry = numbered(seed, random, ground.grids)
    // The incidents stay open: so the wall holds as many rows at the end as at the beginning.
    await report(Array.from({ length: INCIDENTS }, (_, i) => entry(hazard(random, i < 2 ? 'red' : 'yellow'))))

    chrome.page.on('pageerror', (error) => errors.push(error.message))
    await chrome.cdp.send('Performance.enable')
    await chrome.cdp.send('Page.enable')
    await chrome.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: COUNT_SOCKETS })
    await chrome.page.goto(`${link.base}/wall#pair=${code}`)
    await until(async () => (await cursorOf(chrome.page)) > 0, 30_000, 'the wall showed nothing')
    await sleep(20_000, undefined, { signal })
    say('the wall stands; the run begins')

    const began = performance.now()
    const left = (): number => minutes * 60_000 - (performance.now() - began)
    const sending = (async () => {
      while (left() > 0 && !signal.aborted) {
        const pause = sleep(EVERY)
        await report(Array.from({ length: BATCH }, () => entry(visit(random))))
        await pause
      }
    })()
    const due = { sample: SAMPLE_EVERY, restart: RESTART_EVERY, cut: CUT_EVERY, scene: SCENE_EVERY }
    const isDue = (what: keyof typeof due, every: number): boolean => {
      if (performance.now() - began < due[what]) return false
      due[what] += every
      return true
    }
    while (left() > 0) {
      await sleep(500, undefined, { signal })
      if (isDue('cut', CUT_EVERY)) {
        counts.cuts++
        link.cut()
        await sleep(1_000 + random() * 3_000, undefined, { signal })
        link.restore()
      }
      if (isDue('restart', RESTART_EVERY)) {
        counts.restarts++
        await node.restart()
        await node.back()
      }
      if (isDue('scene', SCENE_EVERY)) await press(chrome, KEYS[counts.scenes++ % KEYS.length] as string)
      // Every other key leads back to the daily scene: only there are two looks alike.
      if (isDue('sample', SAMPLE_EVERY) && counts.scenes % 2 === 0) {
        const sample = await look(chrome, began)
        if (sample) samples.push(sample)
        if (samples.length % 6 === 0 && sample)
          say(
            `${(sample.at / 60).toFixed(0)} min: ${(sample.heap / 1024 / 1024).toFixed(2)} MB, ${sample.nodes} nodes, ${sample.listeners} listeners`,
          )
      }
    }
    await sending
    while (counts.scenes % KEYS.length !== 0) await press(chrome, KEYS[counts.scenes++ % KEYS.length] as string)
    const { seq: head } = await ground.journal.head()
    await until(async () => (await cursorOf(chrome.page)) >= head, 30_000, 'the old wall did not reach the head of the journal')
    const fresh = await startChrome(1920, 1080)
    try {
      await fresh.page.goto(`${link.base}/wall#pair=${code}`)
      await until(async () => (await cursorOf(fresh.page)) >= head, 30_000, 'the fresh wall did not reach the head of the journal')
      // A shown number is held for two seconds.
      await sleep(5_000)
      const [old, now] = [await textsOf(chrome.page), await textsOf(fresh.page)]
      const panels = PANELS.map((name) => ({ name, old: old[name] ?? 'no such panel', fresh: now[name] ?? 'missing' }))
      return { samples, panels, ...counts, errors }
    } finally {
      await fresh.close()
    }
  } finally {
    await chrome.close()
    await ground.stop()
    await link.close()
  }
}

type Chrome = Awaited<ReturnType<typeof startChrome>>
type Page = Chrome['page']

function numbered(seed: number, random: Random, grids: readonly string[]): (draft: object) => object {
  let n = 0
  return (draft) => ({ id: `soak-${seed}-${++n}`, grid: pick(random, grids), occurredAt: new Date().toISOString(), ...draft })
}

async function until(holds: () => Promise<boolean>, ms: number, otherwise: string): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); await sleep(200)) if (performance.now() > end) throw new Error(otherwise)
}

const cursorOf = (page: Page): Promise<number> =>
  page.evaluate<number>(`Number(document.querySelector('[data-testid="wall"]')?.dataset.cursor ?? 0)`)

/** Sees the wall as it is in quiet: only when the link is whole. */
async function look({ page, cdp, heap }: Chrome, began: number): Promise<Sample | undefined> {
  if ((await page.evaluate<string>(`document.querySelector('[data-testid="wall"]')?.dataset.link ?? ''`)) !== 'live') return undefined
  const bytes = await heap()
  const { metrics } = (await cdp.send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] }
  const metric = (name: string): number => metrics.find((m) => m.name === name)?.value ?? 0
  return {
    at: (performance.now() - began) / 1000,
    heap: bytes,
    nodes: metric('Nodes'),
    listeners: metric('JSEventListeners'),
    sockets: await page.evaluate<number>('globalThis.openSockets()'),
    videos: await living(cdp, 'HTMLVideoElement'),
    mediaSources: await living(cdp, 'MediaSource'),
  }
}

/** How many objects of a class live, whoever holds them. */
async function living(cdp: Chrome['cdp'], of: string): Promise<number> {
  const group = { objectGroup: 'living' }
  const send = async <T>(method: string, params: object): Promise<T> => (await cdp.send(method, params)) as T
  const { result } = await send<{ result: { objectId: string } }>('Runtime.evaluate', { expression: `${of}.prototype`, ...group })
  const { objects } = await send<{ objects: { objectId: string } }>('Runtime.queryObjects', {
    prototypeObjectId: result.objectId,
    ...group,
  })
  const count = { objectId: objects.objectId, functionDeclaration: 'function () { return this.length }', returnByValue: true }
  const { result: length } = await send<{ result: { value: number } }>('Runtime.callFunctionOn', count)
  await cdp.send('Runtime.releaseObjectGroup', group)
  return length.value
}

async function press({ cdp }: Chrome, key: string): Promise<void> {
  for (const type of ['keyDown', 'keyUp'])
    await cdp.send('Input.dispatchKeyEvent', { type, key, code: key.length === 1 ? `Key${key.toUpperCase()}` : key })
}

/** Texts of the panels by heading, without what tells an age: that goes on by itself. */
const textsOf = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(`Object.fromEntries([...document.querySelectorAll('section')].flatMap((section) => {
    const name = section.querySelector('h2')?.textContent?.trim()
    const lines = section.innerText.split('\\n').filter((line) => !/前|刚刚|最长|中位/.test(line))
    return name ? [[name, lines.join(' ')]] : []
  }))`)
