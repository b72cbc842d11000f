/** `P` 隐私遮挡: blanks video and what parties wrote at once, and again shows it. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Row } from '@orchid/shared/kernel/projection'
import { useEventListener } from '@vueuse/core'
import { onBeforeUnmount, type Ref, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
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
  const shielded = ref(false)
  useEventListener('keydown', (event: KeyboardEvent) => {
    if (event.key.toLowerCase() === 'p' && !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat)
      shielded.value = !shielded.value
  })
  watch(shielded, (on) => live.drawThrough(on ? (table, row) => withoutPersons(table, row, t('kind.dispute')) : undefined))
  onBeforeUnmount(() => live.drawThrough(undefined))
  return shielded
}
