/** From 22 to 6 o'clock the wall is dimmed gently; `?dim=off` leaves it as it is. Pure but for the two that touch the page. */
import { shanghaiHour } from '@orchid/shared/kernel/time'
import { onScopeDispose, watchEffect } from 'vue'
import { useLive } from '../../live/store.ts'

/** `now`: epoch ms by the server's clock. */
export function isNight(now: number): boolean {
  const hour = shanghaiHour(now)
  return hour >= 22 || hour < 6
}

export function useNight(): void {
  const live = useLive()
  const off = new URLSearchParams(location.search).get('dim') === 'off'
  const { classList } = document.documentElement
  watchEffect(() => classList.toggle('is-night', !off && live.time !== undefined && isNight(live.time)))
  onScopeDispose(() => classList.remove('is-night'))
}
