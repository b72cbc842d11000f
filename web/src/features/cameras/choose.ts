/** Which cameras the tiles show: those nearest to the most urgent incidents, held long enough to be looked at. Pure. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { distance, type LngLat } from '@orchid/shared/kernel/geo'

export interface Candidate {
  readonly id: string
  readonly position: LngLat
}

export interface Tile {
  readonly camera: string
  /** The incident it looks at; absent on a tile of the fixed set. */
  readonly incident?: string
  /** Monotonic ms since which it is shown. */
  readonly since: number
}

export const HOLD = 15_000
/** Metres beyond which a camera cannot be said to look at an incident. */
const REACH = 1_500

export interface Spot {
  readonly incident: IncidentRow
  readonly position: LngLat
}

/** 特急 and 紧急 with a known place, the most urgent first. */
export function urgentSpots(rows: Iterable<IncidentRow>, centroid: (grid: string) => LngLat | undefined): Spot[] {
  const spots: Spot[] = []
  for (const incident of rows) {
    const position = incident.position ?? centroid(incident.grid)
    if (incident.state !== 'closed' && incident.priority <= 2 && position) spots.push({ incident, position })
  }
  return spots.sort(
    (a, b) =>
      a.incident.priority - b.incident.priority || (a.incident.dueAt ?? 0) - (b.incident.dueAt ?? 0) || a.incident.no - b.incident.no,
  )
}

function nearest(position: LngLat, candidates: readonly Candidate[], taken: ReadonlySet<string>): Candidate | undefined {
  let best: Candidate | undefined
  let least = REACH
  for (const candidate of candidates) {
    if (taken.has(candidate.id)) continue
    const far = distance(position, candidate.position)
    if (far < least) {
      least = far
      best = candidate
    }
  }
  return best
}

/**
 * The next `n` tiles. One nearest camera per spot, the rest from `fixed` in order. A tile shown for less than 15 s stays where it is,
 * and one that is still wanted never moves. Gives the same array when nothing changes.
 */
export function chooseTiles(
  before: readonly Tile[],
  n: number,
  spots: readonly Spot[],
  candidates: readonly Candidate[],
  fixed: readonly string[],
  now: number,
): readonly Tile[] {
  const known = new Set(candidates.map((candidate) => candidate.id))
  const wanted: { camera: string; incident?: string }[] = []
  const taken = new Set<string>()
  for (const { incident, position } of spots) {
    if (wanted.length >= n) break
    const camera = nearest(position, candidates, taken)
    if (!camera) continue
    taken.add(camera.id)
    wanted.push({ camera: camera.id, incident: incident.id })
  }
  for (const camera of fixed) {
    if (wanted.length >= n) break
    if (taken.has(camera) || !known.has(camera)) continue
    taken.add(camera)
    wanted.push({ camera })
  }
  const slots: (Tile | undefined)[] = Array.from({ length: n }, (_, i) => {
    const tile = before[i]
    if (!tile || !known.has(tile.camera)) return undefined
    const still = wanted.find((want) => want.camera === tile.camera)
    if (still) return still.incident === tile.incident ? tile : { ...still, since: tile.since }
    return now - tile.since < HOLD ? tile : undefined
  })
  const held = new Set(slots.map((tile) => tile?.camera))
  const waiting = wanted.filter((want) => !held.has(want.camera))
  const next = slots
    .map((tile) => tile ?? (waiting.length ? { ...(waiting.shift() as { camera: string }), since: now } : undefined))
    .filter((tile) => tile !== undefined)
  return next.length === before.length && next.every((tile, i) => tile === before[i]) ? before : next
}
