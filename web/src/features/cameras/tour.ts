/** Tours (轮巡) and sets on the tiles: which cameras come next, and which are left out because they give no picture. Pure. */
import type { CameraState } from '@orchid/shared/domain/cameras/events'
import type { FavouritesRow } from '@orchid/shared/domain/cameras/favourites'
import type { CameraSetRow } from '@orchid/shared/domain/cameras/set-projections'
import type { SceneName } from '@orchid/shared/domain/walls/events'

/** Known to give no picture worth a tile. What nobody has looked at is shown: a tile then finds out; of `codec` a tile shows stills with their age. */
const DEAD: ReadonlySet<CameraState> = new Set(['offline', 'denied', 'stalled', 'black', 'frozen'])

export interface Turn {
  /** What is shown now, in order; at most as many as there are tiles. */
  readonly shown: readonly string[]
  /** Where the next turn begins in the list. */
  readonly next: number
  /** 1-based places of the first and last one that is shown, among those that can be. */
  readonly first: number
  readonly last: number
  readonly alive: number
  /** How many are left out, by state; `gone`: not registered any more. */
  readonly skipped: Readonly<Partial<Record<CameraState | 'gone', number>>>
}

/** The turn that begins at `from` (an index of `cameras`, any number): so many that are not dead, round and round. */
export function turnFrom(cameras: readonly string[], from: number, size: number, stateOf: (id: string) => CameraState | 'gone'): Turn {
  const skipped: Partial<Record<CameraState | 'gone', number>> = {}
  const alive: string[] = []
  for (const id of cameras) {
    const state = stateOf(id)
    if (state === 'gone' || DEAD.has(state)) skipped[state] = (skipped[state] ?? 0) + 1
    else alive.push(id)
  }
  if (alive.length === 0 || size <= 0) return { shown: [], next: 0, first: 0, last: 0, alive: alive.length, skipped }
  let begin = 0
  for (let i = 0; i < cameras.length; i++) {
    const place = alive.indexOf(cameras[(from + i) % cameras.length] as string)
    if (place < 0) continue
    begin = place
    break
  }
  const shown = Array.from({ length: Math.min(size, alive.length) }, (_, i) => alive[(begin + i) % alive.length] as string)
  const last = shown.at(-1) as string
  return {
    shown,
    next: (cameras.indexOf(last) + 1) % cameras.length,
    first: begin + 1,
    last: alive.indexOf(last) + 1,
    alive: alive.length,
    skipped,
  }
}

/** What is shown of a set, or of favourites, which are never a tour. */
export type ShownSet = Pick<CameraSetRow, 'id' | 'name' | 'cameras' | 'dwell'> & Partial<Pick<FavouritesRow, 'owner'>>

/** What a set is called where one is chosen, as in the address of the wall: favourites may have the id of a set. */
export const chosenKey = ({ id, owner }: Pick<ShownSet, 'id' | 'owner'>): string => (owner === undefined ? id : `favourites/${id}`)

/** What fills the tiles: the favourites or the set somebody chose by their key, else the newest set that is bound to the scene. */
export function setToShow(
  { sets, favourites }: { sets: ReadonlyMap<string, CameraSetRow>; favourites: ReadonlyMap<string, FavouritesRow> },
  chosen: string | undefined,
  scene: SceneName | undefined,
): ShownSet | undefined {
  const own = chosen === undefined ? undefined : (sets.get(chosen) ?? [...favourites.values()].find((row) => chosenKey(row) === chosen))
  if (own) return own
  const bound = [...sets.values()].filter((set) => set.scene !== undefined && set.scene === scene)
  return bound.sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1))[0]
}
