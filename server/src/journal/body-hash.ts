/** Fingerprint of a request's content: tells a repetition from another request under the same id, without storing the content. */
import { hash } from 'node:crypto'

/**
 * One text for each JSON value, whatever the order of keys; undefined fields are left out as JSON does. Texts and keys carry their length,
 * so that no two values share a text. It is not JSON: writing and sorting that took twice as long, for each entry of a full load.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return `${value.length}"${value}`
  if (typeof value !== 'object' || value === null) return `${value};`
  if (Array.isArray(value)) return `[${value.map(canonical).join('')}]`
  let text = '{'
  for (const key of inOrder(Object.keys(value))) {
    const own = (value as Record<string, unknown>)[key]
    if (own !== undefined) text += `${key.length}:${key}${canonical(own)}`
  }
  return `${text}}`
}

/** Sorts keys where they stand. A few by hand: for each entry of a full load, sort() leaves as much garbage as the whole body is. */
function inOrder(keys: string[]): string[] {
  if (keys.length > 32) return keys.sort()
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string
    let place = i
    for (; place > 0 && (keys[place - 1] as string) > key; place--) keys[place] = keys[place - 1] as string
    keys[place] = key
  }
  return keys
}

/**
 * 22 characters of base64url: SHA-256 over secret and content, cut to 128 bit, so that nobody can go on from it to the hash of a longer content.
 * The secret lies outside Redis, so that short bodies cannot be guessed from a stolen dump.
 */
export const bodyHash = (secret: Buffer, body: unknown): string =>
  hash('sha256', `${secret.toString('hex')}${canonical(body)}`, 'base64url').slice(0, 22)
