/** The page of the feed that is up: 特急 on top of each, the rest turning below; what is new comes up by itself. */
import { useIntervalFn } from '@vueuse/core'
import { type ComputedRef, computed, shallowRef, watch } from 'vue'
import type { FeedEntry } from './grouping.ts'
import { firstPage, pinned, turn } from './pager.ts'

interface Feed {
  entries(): readonly FeedEntry[]
  /** Rows on a page. */
  fits(): number
  /** Rows have come: what stands there then is not new. */
  ready(): boolean
  /** Epoch ms from which the running flood counts, if there is one. */
  floodFrom(): number | undefined
}

export interface Pages {
  readonly shown: ComputedRef<readonly FeedEntry[]>
  readonly page: ComputedRef<number>
  readonly pages: ComputedRef<number>
  isNew(entry: FeedEntry): boolean
}

export function usePages({ entries, fits, ready, floodFrom }: Feed): Pages {
  const split = computed(() => pinned(entries(), fits()))
  const turning = computed(() => split.value.rest)
  const size = computed(() => Math.max(1, fits() - split.value.top.length))
  const pager = shallowRef(firstPage([], 0))
  let begun = false

  function turnPage(): void {
    if (!begun && ready()) {
      begun = true
      pager.value = firstPage(turning.value, performance.now())
    }
    pager.value = turn(pager.value, turning.value, size.value, performance.now())
  }
  watch([turning, size], turnPage)
  // When a flood ends its incidents stand one by one again: none of them is new.
  watch(floodFrom, (from) => {
    if (from === undefined && begun) pager.value = firstPage(turning.value, performance.now())
  })
  useIntervalFn(turnPage, 500)

  const pages = computed(() => Math.max(1, Math.ceil(turning.value.length / size.value)))
  const page = computed(() => Math.min(pager.value.page, pages.value - 1))
  /** The last page is filled up from the one before: no page leaves half of the feed empty. */
  const from = computed(() => Math.max(0, Math.min(page.value * size.value, turning.value.length - size.value)))
  const shown = computed(() => [...split.value.top, ...turning.value.slice(from.value, from.value + size.value)])
  return { shown, page, pages, isNew: (entry) => !pager.value.seen.has(entry.id) }
}
