import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyHash, canonical } from './body-hash.ts'

const secret = Buffer.alloc(32, 1)

/** The same value with the keys of every object in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, own]) => [key, turned(own)]),
  )
}

describe('a body hash', () => {
  test('does not depend on the order of keys at any depth', () => {
    fc.assert(fc.property(fc.object({ maxDepth: 4 }), (body) => bodyHash(secret, turned(body)) === bodyHash(secret, body)))
  })
  test('is the same for the same text read twice, and another for another value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [one, two] = [JSON.stringify(a), JSON.stringify(b)].map((text) => JSON.parse(text as string))
        expect(bodyHash(secret, JSON.parse(JSON.stringify(a)))).toBe(bodyHash(secret, one))
        if (canonical(one) !== canonical(two)) expect(bodyHash(secret, one)).not.toBe(bodyHash(secret, two))
      }),
    )
  })
  test.each([
    [{ a: 1 }, { a: '1' }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: [] }, { a: {} }],
    [{ a: null }, {}],
    [{ 'a"b': 1 }, { a: { b: 1 } }],
    [{ a: 'b', c: 'd' }, { a: 'b,"c":"d' }],
  ])('tells %j from %j', (one, other) => expect(bodyHash(secret, one)).not.toBe(bodyHash(secret, other)))
  test('takes a field that is undefined as absent, as JSON does', () => {
    expect(bodyHash(secret, { a: 1, b: undefined })).toBe(bodyHash(secret, { a: 1 }))
  })
  test('is 22 characters of base64url and another under another key', () => {
    expect(bodyHash(secret, {})).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(bodyHash(Buffer.alloc(32, 2), {})).not.toBe(bodyHash(secret, {}))
  })
})
