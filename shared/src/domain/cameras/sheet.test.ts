/** Rows of a registry table: both languages, declared coordinates, and a fault that names its column. */
import { describe, expect, test } from 'vitest'
import type { Camera } from './events.ts'
import { type Cells, COLUMNS, columnOf, readCells, titlesIn, writeCells } from './sheet.ts'

const cells = (more: Cells = {}): Cells => ({ name: '村口', lng: '119.61', lat: '29.29', crs: 'WGS84', ...more })

test('titles are known in both languages, whatever their case, width and blanks; every title as exported comes back', () => {
  expect(['国标编码', 'GBCode', 'gb code', ' ＧＢＣＯＤＥ', '经度', 'Longitude'].map(columnOf)).toEqual([
    ...Array(4).fill('gbCode'),
    'lng',
    'lng',
  ])
  for (const language of ['zh', 'en'] as const) expect(titlesIn(language).map(columnOf)).toEqual(COLUMNS)
  expect(columnOf('备注')).toBeUndefined()
  expect(columnOf('constructor')).toBeUndefined()
})

test('Chinese words and codes mean the same', () => {
  const zh = readCells(
    cells({ siteKind: '重点路段', people: '网格员、联村干部；书记', codec: 'H.265', subStream: '是', backend: '国标平台' }),
  )
  const en = readCells(
    cells({ siteKind: 'road', people: 'grid-worker; village-cadre; township-secretary', codec: 'h265', subStream: 'true', backend: 'wvp' }),
  )
  expect(zh).toEqual(en)
  expect(zh).toMatchObject({ siteKind: 'road', people: ['grid-worker', 'village-cadre', 'township-secretary'], subStream: true })
})

describe('positions', () => {
  test('come out as WGS 84 from the declared system; the row goes before the file', () => {
    const plain = readCells(cells({ crs: undefined } as never), { crs: 'GCJ02' })
    expect(plain).toEqual(readCells(cells({ crs: '火星坐标' }), { crs: 'WGS84' }))
    expect(plain).not.toEqual(readCells(cells()))
  })
  test.each([
    ['no system', { crs: undefined }, 'crs', 'crs-missing'],
    ['a system that is none', { crs: '地方坐标' }, 'crs', 'invalid'],
    ['exchanged', { lng: '29.29', lat: '119.61' }, 'lng', 'swapped'],
    ['elsewhere', { lng: '12.5' }, 'lng', 'invalid'],
    ['half of it', { lat: undefined }, 'lat', 'invalid'],
    ['degrees and minutes', { lng: '119°36′' }, 'lng', 'invalid'],
    ['hexadecimal', { lng: '0x77' }, 'lng', 'invalid'],
    ['endless', { lng: '1e400' }, 'lng', 'invalid'],
  ])('%s: refused with its column', (_what, more, column, code) => {
    expect(readCells(cells(more as Cells))).toMatchObject({ column, code, message: expect.stringContaining(column) })
  })
})

test.each([
  [{ gbCode: '3.30781E+19' }, 'gbCode', 'rounded'],
  [{ gbCode: '3307810000132' }, 'gbCode', 'invalid'],
  [{ bearing: '东' }, 'bearing', 'invalid'],
  [{ siteKind: '学校' }, 'siteKind', 'invalid'],
  [{ people: '张三 13800138000' }, 'people', 'invalid'],
  [{ backend: '__proto__' }, 'backend', 'invalid'],
  [{ codec: 'mjpeg' }, 'codec', 'invalid'],
  [{ subStream: '也许' }, 'subStream', 'invalid'],
  [{ dvrMinutes: '0' }, 'dvrMinutes', 'invalid'],
  [{ dvrMinutes: '1441' }, 'dvrMinutes', 'invalid'],
  [{ dvrMinutes: '2.5' }, 'dvrMinutes', 'invalid'],
])('%j: refused with its column', (more, column, code) => {
  expect(readCells(cells(more))).toMatchObject({ column, code })
})

test('a message never repeats a telephone number or an address', () => {
  expect(JSON.stringify(readCells(cells({ people: '张三 13800138000' })))).not.toMatch(/1380013|张三/)
})

test('360 degrees is north; units may stand behind numbers; blank is not said', () => {
  expect(readCells(cells({ bearing: '360°', range: '200米' }))).toMatchObject({ bearing: 0, range: 200 })
  expect(readCells({})).toEqual({})
})

test('what is written is read again as the same camera, without an address', () => {
  const camera: Camera = {
    id: 'c1',
    gbCode: '33078100001320000001',
    name: '马涧 "村口", 东',
    position: [119.61, 29.29],
    bearing: 12.5,
    siteKind: 'river',
    grid: '330781109001001',
    department: '水务局',
    people: ['grid-worker', 'firm-cadre'],
    backend: 'gateway',
    subStream: false,
    dvrMinutes: 30,
  }
  const texts = writeCells({ ...camera, source: 'rtsp://a:b@c' } as Camera)
  const read = Object.fromEntries(COLUMNS.flatMap((column, i) => (texts[i] ? [[column, texts[i]]] : [])))
  expect(readCells(read)).toEqual(camera)
})
