/** Every text of the live wall, at every shape a wall has: large enough, whole, alone in its place, and on the screen. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, type WebSocketRoute } from '@playwright/test'
import { seriousFaults } from './accessibility.ts'
import { auditPage } from './audit-page.ts'
import { test } from './city.ts'
import { keepPicture } from './keep-picture.ts'
import { SMALL_SHAPES } from './shapes.ts'

test.describe.configure({ mode: 'serial' })

const FLOOR = 0.8
/** What may end in an ellipsis: titles as people typed them, places, and the names of cameras. */
const MAY_SHORTEN = [
  '[data-testid="incident-feed"] .title',
  '[data-testid="incident-feed"] .sub',
  '[data-testid="urgent-cell"] .title',
  'figcaption .name',
  '.ultra .title',
  '.ultra li span',
]
const base = (): string => process.env.E2E_BASE as string
const access = () => JSON.parse(readFileSync(join(process.env.E2E_DATA_DIR as string, 'demo-access.json'), 'utf8'))
const faults: string[] = []
let page: Page

/** What makes a wall hard to set: the longest titles there can be, in all levels, in several places. */
async function report(): Promise<void> {
  const token = (name: string): string => access().tokens.find((t: { name: string }) => t.name === name).token
  const rows = await (
    await fetch(`${base()}/api/tables/grids?limit=1000`, { headers: { authorization: `Bearer ${token('viewer')}` } })
  ).json()
  const long = '临街商铺二楼出租房外墙空调外机支架锈蚀松动有坠落危险且下方为学校放学必经通道并有电动车占道停放请尽快处置'
  const entries = (['red', 'yellow', 'green'] as const).flatMap((level, i) =>
    [0, 1].map((n) => ({
      id: `audit-${process.pid}-${level}-${n}`,
      kind: n && level === 'green' ? 'dispute' : 'hazard',
      level,
      grid: rows.rows[(i * 2 + n) * 120][0],
      occurredAt: new Date().toISOString(),
      title: n ? `${level} 楼道堆物` : long,
    })),
  )
  const response = await fetch(`${base()}/api/patrol/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token('intake')}`, 'content-type': 'application/json' },
    body: JSON.stringify(entries),
  })
  expect([200, 201]).toContain(response.status)
}

/** Opens the wall with its rows: before they come it may stand as still as after. */
async function open(query: string): Promise<void> {
  await page.goto(`${base()}/wall${query}`)
  await expect.poll(async () => Number(await page.getByTestId('wall').getAttribute('data-cursor'))).toBeGreaterThan(0)
  // The scene of a visit marks no incident.
  await expect(
    page
      .getByTestId('map')
      .locator(query.includes('scene=visit') ? '.name' : '.mark')
      .first(),
  ).toBeVisible()
  await expect(page.getByTestId('camera-tile').first()).toBeVisible()
}

/** The page has been laid out anew, and what is placed by measuring has been placed: nothing has moved for a third of a second. */
async function settled(): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    const places = (): string =>
      [...document.querySelectorAll('main *')]
        .map((element) => element.getBoundingClientRect())
        .map(({ left, top, width, height }) => [left, top, width, height].map(Math.round).join())
        .join(';')
    const until = performance.now() + 3_000
    let before = ''
    let since = performance.now()
    while (performance.now() < until && performance.now() - since < 300) {
      // Sizes are measured when a frame is drawn: on a busy machine that takes longer than any timer.
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
      const now = places()
      if (now !== before) since = performance.now()
      before = now
    }
  })
}

async function looksWell(): Promise<void> {
  await settled()
  const { count, shortened, ...found } = await page.evaluate(auditPage, { floor: FLOOR, mayShorten: MAY_SHORTEN })
  expect(count).toBeGreaterThan(80)
  expect(found).toEqual({ small: [], clipped: [], outside: [], overlapping: [], mute: [] })
  for (const text of shortened) expect(text).toMatch(/⟨.+⟩$/)
}

test.beforeAll(async ({ browser }) => {
  await report()
  page = await (await browser.newContext()).newPage()
  page.on(
    'console',
    (message) => message.type() === 'error' && !/favicon|status of 401/.test(message.text()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(error.message))
  page.on(
    'request',
    (request) =>
      !request.url().startsWith(base()) && !/^(data|blob):/.test(request.url()) && faults.push(`foreign request ${request.url()}`),
  )
  await page.addInitScript(() => {
    const moved: { value: number; what: string[] }[] = []
    Object.assign(window, { moved })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Node }[] })[])
        moved.push({
          value: entry.value,
          what: entry.sources.map(({ node }) => (node instanceof Element ? node.className.toString() : '')),
        })
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(access().wallUrl)
  await expect(page.getByTestId('wall')).toBeVisible()
})
test.afterAll(() => page?.context().close())

test('while the wall loads nothing moves, and nothing at all once it stands', async () => {
  await open('')
  await settled()
  const moved = () => page.evaluate(() => (window as unknown as { moved: { value: number; what: string[] }[] }).moved)
  const loading = await moved()
  expect(
    loading.reduce((sum, { value }) => sum + value, 0),
    JSON.stringify(loading),
  ).toBeLessThan(0.02)
  await page.waitForTimeout(1_500)
  const standing = (await moved()).slice(loading.length)
  expect(
    standing.reduce((sum, { value }) => sum + value, 0),
    JSON.stringify(standing),
  ).toBeLessThan(0.001)
})

for (const [shape, width, height] of [
  ['16:9', 1920, 1080],
  ['16:9 at twice the pixels', 3840, 2160],
  ['21:9', 2560, 1080],
  ['4:3', 1600, 1200],
  ['16:10', 1920, 1200],
] as const)
  test(`${shape}, ${width}×${height}: every text is large enough, whole, alone and on the screen`, async () => {
    await page.setViewportSize({ width, height })
    await looksWell()
  })

