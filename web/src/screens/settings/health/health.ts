/** How the cameras of an area are, and what of its grids they see: counts and orders of what the server tells. Pure. Unknown is never 0. */
import type { AreaRow, GridRow } from '@orchid/shared/domain/areas/projections'
import type { CameraState } from '@orchid/shared/domain/cameras/events'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'

/** As `GET /api/cameras/uptime` tells it, of a camera or of a department. */
export interface UptimeLine {
  readonly id?: string
  /** Absent: the registry names none. */
  readonly department?: string
  readonly cameras?: number
  /** Of these something was known in the time. */
  readonly checked?: number
  /** Milliseconds in which anything was known. */
  readonly known: number
  /** Shares 0–1 of the known time; absent where nothing was known. */
  readonly online?: number
  readonly well?: number
}

/** As `GET /api/cameras/coverage` tells it; shares 0–1 of the grid's area. */
export interface GridCoverage {
  readonly grid: string
  readonly seen: number
  readonly perhaps: number
  readonly blind: number
  /** Online cameras that reach into it. */
  readonly cameras: number
}

export interface Counts {
  readonly total: number
  /** There, whatever their picture is like. */
  readonly online: number
  /** Of these, with a picture that is frozen, black, or cannot be had. */
  readonly bad: number
  readonly offline: number
  /** Nobody has looked yet, so nothing is known. */
  readonly unchecked: number
}

const GONE: ReadonlySet<CameraState> = new Set(['offline', 'stalled'])
const WELL: ReadonlySet<CameraState> = new Set(['live', 'answering'])

type Kind = 'well' | 'bad' | 'offline' | 'unchecked'
const kindOf = (state: CameraState = 'unchecked'): Kind =>
  state === 'unchecked' ? 'unchecked' : WELL.has(state) ? 'well' : GONE.has(state) ? 'offline' : 'bad'

export type States = ReadonlyMap<string, Pick<CameraStateRow, 'state'>>

export function countsOf(cameras: Iterable<Pick<CameraRow, 'id'>>, states: States): Counts {
  const n = { well: 0, bad: 0, offline: 0, unchecked: 0 }
  for (const { id } of cameras) n[kindOf(states.get(id)?.state)]++
  return { total: n.well + n.bad + n.offline + n.unchecked, online: n.well + n.bad, bad: n.bad, offline: n.offline, unchecked: n.unchecked }
}

/** The least online first; of those alike the longer known one, then the larger department; what is not known last. */
export const worstFirst = (lines: readonly UptimeLine[]): UptimeLine[] =>
  [...lines].sort(
    (a, b) =>
      (a.online ?? 2) - (b.online ?? 2) ||
      (a.well ?? 2) - (b.well ?? 2) ||
      b.known - a.known ||
      Number(a.department === undefined) - Number(b.department === undefined) ||
      (b.cameras ?? 0) - (a.cameras ?? 0),
  )

export interface GridLine extends GridCoverage {
  readonly name: string
  readonly township: string
  /** Registered in it, and of these not looked at yet. */
  readonly registered: number
  readonly unchecked: number
}

export interface Blindness {
  readonly lines: readonly GridLine[]
  /** Grids that no online camera reaches into. */
  readonly without: number
  /** Of these, some camera in the grid has not been looked at: it may see. */
  readonly perhapsSeen: number
  /** Share 0–1 of the whole area of these grids that no online camera sees; undefined where no grid has an area. */
  readonly blind: number | undefined
}

/** The blindest grids first, those without any eye before all. */
export function blindnessOf(
  coverage: readonly GridCoverage[],
  grids: ReadonlyMap<string, Pick<GridRow, 'name' | 'village' | 'township' | 'area'>>,
  /** Names of townships and villages. */
  areas: ReadonlyMap<string, Pick<AreaRow, 'name'>>,
  cameras: Iterable<Pick<CameraRow, 'id' | 'grid'>>,
  states: States,
): Blindness {
  const within = new Map<string, { registered: number; unchecked: number }>()
  for (const { id, grid } of cameras) {
    const n = within.get(grid) ?? { registered: 0, unchecked: 0 }
    within.set(grid, n)
    n.registered++
    if (kindOf(states.get(id)?.state) === 'unchecked') n.unchecked++
  }
  let [area, dark] = [0, 0]
  const lines = coverage.map((one): GridLine => {
    const grid = grids.get(one.grid)
    area += grid?.area ?? 0
    dark += (grid?.area ?? 0) * one.blind
    const named = (code: string): string => areas.get(code)?.name ?? code
    return {
      ...one,
      name: grid ? `${named(grid.village)} ${grid.name}` : one.grid,
      township: named(grid?.township ?? one.grid.slice(0, 9)),
      ...(within.get(one.grid) ?? { registered: 0, unchecked: 0 }),
    }
  })
  const without = lines.filter(({ cameras: eyes }) => eyes === 0)
  return {
    lines: lines.sort((a, b) => Number(a.cameras > 0) - Number(b.cameras > 0) || b.blind - a.blind || (a.grid < b.grid ? -1 : 1)),
    without: without.length,
    perhapsSeen: without.filter(({ unchecked }) => unchecked > 0).length,
    blind: area > 0 ? dark / area : undefined,
  }
}
