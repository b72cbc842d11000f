/** Fingerprint of a request's content: tells a repetition from another request under the same id, without storing the content. */
import { createHmac } from 'node:crypto'

/** JSON with sorted keys at every depth; undefined fields are left out as JSON does. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const fields = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join()}}`
}

/** 22 characters of base64url: HMAC-SHA-256, cut to 128 bit. The key lies outside Redis, so that short bodies cannot be guessed from a stolen dump. */
export const bodyHash = (secret: Buffer, body: unknown): string =>
  createHmac('sha256', secret).update(canonicalJson(body)).digest('base64url').slice(0, 22)
