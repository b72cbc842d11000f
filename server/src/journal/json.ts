/** JSON of small values, written piece by piece: JSON.stringify takes three times as long for each, and leaves as much garbage. */

/** Holds what JSON escapes, or half a character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are among what is escaped.
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

const quoted = (text: string): string => (ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`)

/** The text that JSON.stringify gives; 'null' where it gives none (undefined, functions, symbols). A plain object is not asked for a `toJSON`. */
export function json(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return list(value)
      // Of a class of its own, perhaps with a word of its own about its JSON.
      if (Object.getPrototypeOf(value) !== Object.prototype) return JSON.stringify(value) ?? 'null'
      return members(value as Readonly<Record<string, unknown>>)
    default:
      return JSON.stringify(value) ?? 'null'
  }
}

function list(items: readonly unknown[]): string {
  let text = '['
  for (let i = 0; i < items.length; i++) text += i === 0 ? json(items[i]) : `,${json(items[i])}`
  return `${text}]`
}

function members(object: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const key in object) {
    const value = object[key]
    // As JSON has it: a field without a value is left out.
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue
    text += text === '' ? `${quoted(key)}:${json(value)}` : `,${quoted(key)}:${json(value)}`
  }
  return `{${text}}`
}
