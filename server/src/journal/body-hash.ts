/** Fingerprint of a request's content: tells a repetition from another request under the same id, without storing the content. */
import { hash } from 'node:crypto'
import type { TSchema } from '@orchid/shared/kernel/schema'
import { utf8 } from './utf8.ts'

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

/**
 * `canonical` for values that a schema allows: its keys are sorted once, instead of those of each value. Of objects that take unknown
 * fields, lists and choices `canonical` itself is used.
 */
export function canonicalOf({ type, properties, additionalProperties }: TSchema & Fields): (value: unknown) => string {
  if (type !== 'object' || !properties || additionalProperties !== false) return canonical
  const fields = inOrder(Object.keys(properties)).map((key) => ({
    key,
    head: `${key.length}:${key}`,
    text: canonicalOf(properties[key] as TSchema & Fields),
  }))
  return (value) => {
    let text = '{'
    for (const { key, head, text: own } of fields) {
      const field = (value as Record<string, unknown>)[key]
      if (typeof field === 'string') text += `${head}${field.length}"${field}`
      else if (field !== undefined) text += `${head}${own(field)}`
    }
    return `${text}}`
  }
}

interface Fields {
  readonly type?: string
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly additionalProperties?: unknown
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
export const bodyHash = (secret: Buffer, body: unknown): string => digest(`${secret.toString('hex')}${canonical(body)}`)

const digest = (content: string | Uint8Array): string => hash('sha256', content, 'base64url').slice(0, 22)

const END = '\0'

/** `bodyHash` of many bodies, given as canonical texts without half characters. They are encoded at once, each ended by the byte 0. */
export function bodyHashes(secret: Buffer, texts: readonly string[]): string[] {
  const key = secret.toString('hex')
  const bytes = utf8(texts.reduce((all, text) => `${all}${key}${text}${END}`, ''))
  const hashes: string[] = []
  for (let begin = 0; begin < bytes.length; ) {
    const end = bytes.indexOf(0, begin)
    hashes.push(digest(bytes.subarray(begin, end)))
    begin = end + 1
  }
  // A text that held the byte itself was cut in two.
  return hashes.length === texts.length ? hashes : texts.map((text) => digest(`${key}${text}`))
}
