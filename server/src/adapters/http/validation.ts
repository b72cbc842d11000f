/** One Ajv for everything: exact types, unknown fields refused, and times that exist. */
import { parseRfc3339 } from '@orchid/shared/kernel/time'
import { Ajv } from 'ajv'

export const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false, strict: false })
ajv.addFormat('rfc3339', (text: string) => parseRfc3339(text) !== undefined)
