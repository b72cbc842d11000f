/** Keeps a centred box of the title bar off the bezels. */
import { useElementSize } from '@vueuse/core'
import { type Ref, ref, watch } from 'vue'
import { clearShift } from './seams.ts'

/** Pixels by which the box must be shifted; `seams` in percent of the wall's width. */
export function useClear(box: Readonly<Ref<HTMLElement | null>>, seams: readonly number[]): Readonly<Ref<number>> {
  const shift = ref(0)
  const { width, height } = useElementSize(box)
  watch([width, height], () => {
    if (!box.value || seams.length === 0) return
    const { left, right } = box.value.getBoundingClientRect()
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    const at = seams.map((seam) => (seam / 100) * window.innerWidth)
    shift.value = clearShift({ left: left - shift.value, right: right - shift.value }, at, 0.8 * rem)
  })
  return shift
}
