import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json } from './json.ts'

/** Texts of any 16-bit units: half characters among them. */
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 }).map((codes) => String.fromCharCode(...codes))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    units,
    fc.constantFrom('走访"独居"老人', 'a\\b', 'c\n', '\u2028'),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined, () => 1, Symbol('s'), new Date(0), new Map([[1, 2]])),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(units, tie('tree'), { maxKeys: 4 }),
    fc.dictionary(fc.string(), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

test('is what JSON.stringify gives', () => {
  fc.assert(
    fc.property(tree, (value) => {
      expect(json(value)).toBe(JSON.stringify(value) ?? 'null')
    }),
  )
})

test('says own fields only, and one named __proto__ like any other', () => {
  expect(json(JSON.parse('{"__proto__":{"a":1},"b":2}'))).toBe('{"__proto__":{"a":1},"b":2}')
})

test('throws for what has no JSON', () => {
  expect(() => json({ n: 1n })).toThrow(TypeError)
})
