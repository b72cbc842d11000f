/** Which build of the pages runs here, and which one the server would give now. */
import { buildOf } from '@orchid/shared/protocol/build'

/** Build of this page, from the entry script and style it was loaded with; lazily loaded ones stand behind them. */
export const ownBuild = (): string | undefined => buildOf(document.head.outerHTML)

/** Build of the page at this address; undefined when it cannot be had. */
export async function offeredBuild(): Promise<string | undefined> {
  try {
    const response = await fetch(location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(8_000) })
    return response.ok ? buildOf(await response.text()) : undefined
  } catch {
    return undefined
  }
}
