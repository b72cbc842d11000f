/** What the page of camera health asks the server. */

export interface Told<T> {
  readonly json: T
  /** Epoch milliseconds by the server's clock. */
  readonly at: number
}

/** Undefined when the server does not answer, or refuses. Never throws. */
export async function ask<T>(path: string): Promise<Told<T> | undefined> {
  try {
    const answer = await fetch(path, { credentials: 'same-origin', signal: AbortSignal.timeout(20_000) })
    if (!answer.ok) return undefined
    return { json: (await answer.json()) as T, at: Date.parse(answer.headers.get('date') ?? '') }
  } catch {
    return undefined
  }
}

/** All rows of a table by their key. */
export async function askTable<R>(table: string): Promise<Told<ReadonlyMap<string, R>> | undefined> {
  const told = await ask<{ rows: [string, R][] }>(`/api/tables/${table}?all=1`)
  return told && { json: new Map(told.json.rows), at: told.at }
}
