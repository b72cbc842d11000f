/** Opens cameras before any tile asks for them: those that a new 特急 will be offered, and those of a wall that is told to show the flood (防汛). */
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import { type CameraState, reaches } from '@orchid/shared/domain/cameras/events'
import { PERHAPS } from '@orchid/shared/domain/cameras/near'
import { OFFERED, offerFor, REACH } from '@orchid/shared/domain/cameras/offer'
import { fixedSet, playable } from '@orchid/shared/domain/cameras/playable'
import type { CameraRow, CameraStateRow } from '@orchid/shared/domain/cameras/projections'
import { setOfIncident } from '@orchid/shared/domain/cameras/set-events'
import type { CameraSetRow } from '@orchid/shared/domain/cameras/set-projections'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { WallRow } from '@orchid/shared/domain/walls/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'
import type { Row } from '@orchid/shared/kernel/projection'
import { camerasByCell, cellOf } from '../../projections/camera-cells.ts'
import type { LiveState } from '../../projections/live-state.ts'

/** Milliseconds from one look at what is new to the next: under full load reports come by the thousand. */
const GAP = 200
/** Of what came within it, the newest: no more is opened ahead than one gateway holds. */
const MOST = 2

interface Options {
  readonly state: LiveState
  /** As `Video.ahead`. */
  open(camera: string, by: string): Promise<boolean>
  /** The widest area of those who look at pages of this node now and whose area holds this one; undefined: nobody looks. */
  audience(area: string): string | undefined
  readonly log: { error(o: object, m: string): void }
}

/** The returned function ends it. */
export function startOpeningAhead({ state, open, audience, log }: Options): () => void {
  const rows = <R extends Row>(table: string, area: string): R[] => state.tables.entries(table, area).map(([, row]) => row as R)
  const stateOf = (id: string): CameraState => state.tables.get<CameraStateRow>('cameraStates', id)?.state ?? 'unchecked'
  /** Those that every wall of the area may show. Nobody has asked: what is classified opens to whoever is cleared, when they ask. */
  const shownIn = (area: string): CameraRow[] =>
    rows<CameraRow>('cameras', area).filter(({ classification }) => reaches('open', classification))

  /** Those of them that an incident at a spot may be offered, by cell; made once until a camera changes: in a storm of 特急 thousands would be gone through for each. */
  let made: { readonly key: string; readonly cells: ReturnType<typeof camerasByCell> } | undefined
  function candidates(area: string, spot: LngLat): readonly CameraRow[] {
    const seqs = ['cameras', 'cameraStates'].map((table) => state.tables.touchedSeq(table))
    const key = [state.epoch, ...seqs, area].join(' ')
    if (made?.key !== key)
      made = { key, cells: camerasByCell(playable(shownIn(area), stateOf), ({ range = PERHAPS }) => Math.max(range, REACH)) }
    return made.cells.get(cellOf(spot)) ?? []
  }

  function ofIncident(id: string): string[] {
    const incident = state.tables.get<IncidentRow>('incidents', id)
    const area = incident && audience(incident.grid)
    const position = incident?.position ?? state.tables.get<GridRow>('grids', incident?.grid ?? '')?.centroid
    if (!incident || area === undefined || !position) return []
    const hand = state.tables.get<CameraSetRow>('cameraSets', setOfIncident(id))?.cameras ?? []
    const bound = hand.length > 0 ? shownIn(area).filter((camera) => hand.includes(camera.id)) : []
    return offerFor({ incident, position }, candidates(area, position), stateOf, bound).cameras.map((camera) => camera.id)
  }

  /** As the scene fills its tiles: the newest set that is bound to it, then rivers. */
  function ofWall(key: string): string[] {
    const wall = state.tables.get<WallRow>('walls', key)
    if (wall?.scene !== 'flood' || audience(wall.area) === undefined) return []
    const cameras = playable(shownIn(wall.area), stateOf)
    const known = new Set(cameras.map(({ id }) => id))
    const [set] = rows<CameraSetRow>('cameraSets', wall.area)
      .filter(({ scene }) => scene === 'flood')
      .sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1))
    const first = set?.cameras.filter((id) => known.has(id)) ?? []
    return [...new Set([...first, ...fixedSet(cameras, ['river'])])].slice(0, OFFERED)
  }

  /** By name, oldest first: what gives the cameras that will be wanted. */
  const news = new Map<string, () => string[]>()
  let timer: NodeJS.Timeout | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  function look(): void {
    timer = undefined
    lookedAt = performance.now()
    for (const [by, camerasOf] of [...news].slice(-MOST))
      for (const camera of camerasOf())
        open(camera, by).catch((error) => log.error({ err: error, camera }, 'a camera could not be opened ahead of need'))
    news.clear()
  }

  const stop = state.onAdvance(({ from, reset }) => {
    if (reset || audience('') === undefined) return
    for (const { table, key, before } of state.touched.since(from)) {
      const name = String(key)
      if (table === 'walls') news.set(`wall ${name}`, () => ofWall(name))
      else if (table === 'incidents' && before === undefined && state.tables.get<IncidentRow>(table, key)?.priority === 1)
        news.set(`incident ${name}`, () => ofIncident(name))
    }
    if (news.size > 0) timer ??= setTimeout(look, Math.max(0, lookedAt + GAP - performance.now()))
  })
  return () => {
    stop()
    clearTimeout(timer)
  }
}
