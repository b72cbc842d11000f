import { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bodyHash, bodyHashes, canonical, canonicalOf } from './body-hash.ts'

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

/** What a journal of any version holds about its entries: a repetition must still find it. */
describe('the body hash of an entry of the patrol log', () => {
  const canonicalReport = canonicalOf(PatrolEvent)
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\0', '走访\0'))
  /** Any value stands for its field; a field may be absent, or undefined. */
  const field = fc.oneof(text, fc.double(), fc.constantFrom(undefined, null, true), fc.array(text, { maxLength: 3 }))
  const part = (properties: object) =>
    fc.record(Object.fromEntries(Object.keys(properties).map((key) => [key, field])), { requiredKeys: [] })
  const { position, private: sealed, ...plain } = PatrolEvent.properties
  const report = fc
    .tuple(part(plain), fc.option(part(position.properties)), fc.option(part(sealed.properties)))
    .map(([whole, where, who]) => ({ ...whole, ...(where && { position: where }), ...(who && { private: who }) }))

  test('is the one of its canonical text, whatever the order of its keys', () => {
    fc.assert(
      fc.property(report, (body) => {
        expect(canonicalReport(body)).toBe(canonical(body))
        expect(canonicalReport(turned(body))).toBe(canonical(body))
      }),
    )
  })
  test('is the same when many are hashed at once', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 5 }), (bodies) => {
        expect(bodyHashes(secret, bodies.map(canonicalReport))).toEqual(bodies.map((body) => bodyHash(secret, body)))
      }),
    )
  })
  test('is what it was in every version so far', () => {
    const body = {
      id: 'visit-1',
      kind: 'hazard',
      grid: '330781001001001',
      occurredAt: '2026-11-24T14:32:08+08:00',
      title: '河堤外侧发现管涌 🌊',
      position: { lng: 119.46, lat: 29.21, crs: 'WGS84' },
      level: 'red',
      note: '第一行\n第二行',
      private: { name: '张三', phone: '0579-88800000' },
    }
    const known = '1QEcdxPDCInoNGqXC2HalY'
    expect([bodyHash(secret, body), ...bodyHashes(secret, [canonicalReport(body)])]).toEqual([known, known])
  })
})
