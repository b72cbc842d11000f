/** How many tiles are shown: as the wall has room for, or as somebody chose by key or button; kept in the address, so that a reload shows it again. */
import { useEventListener } from '@vueuse/core'
import { computed, type Ref, ref } from 'vue'

export const LAYOUTS = [1, 4, 6, 9, 12] as const
export type Layout = (typeof LAYOUTS)[number]

/** The choice of an address; undefined: as the wall has room for. Twelve only where there is room for twelve. */
export function layoutOf(text: string | null, wide: boolean): Layout | undefined {
  const n = LAYOUTS.find((layout) => String(layout) === text)
  return n === 12 && !wide ? undefined : n
}

/** `1 4 6 9`: so many tiles; `0`: as many as the wall has room for (12 on an ultra-wide one). Undefined: no key of ours. */
export const layoutOfKey = (key: string): Layout | 'auto' | undefined =>
  key === '0' ? 'auto' : LAYOUTS.find((layout) => layout < 10 && String(layout) === key)

/** Typing in a field is no command. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Keeps a choice in the address of this page; undefined takes it out. */
export function keepInAddress(name: string, value: string | undefined): void {
  const query = new URLSearchParams(location.search)
  if (value === undefined) query.delete(name)
  else query.set(name, value)
  const text = query.toString()
  history.replaceState(history.state, '', `${location.pathname}${text && `?${text}`}${location.hash}`)
}

export interface LayoutChoice {
  readonly layout: Readonly<Ref<Layout | undefined>>
  choose(layout: Layout | undefined): void
}

export function useLayout(wide: Readonly<Ref<boolean>>): LayoutChoice {
  const chosen = ref(new URLSearchParams(location.search).get('tiles'))
  const layout = computed(() => layoutOf(chosen.value, wide.value))
  function choose(next: Layout | undefined): void {
    chosen.value = next === undefined ? null : String(next)
    keepInAddress('tiles', chosen.value ?? undefined)
  }
  useEventListener('keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return
    const next = layoutOfKey(event.key)
    if (next === undefined) return
    event.preventDefault()
    choose(next === 'auto' ? undefined : next)
  })
  return { layout, choose }
}
