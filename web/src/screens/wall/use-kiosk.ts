/** `?kiosk=1`: a screen nobody sits at. No cursor, no scroll bars, no sleep, and new pages at a quiet moment. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { useIntervalFn } from '@vueuse/core'
import { offeredBuild, ownBuild } from '../../live/build.ts'
import { useLive } from '../../live/store.ts'
import { keepAwake } from '../../ui/keep-awake.ts'
import { isQuiet, isTime } from './new-build.ts'

const LOOK_EVERY = 1_000
/** A page that was offered and is not the new one (a proxy keeps the old) is asked for again after this. */
const AGAIN = 60_000

export const isKiosk = (search: string): boolean => new URLSearchParams(search).get('kiosk') === '1'

export function useKiosk(): void {
  if (!isKiosk(location.search)) return
  keepAwake()
  const live = useLive()
  const incidents = live.useCurrent<IncidentRow>('incidents')
  const own = ownBuild()
  let newSince: number | undefined
  let quietSince: number | undefined
  let notBefore = 0

  async function takeOver(): Promise<void> {
    const offered = await offeredBuild()
    if (offered !== undefined && offered !== own) location.reload()
  }

  useIntervalFn(() => {
    const now = performance.now()
    newSince = own !== undefined && live.build !== undefined && live.build !== own ? (newSince ?? now) : undefined
    if (newSince === undefined) return
    const unaccepted = [...incidents.value.values()].filter((row) => row.state === 'reported')
    quietSince = isQuiet(unaccepted, live.link.state, live.historyLostAt !== undefined) ? (quietSince ?? now) : undefined
    if (now < notBefore || !isTime({ now, newSince, quietSince, link: live.link.state })) return
    notBefore = now + AGAIN
    void takeOver()
  }, LOOK_EVERY)
}
