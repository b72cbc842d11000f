/** Asks the server which base map is configured. */
import type { BaseAnswer, BaseMap } from '@orchid/shared/protocol/api'

const AGAIN = 30_000

/** Undefined: none, or it is not ours to see. Asks again every 30 s until the server answers or `signal` aborts. */
export async function askBase(signal: AbortSignal): Promise<BaseMap | undefined> {
  for (;;) {
    const response = await fetch('/api/base', { credentials: 'same-origin', signal }).catch(() => undefined)
    if (signal.aborted) return undefined
    if (response?.ok) return ((await response.json()) as BaseAnswer).base
    if (response && response.status < 500) return undefined
    await new Promise((resolve) => setTimeout(resolve, AGAIN))
    if (signal.aborted) return undefined
  }
}
