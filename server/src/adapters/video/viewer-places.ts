/** How many streams one viewer may have opened for stills and recordings: who asks for all of them takes no place from others. */
import { GatewayFull } from './gateway.ts'

export interface ViewerPlaces {
  /** Notes that this viewer is about to open the stream; one that is open already costs nothing. Throws GatewayFull at the limit. */
  take(viewer: string, name: string): void
}

export function createViewerPlaces(isOpen: (name: string) => boolean, most = 8): ViewerPlaces {
  const taken = new Map<string, Set<string>>()
  return {
    take(viewer, name) {
      if (isOpen(name)) return
      for (const [who, names] of taken) {
        for (const one of names) if (!isOpen(one)) names.delete(one)
        if (names.size === 0) taken.delete(who)
      }
      const mine = taken.get(viewer) ?? new Set()
      if (mine.size >= most) throw new GatewayFull(`one viewer may have ${most} stills and recordings open`)
      taken.set(viewer, mine.add(name))
    },
  }
}
