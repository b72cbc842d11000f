/** Pictures under the map: at their place in every system, dark enough to read on, told in the legend, and no error on the wall when they cannot be had. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromWgs84, type LngLat, toBaiduMetres } from '@orchid/shared/kernel/geo'
import { expect, type Page } from '@playwright/test'
import { auditPage } from './audit-page.ts'
import { City, test } from './city.ts'
import { startFakeTianditu } from './fake-tianditu.ts'
import { plainPng, pmtiles, png, writeTile } from './tiles.ts'

test.describe.configure({ mode: 'serial' })

const KEY = 'f00dfeedf00dfeedf00dfeedf00dfeed'
const SOURCE = '测试瓦片 审图号 测试(2026)1号'
/** Far from each other, so that each symbol stands at its own place. */
const AROUND: readonly LngLat[] = [
  [119.46, 29.21],
  [119.73, 29.31],
  [119.34, 29.17],
]
/** The middle of the grids nearest to them, WGS 84. */
let points: readonly LngLat[]
const ZOOMS = [9, 10, 11, 12]
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 3840, height: 2160 },
]
let home: string
let city: City
let numbers: number[]

/** A position in tiles of a zoom, by the definitions of the two tilings. */
const PLACES = {
  WGS84: (z: number, at: LngLat) => mercator(z, at),
  GCJ02: (z: number, at: LngLat) => mercator(z, fromWgs84(at, 'GCJ02')),
  BD09: (z: number, at: LngLat) => mercator(z, fromWgs84(at, 'BD09')),
  BD09MC: (z: number, at: LngLat) => toBaiduMetres(at).map((metres) => metres / (256 * 2 ** (18 - z))) as [number, number],
} as const
type System = keyof typeof PLACES
function mercator(z: number, [lng, lat]: LngLat): [number, number] {
  const rad = (lat * Math.PI) / 180
  return [(2 ** z * (lng + 180)) / 360, (2 ** z * (1 - Math.asinh(Math.tan(rad)) / Math.PI)) / 2]
}

/** Light tiles of the county in a system, with a black dot at each point. */
function draw(crs: System, write: (z: number, x: number, y: number, bytes: Buffer) => void): void {
  const blank = plainPng(242)
  for (const z of ZOOMS) {
    const place = (at: LngLat): [number, number] => PLACES[crs](z, at)
    const corners = [place([118.9, 28.8]), place([120.2, 29.8])]
    const [xs, ys] = [corners.map(([x]) => Math.floor(x)), corners.map(([, y]) => Math.floor(y))]
    const dots = points.map(place)
    for (let x = Math.min(...xs); x <= Math.max(...xs); x++)
      for (let y = Math.min(...ys); y <= Math.max(...ys); y++) {
        const near = dots.map(([dx, dy]): [number, number] => [(dx - x) * 256, (crs === 'BD09MC' ? y + 1 - dy : dy - y) * 256])
        const touched = near.some(([px, py]) => px > -8 && py > -8 && px < 264 && py < 264)
        const dot = (px: number, py: number): boolean => near.some(([dx, dy]) => Math.hypot(px + 0.5 - dx, py + 0.5 - dy) < 5)
        write(z, x, y, touched ? png(256, (px, py) => (dot(px, py) ? [0, 0, 0] : [242, 242, 242])) : blank)
      }
  }
}

test.beforeAll(async () => {
  test.setTimeout(120_000)
  home = mkdtempSync(join(tmpdir(), 'orchid-base-'))
  const elsewhere = join(home, 'elsewhere')
  writeTile(elsewhere, 10, 1, 1, plainPng(200))
  city = await City.start({ BASE_TILES: elsewhere })
  const { json } = await city.call('/api/tables/grids?limit=1000', 'viewer')
  const grids = (json.rows as [string, { centroid: LngLat }][]).map(([code, { centroid }]) => ({ code, centroid }))
  const nearest = ([lng, lat]: LngLat) =>
    grids.reduce((a, b) =>
      Math.hypot(b.centroid[0] - lng, b.centroid[1] - lat) < Math.hypot(a.centroid[0] - lng, a.centroid[1] - lat) ? b : a,
    )
  const chosen = AROUND.map(nearest)
  points = chosen.map(({ centroid }) => centroid)
  const reports = chosen.map(({ code, centroid: [lng, lat] }) => ({
    id: city.id(),
    kind: 'hazard',
    level: 'red',
    grid: code,
    position: { lng, lat, crs: 'WGS84' },
    occurredAt: new Date().toISOString(),
    title: '底图对位',
  }))
  const ids = reports.map(({ id }) => id)
  expect((await city.call('/api/patrol/events', 'intake', reports)).status).toBe(201)
  const { json: incidents } = await city.call('/api/tables/incidents?limit=1000', 'viewer')
  numbers = ids.map(
    (id) => (incidents.rows as [string, { no: number; source: { id: string } }][]).find(([, row]) => row.source.id === id)?.[1].no ?? 0,
  )
})
test.afterAll(async () => {
  await city?.stop()
  rmSync(home, { recursive: true, force: true })
})

