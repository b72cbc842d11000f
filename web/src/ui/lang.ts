/** The language of the page as the formatting functions want it. */
import { type ComputedRef, computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Lang } from './format.ts'

export function useLang(): ComputedRef<Lang> {
  const { locale } = useI18n()
  return computed(() => (locale.value === 'en' ? 'en' : 'zh-CN'))
}
