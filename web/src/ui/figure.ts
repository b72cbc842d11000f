/** `v-figure`: a number that can be asked what it is: by the pointer, a long press or the keyboard. */
import type { Directive } from 'vue'

export interface Figure {
  readonly name: string
  readonly unit?: string
  /** Where it comes from, in words. */
  readonly source: string
  /** Epoch ms as of which it holds; absent: as of the same time as all rows. */
  readonly at?: number | undefined
  /** Further lines, such as how it is computed. */
  readonly more?: readonly string[]
}

const figures = new WeakMap<Element, () => Figure>()

/** The value is a function, asked when somebody wants to know; within another figure the inner one counts. The element becomes a stop of the keyboard. */
export const vFigure: Directive<HTMLElement, (() => Figure) | undefined> = {
  mounted(element, { value }) {
    if (!value) return
    figures.set(element, value)
    element.dataset.figure = ''
    element.tabIndex = 0
  },
  updated(element, { value }) {
    if (value) figures.set(element, value)
  },
}

export interface Asked {
  readonly element: HTMLElement
  readonly figure: Figure
}

/** The figure that an event is about. */
export function figureAt(target: EventTarget | null): Asked | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-figure]') : null
  const figure = element && figures.get(element)?.()
  return element && figure ? { element, figure } : undefined
}
