/** One Ajv for everything: exact types, unknown fields refused, and times that exist. */
import { COMMANDS } from '@orchid/shared/domain/index'
import { parseRfc3339 } from '@orchid/shared/kernel/time'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { findings } from './problem.ts'
import { countSeldom } from './text-length.ts'

export const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false, strict: false })
countSeldom(ajv)
ajv.addFormat('rfc3339', (text: string) => parseRfc3339(text) !== undefined)

/** As Fastify calls it. */
export interface Check {
  (data: unknown): boolean
  errors?: ErrorObject[] | null
}

/** The check of a schema, compiled when something is checked first: compiling all of them was the longest part of a start. */
export function checkOf(schema: object): Check {
  let compiled: ValidateFunction | undefined
  const check: Check = (data) => {
    compiled ??= ajv.compile(schema)
    const valid = compiled(data)
    check.errors = compiled.errors ?? null
    return valid
  }
  return check
}

const compiled = new Map<string, ValidateFunction>()

/** The first thing about a command's data that its schema does not allow; undefined when all is well. */
export function checkCommand(name: keyof typeof COMMANDS, data: object): { path: string; message: string } | undefined {
  const valid = compiled.get(name) ?? ajv.compile(COMMANDS[name].schema)
  compiled.set(name, valid)
  return valid(data) ? undefined : findings(valid.errors as never)[0]
}
