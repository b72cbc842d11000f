/** Which cameras may be put on a tile, and in which order they fill it when nothing is urgent. Pure. */
import type { CameraState, SiteKind } from './events.ts'
import type { CameraRow } from './projections.ts'

/**
 * Cameras known to give a picture or to answer, and drawn ones (`demo`). Where there is neither, as on the first day of a real city,
 * all that are not known to be out of order: a tile then finds out.
 */
export function playable(cameras: Iterable<CameraRow>, stateOf: (id: string) => CameraState): CameraRow[] {
  const all = [...cameras]
  const sure = all.filter(({ id, backend }) => backend === 'demo' || ['live', 'answering'].includes(stateOf(id)))
  return sure.length ? sure : all.filter(({ id }) => stateOf(id) === 'unchecked')
}

const KINDS: readonly SiteKind[] = ['river', 'road', 'place', 'shelter']

/** One camera of each of `kinds` in turn, so that the four tiles show a river, a road, a place and a shelter. */
export function fixedSet(cameras: readonly CameraRow[], kinds = KINDS): string[] {
  const byKind = kinds.map((kind) => cameras.filter((camera) => camera.siteKind === kind).sort((a, b) => (a.id < b.id ? -1 : 1)))
  const longest = Math.max(0, ...byKind.map((list) => list.length))
  const set: string[] = []
  for (let i = 0; i < Math.min(longest, 8); i++) for (const list of byKind) if (list[i]) set.push((list[i] as CameraRow).id)
  return set
}
