/** What an append may not hold is refused before it can spoil a call that it shares with others. */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { callArguments, prepare } from './append-call.ts'
import { Sealing } from './sealing.ts'

const sealing = new Sealing(randomBytes(32))
const append = (id: string, title = '走访') => ({
  sender: 'tester',
  id,
  bodyHash: 'h',
  expect: [],
  events: [{ type: 'patrol.recorded', area: '330781', subject: 'patrol:1', data: { title } }],
})

test.each([
  ['the byte that ends a field', 'a\x1fb'],
  ['half a character', 'a\ud83d'],
])('a name with %s is refused', (_, id) => {
  expect(() => prepare(append(id), sealing)).toThrow(RangeError)
})

test('a call holds its appends in UTF-8, whatever their letters; half a character in a text is written as JSON writes it', () => {
  const { args, mark } = callArguments('330781', [prepare(append('a', '兰江🌊é'), sealing), prepare(append('b', 'x\udc00'), sealing)])
  const [first, firstEnd, second, secondEnd] = JSON.parse(String(args.at(-1)))
  expect([first.data.title, second.data.title]).toEqual(['兰江🌊é', 'x\udc00'])
  expect([firstEnd, secondEnd]).toEqual([`\x7f${mark}`, `\x7f${mark}`])
  const fields = String(args.at(-2)).split('\x1f')
  expect(fields.filter((field) => field.startsWith('tester')).map((field) => field.slice(-1))).toEqual(['a', 'b'])
})
