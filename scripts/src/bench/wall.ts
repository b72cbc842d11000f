/** G5 and G9: from a report's POST to the painted wall, and what a cold wall loads before its map stands, in a real browser. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AccessStore } from '@orchid/server/commands/access-store'
import { Bodies } from './entries.ts'
import { type Goal, median, type Result } from './goal.ts'
import { Histogram } from './histogram.ts'
import { HttpSender } from './http-sender.ts'
import type { Effort } from './ingest.ts'
import { quietly } from './machine.ts'
import { type Chrome, startChrome } from './map/chrome.ts'
import { CITY, openPrepared, type Product, startProduct } from './product.ts'

const RATE = 50
const PIXEL = 150
const FIRST_PICTURE = 2_500
const SCRIPT = 350_000
const DATA = 1_500_000

/** In the page, before its own first line: when the map first shows something, and at which moment each cursor was on the screen. */
const WATCH = `{
  globalThis.painted = []
  let last = 0
  const look = () => {
    const wall = document.querySelector('[data-testid="wall"]')
    const cursor = Number(wall?.dataset.cursor ?? 0)
    if (globalThis.mapAt === undefined) {
      const canvas = document.querySelector('[data-testid="map"] canvas')
      if (canvas?.width && cursor > 0) {
        const { data } = canvas.getContext('2d').getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1)
        if (data[3]) globalThis.mapAt = performance.now()
      }
    }
    // The rows of this cursor were drawn by this frame; it is shown when the next one begins.
    if (cursor > last) {
      last = cursor
      requestAnimationFrame(() => globalThis.painted.push([cursor, Date.now()]))
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}`

interface Cold {
  readonly mapAt: number
  readonly script: number
  readonly data: number
}

async function open(product: Product, code: string): Promise<{ chrome: Chrome; cold: Cold }> {
  const chrome = await startChrome(1920, 1080)
  await chrome.cdp.send('Page.enable')
  await chrome.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: WATCH })
  await chrome.page.goto(`${product.server.base}/wall#pair=${code}`)
  for (const end = performance.now() + 30_000; !(await chrome.page.evaluate<boolean>('globalThis.mapAt !== undefined')); await sleep(50))
    if (performance.now() > end) throw new Error('the map did not show within 30 s')
  const cold = await chrome.page.evaluate<Cold>(`(() => {
    const sum = (of) => performance.getEntriesByType('resource').filter((r) => r.responseEnd <= globalThis.mapAt && of(r.name))
      .reduce((bytes, r) => bytes + r.encodedBodySize, 0)
    return { mapAt: globalThis.mapAt, script: sum((name) => name.endsWith('.js')), data: sum((name) => name.includes('/api/tables/')) }
  })()`)
  return { chrome, cold }
}

async function pixels(product: Product, chrome: Chrome, seconds: number, prefix: string): Promise<Histogram> {
  const bodies = new Bodies({ prefix, where: product.where }, 1, ['hazard', 'person', 'person', 'person', 'person'])
  const sender = new HttpSender(
    `${product.server.base}/api/patrol/events`,
    { 'content-type': 'application/json', authorization: `Bearer ${product.writeToken}` },
    20,
  )
  const sent: { seq: number; at: number }[] = []
  const one = async (): Promise<void> => {
    const at = Date.now()
    const { status, body } = await sender.post(bodies.next())
    const [result] = (JSON.parse(body.toString()) as { results: { seq: number }[] }).results
    if (status !== 201 || !result) throw new Error(`a report was answered with ${status}`)
    sent.push({ seq: result.seq, at })
  }
  await chrome.page.evaluate('void (globalThis.painted.length = 0)')
  const posts: Promise<void>[] = []
  const from = performance.now()
  for (let i = 0; i < seconds * RATE; i++) {
    await sleep(Math.max(0, from + (i * 1000) / RATE - performance.now()))
    posts.push(one())
  }
  await Promise.all(posts)
  await sleep(1_500)
  sender.close()
  const painted = await chrome.page.evaluate<[number, number][]>('globalThis.painted')
  const took = new Histogram()
  for (const { seq, at } of sent) {
    const shown = painted.find(([cursor]) => cursor >= seq)
    took.add(shown ? shown[1] - at : Number.POSITIVE_INFINITY)
  }
  return took
}

export async function runWall({ seconds, rounds, tries }: Effort): Promise<Result> {
  const product = await startProduct()
  try {
    const journal = await openPrepared(product.dataDir, product.redis.url)
    const code = await new AccessStore(journal.store).addPairing({ name: 'bench', area: CITY, reusable: true })
    await journal.close()
    const colds: Cold[] = []
    const p50s: number[] = []
    const p99s: number[] = []
    let busy = 0
    for (let round = 0; round < rounds; round++) {
      const measured = await quietly(tries, async () => {
        const { chrome, cold } = await open(product, code)
        try {
          // Pictures begin to play meanwhile, as on a real wall.
          await sleep(6_000)
          return { cold, took: await pixels(product, chrome, seconds, `wall-${process.pid}-${round}-${Date.now() % 1e6}`) }
        } finally {
          await chrome.close()
        }
      })
      busy = Math.max(busy, measured.busy)
      colds.push(measured.value.cold)
      p50s.push(measured.value.took.quantile(0.5))
      p99s.push(measured.value.took.quantile(0.99))
    }
    const most = (id: string, what: string, value: number, unit: string, limit: number, wanted: string): Goal => ({
      id,
      what,
      value,
      unit,
      goal: wanted,
      met: value <= limit,
      busy,
    })
    const of = (field: keyof Cold): number => median(colds.map((cold) => cold[field]))
    return {
      goals: [
        most('G5', `POST to painted wall at ${RATE} reports/s, p99`, median(p99s), 'ms', PIXEL, `≤ ${PIXEL} ms`),
        most('G9', 'cold wall: map shows', of('mapAt'), 'ms', FIRST_PICTURE, `≤ ${FIRST_PICTURE} ms`),
        most('G9', 'cold wall: script before the map shows, compressed', of('script') / 1000, 'kB', SCRIPT / 1000, `≤ ${SCRIPT / 1000} kB`),
        most('G9', 'cold wall: tables on the wire, compressed', of('data') / 1000, 'kB', DATA / 1000, `≤ ${DATA / 1000} kB`),
      ],
      figures: [{ what: 'POST to painted wall, p50', value: median(p50s), unit: 'ms' }],
    }
  } finally {
    await product.stop()
  }
}
