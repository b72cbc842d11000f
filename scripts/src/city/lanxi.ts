/** The real part of the demo city: codes, names and outline from data/lanxi.json; seats, rivers and neighbours by hand. */
import { readFileSync } from 'node:fs'
import type { LngLat } from '@orchid/shared/kernel/geo'

interface Village {
  readonly code: string
  /** Official name, e.g. `滨江社区居委会` or `郑宅村委会`. */
  readonly name: string
}
export interface Township {
  readonly code: string
  readonly name: string
  readonly villages: readonly Village[]
}
interface Lanxi {
  readonly city: { readonly code: string; readonly name: string }
  /** Closed ring, WGS 84 degrees (datum of the source not stated). */
  readonly outline: readonly LngLat[]
  readonly townships: readonly Township[]
}

/** The place's name instead of its committee's: `滨江社区居委会` → `滨江社区`, `溪西村委会` → `溪西村`, `张村村委会` → `张村`. */
export function placeName(official: string): string {
  const bare = official.replace(/(居民委员会|居委会|村民委员会|村委会)$/, '')
  const kind = official.endsWith('居民委员会') || official.endsWith('居委会') ? '社区' : '村'
  return /(社区|村)$/.test(bare) ? bare : bare + kind
}

/** `dist/city` and `src/city` are equally deep. */
export const LANXI = JSON.parse(readFileSync(new URL('../../data/lanxi.json', import.meta.url), 'utf8')) as Lanxi

/** Approximate seat of each township and how far it reaches compared with its neighbours. Schematic. */
export const SEATS: Readonly<Record<string, { readonly at: LngLat; readonly reach: number }>> = {
  '330781001': { at: [119.449, 29.207], reach: 0.62 }, // 兰江街道
  '330781002': { at: [119.49, 29.218], reach: 0.62 }, // 云山街道
  '330781004': { at: [119.407, 29.175], reach: 0.9 }, // 永昌街道
  '330781005': { at: [119.347, 29.242], reach: 0.9 }, // 赤溪街道
  '330781006': { at: [119.397, 29.278], reach: 1 }, // 女埠街道
  '330781007': { at: [119.48, 29.144], reach: 1 }, // 上华街道
  '330781102': { at: [119.316, 29.158], reach: 1 }, // 游埠镇
  '330781104': { at: [119.291, 29.235], reach: 1 }, // 诸葛镇
  '330781106': { at: [119.392, 29.362], reach: 1.1 }, // 黄店镇
  '330781108': { at: [119.516, 29.29], reach: 1 }, // 香溪镇
  '330781109': { at: [119.583, 29.294], reach: 1.05 }, // 马涧镇
  '330781111': { at: [119.745, 29.31], reach: 1.15 }, // 梅江镇
  '330781112': { at: [119.679, 29.256], reach: 0.95 }, // 横溪镇
  '330781200': { at: [119.553, 29.209], reach: 1 }, // 灵洞乡
  '330781203': { at: [119.278, 29.184], reach: 0.9 }, // 水亭畲族乡
  '330781209': { at: [119.639, 29.377], reach: 1.05 }, // 柏社乡
}

/** Courses of the three rivers, drawn by hand: 衢江 and 金华江 meet at the city, 兰江 flows on to the north. Schematic. */
export const RIVERS: readonly { readonly id: string; readonly name: string; readonly width: number; readonly line: readonly LngLat[] }[] = [
  {
    id: 'lan-jiang',
    name: '兰江',
    width: 330,
    line: [
      [119.4702, 29.195],
      [119.4655, 29.215],
      [119.459, 29.233],
      [119.446, 29.251],
      [119.437, 29.269],
      [119.432, 29.286],
      [119.436, 29.305],
      [119.452, 29.332],
      [119.472, 29.359],
      [119.487, 29.4],
      [119.502, 29.436],
      [119.495, 29.475],
      [119.49, 29.51],
    ],
  },
  {
    id: 'qu-jiang',
    name: '衢江',
    width: 300,
    line: [
      [119.19, 29.055],
      [119.222, 29.07],
      [119.266, 29.098],
      [119.295, 29.11],
      [119.316, 29.12],
      [119.345, 29.132],
      [119.366, 29.138],
      [119.39, 29.147],
      [119.407, 29.152],
      [119.425, 29.163],
      [119.437, 29.174],
      [119.452, 29.184],
      [119.4702, 29.195],
    ],
  },
  {
    id: 'jinhua-jiang',
    name: '金华江',
    width: 240,
    line: [
      [119.73, 29.03],
      [119.69, 29.05],
      [119.66, 29.066],
      [119.619, 29.098],
      [119.59, 29.112],
      [119.573, 29.125],
      [119.562, 29.14],
      [119.548, 29.152],
      [119.52, 29.158],
      [119.5, 29.163],
      [119.486, 29.174],
      [119.4702, 29.195],
    ],
  },
]
