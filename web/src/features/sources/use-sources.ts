/** Figures of the live table `sources`, and a source's name in words. */
import type { SourceRow } from '@orchid/shared/domain/sources/projections'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useLive } from '../../live/store.ts'
import { sourceFigures } from './link-words.ts'

const KNOWN = ['simulator', 'hydrology', 'intake']

export function useSources() {
  const { t } = useI18n()
  const rows = useLive().useCurrent<SourceRow>('sources')
  const figures = computed(() => sourceFigures(rows.value.values()))
  const nameOf = (name: string): string => (KNOWN.includes(name) ? t(`source.${name}`) : name)
  return { figures, nameOf }
}
