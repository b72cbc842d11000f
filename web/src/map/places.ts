/** Names beyond the city for orientation, English names of its rivers, and the urban core. Positions by hand, WGS 84 degrees. */
import type { LngLat } from '@orchid/shared/kernel/geo'

export const NEIGHBOURS: readonly { readonly zh: string; readonly en: string; readonly at: LngLat }[] = [
  { zh: '建德市', en: 'Jiande', at: [119.56, 29.43] },
  { zh: '浦江县', en: 'Pujiang', at: [119.79, 29.435] },
  { zh: '婺城区', en: 'Wucheng', at: [119.56, 29.082] },
  { zh: '龙游县', en: 'Longyou', at: [119.235, 29.13] },
  { zh: '义乌市', en: 'Yiwu', at: [119.86, 29.25] },
]

export const RIVERS_IN_ENGLISH: Readonly<Record<string, string>> = { 兰江: 'Lan River', 衢江: 'Qu River', 金华江: 'Jinhua River' }

/** Middle of the urban core, and how many degrees of longitude the inset shows. */
export const CORE: { readonly middle: LngLat; readonly degrees: number } = { middle: [119.464, 29.203], degrees: 0.088 }
