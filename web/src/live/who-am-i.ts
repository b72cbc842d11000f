/** Asks the server whose session this browser has. */
import type { SessionAnswer } from '@orchid/shared/protocol/api'

/** `serverTime`: epoch ms, to the second, from the answer's Date header. Never throws. */
export async function whoAmI(): Promise<(SessionAnswer & { serverTime: number }) | 'nobody' | 'unreachable'> {
  try {
    const response = await fetch('/api/session', { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(5_000) })
    if (response.status === 401) return 'nobody'
    if (!response.ok) return 'unreachable'
    const answer = (await response.json()) as SessionAnswer
    return { ...answer, serverTime: Date.parse(response.headers.get('date') ?? '') || Date.now() }
  } catch {
    return 'unreachable'
  }
}
