import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countSeldom } from './text-length.ts'

const [usual, own] = [new Ajv({ strict: false }), new Ajv({ strict: false })]
countSeldom(own)

/** Characters of one 16-bit unit and of two, and halves of such. */
const text = fc.array(fc.constantFrom('a', '访', '🌊', '\ud83c', '\udf0a'), { maxLength: 12 }).map((parts) => parts.join(''))

test('what is too long or too short, and what is said about it, is as Ajv has it', () => {
  const limits = Array.from({ length: 7 }, (_, limit) => limit)
  const rules = limits.flatMap((limit) => [{ maxLength: limit }, { minLength: limit }])
  const compiled = rules.map((rule) => [usual.compile(rule), own.compile(rule)] as const)
  fc.assert(
    fc.property(text, (value) => {
      for (const [theirs, ours] of compiled) {
        expect(ours(value)).toBe(theirs(value))
        expect(ours.errors).toEqual(theirs.errors)
      }
    }),
  )
})
