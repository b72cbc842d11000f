/** The registry as a table for people: its columns with their titles, and how a row of texts is read and written. */
import { type Crs, type LngLat, toWgs84 } from '../../kernel/geo.ts'
import type { PersonRole } from '../people/events.ts'
import {
  CAMERA_BACKENDS,
  type Camera,
  type CameraBackend,
  CLASSIFICATIONS,
  type Classification,
  MOST_DVR_MINUTES,
  SITE_KINDS,
  type SiteKind,
} from './events.ts'

/** Titles as exported first (Chinese, English), then other spellings that are understood. */
const TITLES = {
  id: ['编号', 'id', '点位编号', '摄像头编号'],
  gbCode: ['国标编码', 'gbCode', '国标编号', '设备国标编号', '设备编码', 'deviceId'],
  name: ['名称', 'name', '点位名称', '摄像头名称', '设备名称'],
  lng: ['经度', 'lng', 'lon', 'longitude'],
  lat: ['纬度', 'lat', 'latitude'],
  crs: ['坐标系', 'crs'],
  bearing: ['朝向', 'bearing', '方位角'],
  fov: ['视场角', 'fov', '水平视场角'],
  range: ['可视距离', 'range', '可视距离（米）'],
  siteKind: ['点位类型', 'siteKind', '点位类别'],
  grid: ['网格编码', 'grid', '网格编号'],
  department: ['所属部门', 'department', '权属部门', '建设单位'],
  people: ['责任人', 'people', '责任人角色'],
  backend: ['接入方式', 'backend'],
  codec: ['视频编码', 'codec', '编码格式'],
  subStream: ['子码流', 'subStream'],
  source: ['取流地址', 'source', '视频地址'],
  classification: ['查看级别', 'classification', '密级'],
  dvrMinutes: ['留存分钟', 'dvrMinutes', '时移分钟'],
} as const satisfies Record<string, readonly [zh: string, en: string, ...string[]]>

export type Column = keyof typeof TITLES
export const COLUMNS = Object.keys(TITLES) as readonly Column[]
/** Texts of a row; a blank one is left out. */
export type Cells = { readonly [C in Column]?: string }

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s_-]/g, '')
    .toLowerCase()
const BY_TITLE = new Map(COLUMNS.flatMap((column) => TITLES[column].map((title) => [plain(title), column] as const)))

/** The column a title names, in either language; undefined when it is none of ours. */
export const columnOf = (title: string): Column | undefined => BY_TITLE.get(plain(title))
export const titlesIn = (language: 'zh' | 'en'): string[] => COLUMNS.map((column) => TITLES[column][language === 'zh' ? 0 : 1])

const SITE_KIND_NAMES: Readonly<Record<SiteKind, readonly string[]>> = {
  road: ['重点路段', '路段'],
  place: ['重要场所', '重点场所', '场所'],
  shelter: ['避灾救助点', '避灾安置点', '避灾安置场所'],
  river: ['江河', '河道', '水域'],
}
const ROLE_NAMES: Readonly<Record<PersonRole, readonly string[]>> = {
  'grid-chief': ['网格长'],
  'grid-worker': ['网格员', '专职网格员'],
  'village-cadre': ['联村干部'],
  'firm-cadre': ['联企干部'],
  'township-secretary': ['乡镇（街道）书记', '乡镇书记', '街道书记', '书记'],
  'grid-police': ['网格民警'],
  'mediation-director': ['调解主任'],
}
const CRS_NAMES: Readonly<Record<Crs, readonly string[]>> = {
  WGS84: ['WGS-84', 'EPSG:4326'],
  GCJ02: ['GCJ-02', '火星坐标'],
  BD09: ['BD-09', '百度坐标'],
  CGCS2000: ['国家2000', '2000国家大地坐标系', 'EPSG:4490'],
}
const BACKEND_NAMES: Readonly<Record<CameraBackend, readonly string[]>> = {
  demo: [],
  gateway: ['自有网关', 'rtsp'],
  hls: [],
  mediamtx: [],
  zlmediakit: ['zlm'],
  wvp: ['国标平台', 'wvp-gb28181-pro'],
}
const CLASSIFICATION_NAMES: Readonly<Record<Classification, readonly string[]>> = {
  open: ['公开'],
  internal: ['内部'],
  restricted: ['限制', '受限'],
}
const CODEC_NAMES = { h264: ['H.264', 'AVC'], h265: ['H.265', 'HEVC'] } as const

const named = <T extends string>(names: Readonly<Record<T, readonly string[]>>): ((text: string) => T | undefined) => {
  const known = new Map(
    (Object.keys(names) as T[]).flatMap((value) => [value, ...names[value]].map((name) => [plain(name), value] as const)),
  )
  return (text) => known.get(plain(text))
}
const siteKindOf = named(SITE_KIND_NAMES)
const roleOf = named(ROLE_NAMES)
export const crsOf = named(CRS_NAMES)
const backendOf = named(BACKEND_NAMES)
const codecOf = named(CODEC_NAMES)
const classificationOf = named(CLASSIFICATION_NAMES)
const booleanOf = named({ true: ['1', '是', '有', 'yes'], false: ['0', '否', '无', 'no'] })

/** Words by which a camera's kind and people are searched for. */
export const wordsOf = ({ siteKind, people }: Pick<Camera, 'siteKind' | 'people'>): string[] => [
  siteKind,
  ...SITE_KIND_NAMES[siteKind],
  ...people.flatMap((role) => [role, ...ROLE_NAMES[role]]),
]

/** What holds for every row that does not say it itself. */
export interface Defaults {
  readonly crs?: Crs
  readonly siteKind?: SiteKind
  readonly backend?: CameraBackend
}

