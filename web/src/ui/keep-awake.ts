/** Keeps the screen from sleeping; says whether that worked. */
import { onScopeDispose, type Ref, readonly, ref } from 'vue'

/** `off`: nobody asked for it. `refused`: the browser has no way or said no, and the screen may go dark. */
export type Awake = 'off' | 'held' | 'refused'

const AGAIN = 30_000
const awake = ref<Awake>('off')

/** For the link status: the one place that tells. */
export const useAwake = (): Readonly<Ref<Awake>> => readonly(awake)

/** Holds a wake lock until the scope ends, and takes it again whenever it is lost: browsers drop it with every hidden tab. */
export function keepAwake(): void {
  let lock: WakeLockSentinel | undefined
  let gone = false
  let asking = false
  async function hold(): Promise<void> {
    if (gone || asking || document.hidden || (lock && !lock.released)) return
    asking = true
    try {
      lock = await navigator.wakeLock.request('screen')
      awake.value = 'held'
      lock.addEventListener('release', () => void hold())
    } catch {
      // Without a secure address the browser offers no lock at all; with a low battery it refuses one.
      awake.value = 'refused'
    }
    asking = false
    if (gone) await lock?.release()
  }
  const again = (): void => void hold()
  document.addEventListener('visibilitychange', again)
  const timer = setInterval(again, AGAIN)
  void hold()
  onScopeDispose(() => {
    gone = true
    clearInterval(timer)
    document.removeEventListener('visibilitychange', again)
    void lock?.release()
    awake.value = 'off'
  })
}
