/** Trades the code in the address (`/wall#pair=…`) for this wall's cookie. The fragment never leaves the browser by itself. */

export type Pairing = 'paired' | 'refused' | 'busy' | 'unreachable'

/** The code in a fragment, or undefined. */
export function pairingCode(hash: string): string | undefined {
  const code = new URLSearchParams(hash.replace(/^#/, '')).get('pair')
  return code || undefined
}

/** `POST /api/session/wall`. `busy` and `unreachable` are worth another try; never throws. */
export async function pair(code: string): Promise<Pairing> {
  try {
    const response = await fetch('/api/session/wall', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(8_000),
    })
    if (response.ok) return 'paired'
    return response.status === 429 ? 'busy' : response.status >= 500 ? 'unreachable' : 'refused'
  } catch {
    return 'unreachable'
  }
}
