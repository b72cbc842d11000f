/** 7,043 demo cameras of the three site kinds and the rivers, each placed inside its grid. */
import type { CameraRegistered, SiteKind } from '@orchid/shared/domain/cameras/events'
import { inRing, type LngLat } from '@orchid/shared/kernel/geo'
import type { Grid } from './grids.ts'
import { LANXI, placeName, RIVERS } from './lanxi.ts'
import { pick, type Random, seeded } from './random.ts'
import { pointInside, rounded } from './rings.ts'

export const CAMERAS = 7_043
const RIVER_CAMERAS = 191
const METRE = 1 / 111_195

type Camera = CameraRegistered['data']

const SPOTS: Readonly<Record<Exclude<SiteKind, 'river'>, readonly string[]>> = {
  road: ['主路口', '村口', '桥头', '公交站旁', '岔路口', '学校门前路段', '隧道口', '停车场入口'],
  place: ['农贸市场', '文化礼堂', '卫生服务站', '便民服务中心', '工业小区大门', '小学门口', '老年食堂', '休闲广场'],
  shelter: ['避灾安置点大门', '避灾安置点大厅'],
}
const RIVERSIDE = ['堤岸', '水尺', '大桥', '闸口', '渡口'] as const
const WAYS = ['东向', '南向', '西向', '北向'] as const
const BEARING: Readonly<Record<(typeof WAYS)[number], number>> = { 东向: 90, 南向: 180, 西向: 270, 北向: 0 }

/** Departments of a county that run cameras of their own; all others belong to nobody that the registry names. */
const DEPARTMENTS: readonly (readonly [spot: RegExp, department: string])[] = [
  [/(堤岸|水尺|大桥|闸口|渡口)$/, '水利局'],
  [/^避灾安置点/, '应急管理局'],
  [/(主路口|岔路口|学校门前路段)$/, '公安局'],
  [/(隧道口|公交站旁)$/, '交通运输局'],
  [/(小学门口)$/, '教育局'],
  [/(卫生服务站)$/, '卫生健康局'],
  [/(老年食堂)$/, '民政局'],
  [/(农贸市场)$/, '市场监督管理局'],
]
const departmentOf = (spot: string): string | undefined => DEPARTMENTS.find(([at]) => at.test(spot))?.[1]

/** The cameras of the demo city; the same for the same grids. */
export function makeCameras(grids: readonly Grid[], seed = 7043): Camera[] {
  const random = seeded(seed)
  const villages = new Map(LANXI.townships.flatMap((t) => t.villages.map((v) => [v.code, `${t.name} ${placeName(v.name)}`])))
  const found: Camera[] = []
  const names = new Set<string>()
  /** A camera looks another way, or is the second one of its spot, before two have one name. */
  const nameOf = (grid: Grid, spots: readonly string[]): { way: keyof typeof BEARING; name: string; spot: string } => {
    for (let tries = 0; ; tries++) {
      const way = pick(random, WAYS)
      const spot = pick(random, spots)
      const plain = `${villages.get(grid.code.slice(0, 12))} ${grid.name} ${spot}${way}`
      const name = tries < 20 ? plain : `${plain} ${tries - 18} 号`
      if (!names.has(name)) {
        names.add(name)
        return { way, name, spot }
      }
    }
  }
  const add = (grid: Grid, position: LngLat, siteKind: SiteKind, spots: readonly string[]): void => {
    const { way, name, spot } = nameOf(grid, spots)
    const department = departmentOf(spot)
    const serial = String(found.length + 1).padStart(6, '0')
    found.push({
      id: `demo-${serial}`,
      gbCode: `33078100001320${serial}`,
      name,
      position,
      bearing: (BEARING[way] + Math.floor(random() * 60) + 330) % 360,
      fov: pick(random, [54, 68, 87, 105]),
      range: siteKind === 'river' ? 600 : 120 + Math.floor(random() * 180),
      siteKind,
      grid: grid.code,
      ...(department && { department }),
      people:
        siteKind === 'place'
          ? ['grid-worker', 'firm-cadre']
          : siteKind === 'shelter'
            ? ['grid-worker', 'village-cadre', 'township-secretary']
            : ['grid-worker', 'village-cadre'],
      backend: 'demo',
      codec: 'h264',
      subStream: true,
    })
  }
  while (found.length < RIVER_CAMERAS) {
    const river = pick(random, RIVERS)
    const position = besideRiver(river.line, random)
    const grid = grids.find((g) => inRing(position, g.boundary))
    if (grid)
      add(
        grid,
        position,
        'river',
        RIVERSIDE.map((spot) => river.name + spot),
      )
  }
  for (let i = 0; found.length < CAMERAS; i++) {
    const grid = grids[i % grids.length] as Grid
    const kind = random() < 0.56 ? 'road' : random() < 0.85 ? 'place' : 'shelter'
    add(grid, pointInside(grid.boundary, grid.centroid, random), kind, SPOTS[kind])
  }
  return found
}

/** A point within 150 m of the drawn line. */
function besideRiver(line: readonly LngLat[], random: Random): LngLat {
  const i = Math.floor(random() * (line.length - 1))
  const [[ax, ay], [bx, by]] = [line[i] as LngLat, line[i + 1] as LngLat]
  const t = random()
  const off = () => (random() - 0.5) * 210 * METRE
  return [rounded(ax + t * (bx - ax) + off()), rounded(ay + t * (by - ay) + off())]
}
