/** How long the server takes to answer this browser, asked every ten seconds. */
import { onScopeDispose, type Ref, ref } from 'vue'

const EVERY = 10_000

/** Milliseconds of the last answered question; undefined when the last one was not answered. */
export function useRoundTrip(): Ref<number | undefined> {
  const roundTrip = ref<number>()
  const ask = async (): Promise<void> => {
    const from = performance.now()
    try {
      const response = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(5_000) })
      roundTrip.value = response.ok ? performance.now() - from : undefined
    } catch {
      roundTrip.value = undefined
    }
  }
  void ask()
  const timer = setInterval(ask, EVERY)
  onScopeDispose(() => clearInterval(timer))
  return roundTrip
}
