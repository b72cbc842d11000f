/** Where an enlarged picture lies: over the map, as large as 16:9 allows there, and across no bezel. */
import { useElementBounding } from '@vueuse/core'
import { type ComputedRef, computed, type Ref } from 'vue'

export interface Span {
  readonly left: number
  readonly width: number
}

/** The widest part of a span without a seam in it; `seams` in the same unit. */
export function widest({ left, width }: Span, seams: readonly number[]): Span {
  const edges = [left, ...seams.filter((seam) => seam > left && seam < left + width), left + width]
  let best: Span = { left, width: 0 }
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1] as number, edges[i] as number]
    if (to - from > best.width + 0.5) best = { left: from, width: to - from }
  }
  return best
}

/** The style of the enlarged tile, in pixels from the corner of `tiles`; undefined while none is enlarged. */
export function useEnlarged(
  enlarged: Readonly<Ref<string | undefined>>,
  tiles: Readonly<Ref<HTMLElement | null>>,
  over: () => HTMLElement | null,
  seams: () => readonly number[],
): { place: ComputedRef<Record<string, string> | undefined> } {
  const ground = useElementBounding(computed(() => (enlarged.value === undefined ? null : over())))
  const from = useElementBounding(computed(() => (enlarged.value === undefined ? null : tiles.value)))
  const place = computed(() => {
    if (enlarged.value === undefined || ground.width.value === 0 || from.width.value === 0) return undefined
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    const span = widest(
      { left: ground.left.value, width: ground.width.value },
      seams().map((seam) => (seam / 100) * window.innerWidth),
    )
    // Below the picture its caption of two lines, around it a margin.
    const [padding, caption] = [1.2 * rem, 3.4 * rem]
    const width = Math.min(span.width, ((ground.height.value - padding - caption) * 16) / 9 + padding)
    const height = ((width - padding) * 9) / 16 + padding + caption
    return {
      left: `${span.left + (span.width - width) / 2 - from.left.value}px`,
      top: `${ground.top.value + (ground.height.value - height) / 2 - from.top.value}px`,
      width: `${width}px`,
    }
  })
  return { place }
}
