/** A number on the wall is held: it is right at first, and then changes at most every two seconds. */
import { onScopeDispose, type Ref, readonly, ref, watch } from 'vue'

export const HOLD = 2_000
/** Stands where a number is not known: it gives way at once, and what follows it is no change. */
export const UNKNOWN = '—'
/** How long a changed number stays underlined. */
export const MARKED = 3_000

export interface Held {
  readonly shown: Readonly<Ref<string>>
  /** What stood there before the last change. */
  readonly before: Readonly<Ref<string>>
  /** Changed a moment ago. */
  readonly changed: Readonly<Ref<boolean>>
  /** How often it has changed since it is shown. */
  readonly changes: Readonly<Ref<number>>
}

export function useHeld(value: () => string): Held {
  const shown = ref(value())
  const before = ref('')
  const changed = ref(false)
  const changes = ref(0)
  let holding: ReturnType<typeof setTimeout> | undefined
  let marked: ReturnType<typeof setTimeout> | undefined

  function show(): void {
    holding = undefined
    const next = value()
    if (next === shown.value) return
    const known = shown.value !== UNKNOWN && next !== UNKNOWN
    before.value = shown.value
    shown.value = next
    clearTimeout(holding)
    holding = setTimeout(show, HOLD)
    if (!known) return
    changes.value++
    changed.value = true
    clearTimeout(marked)
    marked = setTimeout(() => {
      changed.value = false
    }, MARKED)
  }
  watch(value, (next) => {
    if (holding === undefined || shown.value === UNKNOWN || next === UNKNOWN) show()
  })
  holding = setTimeout(show, HOLD)
  onScopeDispose(() => {
    clearTimeout(holding)
    clearTimeout(marked)
  })
  return { shown: readonly(shown), before: readonly(before), changed: readonly(changed), changes: readonly(changes) }
}
