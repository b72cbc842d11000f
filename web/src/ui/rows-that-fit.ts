/** How many rows of a list fit into its box. */
import { useElementSize } from '@vueuse/core'
import { type ComputedRef, computed, type Ref, ref, watch } from 'vue'

/** `row`: height of a row in rem. At least one row, also before the box has a size. */
export function useRowsThatFit(box: Readonly<Ref<HTMLElement | null>>, row: number): ComputedRef<number> {
  const { height } = useElementSize(box)
  const rem = ref(16)
  watch(height, () => {
    rem.value = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  })
  return computed(() => Math.max(1, Math.floor((height.value + 1) / (row * rem.value))))
}
