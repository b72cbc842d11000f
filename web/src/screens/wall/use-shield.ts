/** `P` 隐私遮挡: blanks video and what parties wrote at once, and again shows it. Kept in the address (`?shield=1`): a reload uncovers nothing. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Row } from '@orchid/shared/kernel/projection'
import { useEventListener } from '@vueuse/core'
import { onBeforeUnmount, type Ref, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { isTyping, keepInAddress } from '../../features/cameras/layout.ts'
import { useLive } from '../../live/store.ts'

/** A dispute is between persons: its own words give way to the name of its kind. Other rows stay as they are. */
export function withoutPersons(table: string, row: Row, words: string): Row {
  if (table !== 'incidents' || (row as IncidentRow).kind !== 'dispute') return row
  const { position: _, ...rest } = row as IncidentRow
  const nameless: IncidentRow = { ...rest, title: rest.category ?? words }
  return nameless
}

export function useShield(): Ref<boolean> {
  const live = useLive()
  const { t } = useI18n()
  const shielded = ref(new URLSearchParams(location.search).get('shield') === '1')
  useEventListener('keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return
    if (event.key.toLowerCase() === 'p') shielded.value = !shielded.value
  })
  watch(shielded, (up) => keepInAddress('shield', up ? '1' : undefined))
  watch(shielded, (up) => live.drawThrough(up ? (table, row) => withoutPersons(table, row, t('kind.dispute')) : undefined), {
    immediate: true,
  })
  onBeforeUnmount(() => live.drawThrough(undefined))
  return shielded
}
