/** What somebody did with the tiles by hand: which are held, which one is enlarged, which two change places. Kept for a reload of this page. */
import { type Ref, ref, shallowRef } from 'vue'
import type { Tile } from './choose.ts'

const KEPT = 'orchid.tiles.held'

function keptHeld(): string[] {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]')
    return Array.isArray(held) ? held.filter((id) => typeof id === 'string').slice(0, 12) : []
  } catch {
    // Storage is switched off, or holds somebody else's text: nothing is held.
    return []
  }
}

/** The tiles with two of them in each other's place; the same array when one is not there. */
export function swapped(tiles: readonly Tile[], a: string, b: string): readonly Tile[] {
  const [i, j] = [a, b].map((id) => tiles.findIndex((tile) => tile.camera === id)) as [number, number]
  if (i < 0 || j < 0 || i === j) return tiles
  const next = [...tiles]
  next[i] = tiles[j] as Tile
  next[j] = tiles[i] as Tile
  return next
}

/** The tiles with a camera put on one of them: where it is already, else in the last place that nobody holds, else in the last. */
export function placed(tiles: readonly Tile[], n: number, camera: string, held: ReadonlySet<string>, now: number): readonly Tile[] {
  if (tiles.some((tile) => tile.camera === camera)) return tiles
  const tile: Tile = { camera, since: now }
  if (tiles.length < n) return [...tiles, tile]
  // Those of an incident give way last.
  const free = [false, true].map((ofIncident) =>
    tiles.findLastIndex((one) => !held.has(one.camera) && (one.incident !== undefined) === ofIncident),
  )
  const at = free.find((i) => i >= 0) ?? tiles.length - 1
  return tiles.map((one, i) => (i === at ? tile : one))
}

export interface Board {
  readonly held: Readonly<Ref<ReadonlySet<string>>>
  readonly enlarged: Readonly<Ref<string | undefined>>
  readonly marked: Readonly<Ref<string | undefined>>
  hold(camera: string, on?: boolean): void
  enlarge(camera: string | undefined): void
  /** The first call marks, the second gives the two that change places. */
  swap(camera: string): readonly [string, string] | undefined
  /** Ends what is half done: an enlarged picture, else a mark. */
  escape(): boolean
}

export function useBoard(): Board {
  const held = shallowRef<ReadonlySet<string>>(new Set(keptHeld()))
  const enlarged = ref<string>()
  const marked = ref<string>()
  return {
    held,
    enlarged,
    marked,
    hold(camera, on = !held.value.has(camera)) {
      const next = new Set(held.value)
      if (on) next.add(camera)
      else next.delete(camera)
      held.value = next
      try {
        sessionStorage.setItem(KEPT, JSON.stringify([...next]))
      } catch {
        // It is then held until the page is loaded anew.
      }
    },
    enlarge(camera) {
      enlarged.value = enlarged.value === camera ? undefined : camera
    },
    swap(camera) {
      const first = marked.value
      marked.value = first === undefined ? camera : undefined
      return first !== undefined && first !== camera ? [first, camera] : undefined
    },
    escape() {
      if (enlarged.value !== undefined) enlarged.value = undefined
      else if (marked.value !== undefined) marked.value = undefined
      else return false
      return true
    },
  }
}
