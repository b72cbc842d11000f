/** Fingerprint of a request's content: tells a repetition from another request under the same id, without storing the content. */
import { createHmac } from 'node:crypto'

/** JSON with sorted keys at every depth; undefined fields are left out as JSON does. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'null'
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  // Without a prototype, so that no key means anything; whole numbers as keys come first in any object, the same way each time.
  const fields: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value).sort()) fields[key] = sorted((value as Record<string, unknown>)[key])
  return fields
}

/** 22 characters of base64url: HMAC-SHA-256, cut to 128 bit. The key lies outside Redis, so that short bodies cannot be guessed from a stolen dump. */
export const bodyHash = (secret: Buffer, body: unknown): string =>
  createHmac('sha256', secret).update(canonicalJson(body)).digest('base64url').slice(0, 22)