/** What a row says of a camera; what it does not say is absent. */
export type Draft = { -readonly [F in keyof Camera]?: Camera[F] } & { source?: string }

/** Why a row cannot be taken, and which column is at fault. */
export interface Fault {
  readonly column?: Column
  readonly code: string
  readonly message: string
}

/** An own error class would lose the code on its way: a fault is a value. */
export const isFault = (value: Draft | Fault): value is Fault => 'code' in value

const fault = (column: Column, code: string, message: string): Fault => ({ column, code, message: `${column} ${message}` })

const wanted = <T extends string>(values: readonly T[], names: Readonly<Record<T, readonly string[]>>): string =>
  values.map((value) => [value, ...names[value].slice(0, 1)].join(' / ')).join(', ')

/** Reads the texts of one row. Positions come out as WGS 84; one whose system nobody declared is a fault. */
export function readCells(cells: Cells, defaults: Defaults = {}): Draft | Fault {
  const draft: Draft = {}
  for (const column of ['id', 'name', 'grid', 'department', 'source'] as const) {
    const text = cells[column]
    if (text !== undefined) draft[column] = text
  }
  if (cells.gbCode !== undefined) {
    if (!/^\d{20}$/.test(cells.gbCode))
      return /e\+/i.test(cells.gbCode)
        ? fault('gbCode', 'rounded', 'was turned into a rounded number by a spreadsheet: format that column as text')
        : fault('gbCode', 'invalid', 'must be 20 digits')
    draft.gbCode = cells.gbCode
  }
  for (const column of ['bearing', 'fov', 'range'] as const) {
    if (cells[column] === undefined) continue
    const number = numberOf(cells[column])
    if (number === undefined) return fault(column, 'invalid', 'must be a number')
    // North is written both ways.
    draft[column] = column === 'bearing' && number === 360 ? 0 : number
  }
  const place = placeOf(cells, defaults.crs)
  if (place && 'code' in place) return place
  if (place) draft.position = place
  if (cells.siteKind !== undefined) {
    const kind = siteKindOf(cells.siteKind)
    if (!kind) return fault('siteKind', 'invalid', `must be one of ${wanted(SITE_KINDS, SITE_KIND_NAMES)}`)
    draft.siteKind = kind
  }
  if (cells.backend !== undefined) {
    const backend = backendOf(cells.backend)
    if (!backend) return fault('backend', 'invalid', `must be one of ${CAMERA_BACKENDS.join(', ')}`)
    draft.backend = backend
  }
  if (cells.codec !== undefined) {
    const codec = codecOf(cells.codec)
    if (!codec) return fault('codec', 'invalid', 'must be h264 or h265')
    draft.codec = codec
  }
  if (cells.subStream !== undefined) {
    const there = booleanOf(cells.subStream)
    if (!there) return fault('subStream', 'invalid', 'must be true or false (是 or 否)')
    draft.subStream = there === 'true'
  }
  if (cells.classification !== undefined) {
    const classification = classificationOf(cells.classification)
    if (!classification) return fault('classification', 'invalid', `must be one of ${wanted(CLASSIFICATIONS, CLASSIFICATION_NAMES)}`)
    draft.classification = classification
  }
  if (cells.dvrMinutes !== undefined) {
    const minutes = numberOf(cells.dvrMinutes)
    if (minutes === undefined || !Number.isInteger(minutes) || minutes < 1 || minutes > MOST_DVR_MINUTES)
      return fault('dvrMinutes', 'invalid', `must be a whole number from 1 to ${MOST_DVR_MINUTES}`)
    draft.dvrMinutes = minutes
  }
  if (cells.people !== undefined) {
    const roles = cells.people
      .split(/[;；、,，/|\s]+/)
      .filter(Boolean)
      .map(roleOf)
    if (roles.includes(undefined))
      return fault('people', 'invalid', `must name roles, not persons: ${wanted(Object.keys(ROLE_NAMES) as PersonRole[], ROLE_NAMES)}`)
    draft.people = [...new Set(roles as PersonRole[])]
  }
  return draft
}

function numberOf(text: string): number | undefined {
  const digits = text.normalize('NFKC').replace(/[°米m度]$/i, '')
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(digits) ? Number(digits) : undefined
}

function placeOf({ lng, lat, crs }: Cells, declared: Crs | undefined): LngLat | Fault | undefined {
  if (lng === undefined && lat === undefined) return undefined
  const [x, y] = [numberOf(lng ?? ''), numberOf(lat ?? '')]
  if (x === undefined || x < 73 || x > 136)
    return y !== undefined && y >= 73 && y <= 136 && x !== undefined && x >= 3 && x <= 54
      ? fault('lng', 'swapped', 'and lat seem to be exchanged')
      : fault('lng', 'invalid', 'must be a longitude in China, in degrees')
  if (y === undefined || y < 3 || y > 54) return fault('lat', 'invalid', 'must be a latitude in China, in degrees')
  const system = crs === undefined ? declared : crsOf(crs)
  if (!system)
    return crs === undefined
      ? fault('crs', 'crs-missing', 'is not declared: name the coordinate system in a column or for the whole file')
      : fault('crs', 'invalid', `must be one of ${Object.keys(CRS_NAMES).join(', ')}`)
  return toWgs84(x, y, system)
}

/** The texts of a camera in the order of `COLUMNS`; WGS 84 degrees. Its address is sealed and stays blank, which an import takes as "as it is". */
export function writeCells(camera: Camera): string[] {
  const { position, people, ...rest } = camera
  const texts: Cells = {
    ...Object.fromEntries(Object.entries(rest).map(([field, value]) => [field, String(value)])),
    lng: String(position[0]),
    lat: String(position[1]),
    crs: 'WGS84',
    people: people.join(';'),
    source: '',
  }
  return COLUMNS.map((column) => texts[column] ?? '')
}
