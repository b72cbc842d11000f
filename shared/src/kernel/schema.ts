/** The one import of the schema library, and the text types that refuse what no person types. */
import { type TProperties, Type } from 'typebox'

export type { Static, TSchema } from 'typebox'
export { Type }

/** No control characters, no lone surrogates, no marks that turn the direction of the text around. */
const PLAIN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$'
/** The same, but line breaks and tabs are allowed. */
const LINES = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]*$'

/** One line of text of 1 to `max` characters (code points). */
export const Line = (max: number, min = 1) => Type.String({ minLength: min, maxLength: max, pattern: PLAIN })
/** Text of several lines, up to `max` characters (code points). */
export const Lines = (max: number) => Type.String({ minLength: 1, maxLength: max, pattern: LINES })
/** A sender's own id: up to 64 of [A-Za-z0-9._:-]. */
export const SenderId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._:-]+$' })
/** An object that refuses fields it does not know. */
export const Exact = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })
