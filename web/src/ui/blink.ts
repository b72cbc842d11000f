/** Which symbols blink: of all on the page that ask, three at most, the worst first. The others stand with a white outline. */
import { type ComputedRef, computed, onScopeDispose, shallowReactive, toValue, watchEffect } from 'vue'

/** More would be a flicker that nobody reads. */
export const MOST = 3

interface Asking {
  readonly priority: number
  /** Order of asking: who asked first goes on blinking. */
  readonly order: number
}

/** The keys that may blink: the worst first, then those that asked first. */
export function mayBlink(asking: ReadonlyMap<symbol, Asking>, most = MOST): Set<symbol> {
  const sorted = [...asking].sort(([, a], [, b]) => a.priority - b.priority || a.order - b.order)
  return new Set(sorted.slice(0, most).map(([key]) => key))
}

const asking = shallowReactive(new Map<symbol, Asking>())
const allowed = computed(() => mayBlink(asking))
let asked = 0

/** Asks for a symbol as long as `wants` holds; tells whether it blinks now. One page, one budget, wherever the symbol stands. */
export function useBlink(wants: () => boolean | undefined, priority: () => number): ComputedRef<boolean> {
  const key = Symbol('blinking')
  const order = ++asked
  watchEffect(() => {
    if (toValue(wants)) asking.set(key, { priority: priority(), order })
    else asking.delete(key)
  })
  onScopeDispose(() => asking.delete(key))
  return computed(() => allowed.value.has(key))
}

/** All blinking symbols pulse together, whenever each began: their animation counts from the page's own beginning. */
export function inPhase(event: AnimationEvent): void {
  for (const animation of (event.target as Element).getAnimations()) animation.startTime = 0
}
