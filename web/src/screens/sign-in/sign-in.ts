/** Signs in over HTTP and says in which way it did not work. */

export type SignIn = 'ok' | 'wrong' | 'unavailable' | 'unreachable' | { limited: number } | { refused: string }

/** `POST /api/session`; the session is a cookie this page never sees. Never throws. */
export async function signIn(account: string, password: string): Promise<SignIn> {
  let response: Response
  try {
    response = await fetch('/api/session', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
      signal: AbortSignal.timeout(10_000),
    })
  } catch {
    return 'unreachable'
  }
  if (response.ok) return 'ok'
  if (response.status === 401) return 'wrong'
  if (response.status === 429) return { limited: Number(response.headers.get('retry-after')) || 60 }
  if (response.status >= 500) return 'unavailable'
  const problem = (await response.json().catch(() => ({}))) as { detail?: string }
  return { refused: problem.detail ?? String(response.status) }
}
