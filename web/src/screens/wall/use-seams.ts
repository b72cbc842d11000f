/** Moves the gaps between the columns onto the bezels of this wall, whenever its size changes. */
import { useElementSize } from '@vueuse/core'
import { type Ref, watch } from 'vue'
import { type Columns, snap } from './seams.ts'

/** Least width of the map's column, in rem. */
const LEAST = 24

function measured(scene: HTMLElement, middle: HTMLElement): Columns {
  const style = getComputedStyle(scene)
  const widths = style.gridTemplateColumns.split(' ').map(Number.parseFloat)
  const [start, gap] = [scene.getBoundingClientRect().left, Number.parseFloat(style.columnGap)]
  const from = middle.getBoundingClientRect().left
  let x = start
  let elastic = 0
  for (const [i, width] of widths.entries()) {
    if (Math.abs(x - from) < 2) elastic = i
    x += width + gap
  }
  return { widths, gap, start, elastic, least: LEAST * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) }
}

/** `layout` changes when the style sheet may have other columns; `seams` in percent of the wall's width. The style sheet says which columns there are; here they are only shifted. */
export function useSeams(
  scene: Readonly<Ref<HTMLElement | null>>,
  middle: Readonly<Ref<HTMLElement | null>>,
  seams: readonly number[],
  layout: () => string,
): void {
  if (seams.length === 0) return
  const { width, height } = useElementSize(scene)
  watch(
    [width, height, layout],
    () => {
      if (!scene.value || !middle.value) return
      scene.value.style.gridTemplateColumns = ''
      const columns = measured(scene.value, middle.value)
      const at = seams.map((seam) => (seam / 100) * window.innerWidth)
      scene.value.style.gridTemplateColumns = snap(columns, at)
        .widths.map((w) => `${w}px`)
        .join(' ')
    },
    { flush: 'post' },
  )
}