/** What must not be seen on a wall: errors, and requests to anybody else. */
function faultsOf(page: Page): string[] {
  const faults: string[] = []
  page.on(
    'console',
    (message) => message.type() === 'error' && !/favicon|status of 401/.test(message.text()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(city.base) && !/^(data|blob):/.test(request.url())) faults.push(`foreign request ${request.url()}`)
    if (request.url().includes(KEY)) faults.push('the key in an address')
  })
  return faults
}

const seen = (page: Page) => page.locator('.map-view[data-base="seen"]')

/** For each incident: pixels from its symbol to the middle of the dot that the pictures show near it. */
const offsets = (page: Page): Promise<number[]> =>
  page.evaluate((nos) => {
    const canvas = document.querySelector('.leaflet-tile-pane canvas') as HTMLCanvasElement
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    const origin = canvas.getBoundingClientRect()
    return nos.map((no) => {
      const mark = (document.querySelector(`.overlay .mark[data-no="${no}"] .shape`) as Element).getBoundingClientRect()
      const [x, y] = [mark.left + mark.width / 2 - origin.left, mark.top + mark.height / 2 - origin.top]
      const reach = 40
      const [left, top] = [Math.round(x) - reach, Math.round(y) - reach]
      const { data } = context.getImageData(left, top, 2 * reach, 2 * reach)
      let [sx, sy, n] = [0, 0, 0]
      for (let i = 0; i < data.length; i += 4) {
        if ((data[i] as number) < 50) continue
        sx += (i / 4) % (2 * reach)
        sy += Math.floor(i / 4 / (2 * reach))
        n++
      }
      return n ? Math.hypot(left + sx / n + 0.5 - x, top + sy / n + 0.5 - y) : Number.POSITIVE_INFINITY
    })
  }, numbers)

/** Every pixel of the base lies between the ground and patrolled land, texts stay legible and whole, and the legend names base, system and source. */
async function liesUnder(page: Page): Promise<void> {
  await expect(page.getByTestId('base-note')).toHaveText(`底图：本地瓦片GCJ-02 已纠偏${SOURCE}`)
  const painted = () =>
    page.evaluate(() => {
      const style = getComputedStyle(document.documentElement)
      const rgb = (token: string) =>
        [1, 3, 5].map((i) =>
          Number.parseInt(
            style
              .getPropertyValue(token)
              .trim()
              .slice(i, i + 2),
            16,
          ),
        )
      const [ground, top] = [rgb('--bg'), rgb('--land-on')]
      const canvas = document.querySelector('.leaflet-tile-pane canvas') as HTMLCanvasElement
      const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height)
      let [wrong, pixels] = [0, 0]
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] === 0) continue
        pixels++
        for (const k of [0, 1, 2]) {
          const value = data[i + k] as number
          if (value < (ground[k] as number) - 1 || value > (top[k] as number) + 1) wrong++
        }
      }
      return { wrong, share: pixels / (data.length / 4) }
    })
  await expect.poll(async () => (await painted()).share).toBe(1)
  expect((await painted()).wrong).toBe(0)
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 700))))
  const { small, clipped, overlapping } = await page.evaluate(auditPage, {
    floor: 0.8,
    mayShorten: [
      '[data-testid="incident-feed"] .title',
      '[data-testid="incident-feed"] .sub',
      'figcaption .name',
      '.ultra .title',
      '.ultra li span',
    ],
  })
  expect({ small, clipped, overlapping }).toEqual({ small: [], clipped: [], overlapping: [] })
}

