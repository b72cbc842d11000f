/** A change of scene fades in; what stands on the wall is legible from the first frame on. */
import { type Ref, watch } from 'vue'

/** Never from nothing: a 特急 must not vanish for a moment. */
const FROM = 0.3

/** Milliseconds of a CSS time such as `800ms` or `0.8s`; 0 when it is none. */
export const milliseconds = (text: string): number => {
  const value = Number.parseFloat(text)
  return Number.isFinite(value) ? (/\d\s*ms$/.test(text.trim()) ? value : value * 1000) : 0
}

export function fadeOn(scene: () => string, element: Readonly<Ref<HTMLElement | null>>): void {
  watch(
    scene,
    () => {
      const style = getComputedStyle(document.documentElement)
      const duration = milliseconds(style.getPropertyValue('--t-scene'))
      if (duration) element.value?.animate([{ opacity: FROM }, { opacity: 1 }], { duration, easing: 'ease-out' })
    },
    { flush: 'post' },
  )
}
