/** Which scene the wall shows: by address (`?scene=`), by key, or as the live channel tells the wall of this name. */
import type { Role } from '@orchid/shared/domain/access/roles'
import { type SceneName, wallKey } from '@orchid/shared/domain/walls/events'
import type { WallRow } from '@orchid/shared/domain/walls/projections'
import { useEventListener } from '@vueuse/core'
import { type ComputedRef, computed, ref, watch } from 'vue'
import { useLive } from '../../live/store.ts'
import { type Choice, isScene, latest, SCENES, type Scene, sceneOfKey } from './scenes.ts'

/** Who this wall is: the name it was paired by, and its area. */
export interface Me {
  readonly account: string
  readonly area: string
  readonly role?: Role
}

/** What was chosen here, kept in the address and its history entry so that a reload shows it again. */
function chosen(): Choice {
  const scene = new URLSearchParams(location.search).get('scene')
  const at = (history.state as { sceneAt?: unknown } | null)?.sceneAt
  return isScene(scene) ? { scene, at: typeof at === 'number' ? at : 0 } : { scene: 'daily', at: 0 }
}

function keep({ scene, at }: Choice): void {
  const query = new URLSearchParams(location.search)
  query.set('scene', scene)
  history.replaceState({ ...history.state, sceneAt: at }, '', `${location.pathname}?${query}${location.hash}`)
}

export function useScene(me: () => Me | undefined): ComputedRef<Scene> {
  const live = useLive()
  const walls = live.useCurrent<WallRow>('walls')
  const here = ref(chosen())
  const told = computed<Choice | undefined>(() => {
    const who = me()
    const row = who && walls.value.get(wallKey(who.area, who.account))
    return row && isScene(row.scene) ? { scene: row.scene, at: row.setAt } : undefined
  })
  const name = computed(() => latest(here.value, told.value).scene)
  const scene = computed(() => SCENES[name.value])
  let before: SceneName = 'daily'
  watch(name, (_now, was) => {
    if (was !== 'visit') before = was
  })
  useEventListener('keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const next = sceneOfKey(event.key, name.value, before)
    if (!next) return
    event.preventDefault()
    if (event.repeat) return
    here.value = { scene: next, at: Math.max(live.time ?? 0, (told.value?.at ?? 0) + 1) }
    keep(here.value)
  })
  watch(
    () => scene.value.still,
    (still) => live.hold(still),
    { immediate: true, flush: 'sync' },
  )
  return scene
}