test('tiles that are absent leave our own drawing, whole and without a word in the console', async ({ page }) => {
  const faults = faultsOf(page)
  const asked: number[] = []
  page.on('response', (response) => /\/api\/base\/\d/.test(response.url()) && asked.push(response.status()))
  await city.openWall(page, '?shield=1')
  await expect.poll(() => asked.length).toBeGreaterThan(3)
  await expect(page.locator('.map-view[data-base="none"]')).toBeVisible()
  await expect(page.getByTestId('base-note')).toBeHidden()
  expect(new Set(asked)).toEqual(new Set([204]))
  expect(faults).toEqual([])
})

for (const [what, crs, env] of [
  ['a folder in WGS 84', 'WGS84', (path: string) => ({ BASE_TILES: path, BASE_CRS: 'CGCS2000' })],
  ['a folder in GCJ-02', 'GCJ02', (path: string) => ({ BASE_TILES: path, BASE_CRS: 'GCJ02' })],
  ["a folder in Baidu's own tiling", 'BD09MC', (path: string) => ({ BASE_TILES: path, BASE_CRS: 'BD09MC' })],
  ['an archive in BD-09', 'BD09', (path: string) => ({ BASE_PMTILES: `${path}.pmtiles`, BASE_CRS: 'BD09' })],
] as const)
  test(`${what} shows a point within 2 px of where our own symbol of it stands${crs === 'GCJ02' ? ', at every size, and lies quietly under all else' : ''}`, async ({
    page,
  }) => {
    test.setTimeout(120_000)
    const path = join(home, crs)
    mkdirSync(path)
    const archived: { at: [number, number, number]; bytes: Buffer }[] = []
    draw(crs, (z, x, y, bytes) => {
      if (crs === 'BD09') archived.push({ at: [z, x, y], bytes })
      else writeTile(path, z, x, y, bytes)
    })
    if (archived.length) writeFileSync(`${path}.pmtiles`, pmtiles(archived))
    await city.restart({ ...env(path), BASE_ATTRIBUTION: SOURCE })
    const faults = faultsOf(page)
    await city.openWall(page, '?shield=1')
    for (const no of numbers) await expect(page.locator(`.overlay .mark[data-no="${no}"]`)).toBeVisible()
    await expect(seen(page)).toBeVisible()
    if (crs === 'GCJ02') await liesUnder(page)
    for (const { width, height } of crs === 'GCJ02' ? SIZES : SIZES.slice(0, 1)) {
      await page.setViewportSize({ width, height })
      await expect
        .poll(async () => Math.max(...(await offsets(page))), { message: `${width}×${height}`, timeout: 30_000 })
        .toBeLessThanOrEqual(2)
    }
    expect(faults).toEqual([])
  })

test('Tianditu (a fake) is seen without the key or its host coming near the wall; refused it leaves our own drawing', async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000)
  const fake = await startFakeTianditu(KEY)
  try {
    const faults = faultsOf(page)
    await city.restart({ TIANDITU_KEY: KEY, TIANDITU_URL: fake.url })
    await city.openWall(page, '?shield=1')
    await expect(seen(page)).toBeVisible()
    await expect(page.getByTestId('base-note')).toHaveText('底图：天地图CGCS2000审图号未填')
    expect(await page.content()).not.toContain(KEY)
    expect(faults).toEqual([])
    await page.close()
    expect(fake.asked.length).toBeGreaterThan(0)
    await city.restart({ TIANDITU_KEY: 'wrong', TIANDITU_URL: fake.url })
    // A browser that has kept no tile.
    const fresh = await browser.newContext()
    const wall = await fresh.newPage()
    const more = faultsOf(wall)
    const tile = wall.waitForResponse((response) => /\/api\/base\/\d/.test(response.url()))
    await city.openWall(wall, '?shield=1')
    expect((await tile).status()).toBe(204)
    await expect(wall.locator('.overlay .mark').first()).toBeVisible()
    await expect(wall.locator('.map-view[data-base="none"]')).toBeVisible()
    expect(more).toEqual([])
    await fresh.close()
  } finally {
    await fake.close()
  }
})
