/** Names beyond the city and of its rivers, for orientation. Positions by hand, WGS 84 degrees. */
import type { LngLat } from '@orchid/shared/kernel/geo'

export const NEIGHBOURS: readonly { readonly zh: string; readonly en: string; readonly at: LngLat }[] = [
  { zh: '建德市', en: 'Jiande', at: [119.575, 29.425] },
  { zh: '浦江县', en: 'Pujiang', at: [119.79, 29.435] },
  { zh: '婺城区', en: 'Wucheng', at: [119.545, 29.088] },
]
export const RIVER_NAMES: readonly { readonly zh: string; readonly en: string; readonly at: LngLat }[] = [
  { zh: '兰 江', en: 'Lan', at: [119.507, 29.405] },
  { zh: '衢 江', en: 'Qu', at: [119.245, 29.068] },
  { zh: '金 华 江', en: 'Jinhua', at: [119.655, 29.105] },
]
/** The urban core shown larger in the inset: west, south, east, north. */
export const CORE: readonly [number, number, number, number] = [119.405, 29.155, 119.535, 29.262]