test('32:9, 7680×2160: the same, with twelve cameras and the panels that only this wall has', async () => {
  await page.setViewportSize({ width: 7680, height: 2160 })
  await open('')
  await expect(page.getByTestId('camera-tile')).toHaveCount(12)
  await looksWell()
})

test('with 41 rows for far seats, 16:9 and 4:3: every text is large enough, whole, alone and on the screen', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open('?rows=41')
  await looksWell()
  await page.setViewportSize({ width: 1600, height: 1200 })
  await looksWell()
})

test('in English: every text is large enough, whole, alone and on the screen', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open('?lang=en')
  await looksWell()
})

test('between three displays the same, and no text and no picture of the columns lies across a bezel', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open('?seams=33.3,66.7&shield=1')
  await looksWell()
  const across = await page.evaluate(() => {
    const seams = [0.333, 0.667].map((share) => share * innerWidth)
    const boxes = [...document.querySelectorAll('.panel, .lede, [data-testid="camera-tile"], .bar .name, .bar .left > *, .bar .right > *')]
    return boxes.filter((e) => {
      const { left, right } = e.getBoundingClientRect()
      return seams.some((x) => x > left + 1 && x < right - 1)
    }).length
  })
  expect(across).toBe(0)
})

async function looksWellIn(): Promise<void> {
  for (const [width, height] of SMALL_SHAPES)
    await test.step(`${width}×${height}`, async () => {
      await page.setViewportSize({ width, height })
      await looksWell()
    })
}

test('one bezel in the middle of the map: no name, number, callout, legend or inset lies across it', async () => {
  await page.setViewportSize({ width: 1920, height: 1080 })
  await open('?seams=50&shield=1')
  await looksWell()
  const across = await page.evaluate(() => {
    const read = document.querySelectorAll('.marks > :is(.name, .callout, .mark), .map-view > :is(.legend, .inset), .bar .name')
    return [...read].filter((e) => {
      const { left, right } = e.getBoundingClientRect()
      return left + 1 < innerWidth / 2 && right - 1 > innerWidth / 2
    }).length
  })
  expect(across).toBe(0)
})

/** A wall whose live socket can fall silent: at once, or after one more beat that comes `ahead` of the rows, as if they had been old before. */
async function openLosing(losing: Page): Promise<(ahead?: number) => void> {
  let silent = false
  let ahead: number | undefined
  /** A wall that has come back by itself listens to this one; what the one before still gets is heard by nobody. */
  let newest: WebSocketRoute | undefined
  await losing.routeWebSocket(/socket\.io/, (socket) => {
    newest = socket
    const server = socket.connectToServer()
    socket.onMessage((message) => {
      if (!silent) server.send(message)
    })
    server.onMessage((message) => {
      if (silent) return
      const text = String(message)
      if (ahead === undefined || socket !== newest || !text.includes('"beat"')) {
        socket.send(message)
        return
      }
      silent = true
      const more = (key: string, by: number) => (_: string, value: string) => `"${key}":${Number(value) + by}`
      socket.send(text.replace(/"serverTime":(\d+)/, more('serverTime', ahead)).replace(/"head":(\d+)/, more('head', 1_000)))
    })
  })
  await open('?shield=1')
  return (by) => {
    ahead = by
    silent = by === undefined
  }
}

/** Walls that have lost their link, with the state their panels come to; they fall silent while the scenes are looked at. */
const silent: [Page, 'stale' | 'offline'][] = []

test('two walls stand, and their sockets fall silent, one with rows of six minutes ago', async () => {
  const standing = page
  for (const state of ['stale', 'offline'] as const) {
    page = await standing.context().newPage()
    silent.push([page, state])
    // Opened as wide as the widest, so that it holds all rows.
    await page.setViewportSize({ width: 3840, height: 1080 })
    const fall = await openLosing(page)
    fall(state === 'offline' ? 6 * 60_000 : undefined)
  }
  page = standing
  await page.bringToFront()
})

for (const scene of ['flood', 'visit'])
  test(`the scene ${scene}: the same at every shape`, async () => {
    // As wide as the widest, so that it holds all rows.
    await page.setViewportSize({ width: 3840, height: 1080 })
    await open(`?scene=${scene}&shield=1`)
    // Only the page in front draws at its full rate.
    await page.bringToFront()
    await expect(page.getByTestId('scene')).toHaveAttribute('data-scene', scene)
    await looksWellIn()
    // Contrast and the rest do not depend on the shape.
    expect(await seriousFaults(page)).toEqual([])
  })

test('4:3 with 41 rows, the scene flood: every text is large enough, whole, alone and on the screen', async () => {
  await page.setViewportSize({ width: 1600, height: 1200 })
  await open('?scene=flood&rows=41&shield=1')
  await expect(page.getByTestId('scene')).toHaveAttribute('data-scene', 'flood')
  await looksWell()
})

test('the link is lost, for seconds and for minutes: the same at every shape', async () => {
  test.setTimeout(120_000)
  const standing = page
  try {
    for (const [losing, state] of silent) {
      page = losing
      await page.bringToFront()
      await expect(page.locator('.hazards')).toHaveAttribute('data-state', state, { timeout: 25_000 })
      await looksWellIn()
      await keepPicture(page, `wall-${state}.png`)
      if (state === 'stale') expect(await seriousFaults(page, ['color-contrast'])).toEqual([])
    }
  } finally {
    page = standing
    for (const [losing] of silent) await losing.close()
  }
})

test('all the while no console error and no request to another host', () => expect(faults).toEqual([]))
