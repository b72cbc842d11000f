/** Which cameras the tiles show: those that see what is urgent, held long enough to be looked at; what somebody holds stays. Pure. */
import { OFFERED, type Offer, type Spot, type View } from '@orchid/shared/domain/cameras/offer'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { LngLat } from '@orchid/shared/kernel/geo'

export interface Tile {
  readonly camera: string
  /** The incident it looks at; absent on a tile of the fixed set. */
  readonly incident?: string
  readonly view?: View
  /** Monotonic ms since which it is shown. */
  readonly since: number
}

export const HOLD = 15_000
/** A red incident is new for so long, in which it is offered its cameras at once: milliseconds after the journal took it. */
export const NEW = 60_000

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

interface Want {
  readonly camera: string
  readonly incident?: string
  readonly view?: View
  readonly isNew?: true
}

export interface Choosing {
  /** How many tiles there are. */
  readonly n: number
  /** Of what is urgent, the most urgent first. */
  readonly offers: readonly Offer[]
  /** Ids of incidents that are new, the newest first. */
  readonly fresh: readonly string[]
  /** Cameras somebody holds: never taken away. */
  readonly held: ReadonlySet<string>
  /** Fills the rest, in order. */
  readonly fixed: readonly string[]
  /** Whether a camera may be shown at all. */
  readonly known: (camera: string) => boolean
  /** Monotonic ms. */
  readonly now: number
}

/** New ones share in turn, each up to four; then the best camera of each that is urgent, then the fixed set, then further ones. */
function wants({ n, offers, fresh, fixed, known }: Choosing): Want[] {
  const wanted: Want[] = []
  const taken = new Set<string>()
  const take = (want: Want): void => {
    if (wanted.length >= n || taken.has(want.camera) || !known(want.camera)) return
    taken.add(want.camera)
    wanted.push(want)
  }
  const newest = fresh.flatMap((id) => offers.filter(({ incident }) => incident.id === id))
  for (let i = 0; i < OFFERED; i++)
    for (const { incident, cameras } of newest) {
      const next = cameras.filter(({ id }) => !taken.has(id) || wanted.some((w) => w.camera === id && w.incident === incident.id))[i]
      if (next) take({ camera: next.id, incident: incident.id, view: next.view, isNew: true })
    }
  for (const { incident, cameras } of offers) {
    const best = cameras.find(({ id }) => !taken.has(id))
    if (best && !newest.some((one) => one.incident.id === incident.id)) take({ camera: best.id, incident: incident.id, view: best.view })
  }
  for (const camera of fixed) take({ camera })
  for (const { incident, cameras } of offers) for (const { id, view } of cameras) take({ camera: id, incident: incident.id, view })
  return wanted
}

const sameTile = (a: Tile, b: Want): boolean => a.incident === b.incident && a.view?.sees === b.view?.sees

/**
 * The next `n` tiles. A held one stays whatever comes; one that is still wanted never moves; another stays for 15 s, unless a new red
 * incident wants its place. Gives the same array when nothing changes.
 */
export function chooseTiles(before: readonly Tile[], choosing: Choosing): readonly Tile[] {
  const { n, held, known, now } = choosing
  // What is held takes places of its own, unless it is wanted anyway.
  let wanted = wants(choosing)
  const elsewhere = before.filter(({ camera }) => held.has(camera) && known(camera) && !wanted.some((want) => want.camera === camera))
  wanted = wanted.slice(0, Math.max(0, n - elsewhere.length))
  const wish = new Map(wanted.map((want) => [want.camera, want]))
  // A smaller layout keeps what is held before what is not.
  const kept = before.filter((tile) => known(tile.camera))
  const slots =
    before.length > n ? [...kept.filter((tile) => held.has(tile.camera)), ...kept.filter((tile) => !held.has(tile.camera))] : before
  const shown = new Set(slots.slice(0, n).map((tile) => tile.camera))
  const rush = wanted.some((want) => want.isNew && !shown.has(want.camera))
  const next: (Tile | undefined)[] = Array.from({ length: n }, (_, i) => {
    const tile = slots[i]
    if (!tile || !known(tile.camera)) return undefined
    const still = wish.get(tile.camera)
    if (still) return sameTile(tile, still) ? tile : tileOf(still, tile.since)
    if (held.has(tile.camera)) return tile
    return !rush && now - tile.since < HOLD ? tile : undefined
  })
  const standing = new Set(next.map((tile) => tile?.camera))
  const waiting = wanted.filter((want) => !standing.has(want.camera))
  const tiles = next
    .map((tile) => {
      const want = tile ? undefined : waiting.shift()
      return tile ?? (want && tileOf(want, now))
    })
    .filter((tile) => tile !== undefined)
  return tiles.length === before.length && tiles.every((tile, i) => tile === before[i]) ? before : tiles
}

const tileOf = ({ camera, incident, view }: Want, since: number): Tile => ({
  camera,
  ...(incident !== undefined && { incident }),
  ...(view && { view }),
  since,
})
