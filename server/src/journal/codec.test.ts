import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, payload } from './codec.ts'
import { JournalUnusable } from './journal.ts'

/** What stands in an entry comes back as it was given, whatever texts and numbers the event holds. */
test('an event comes back from its entry as it went in', () => {
  fc.assert(
    fc.property(
      fc.record({ type: fc.string(), area: fc.string(), subject: fc.string(), data: fc.jsonValue() }),
      fc.record({ sender: fc.string(), id: fc.string() }),
      fc.option(fc.integer({ min: 1, max: 9_999 }), { nil: undefined }),
      fc.integer({ min: 1, max: 2 ** 40 }),
      (event, { sender, id }, no, recordedAt) => {
        const text = JSON.stringify(
          payload({ ...event, ...(no !== undefined && { numbered: true as const }) }, { sender, id, bodyHash: '', expect: [], events: [] }),
        )
        const head = `00ff00ff00ff00ff ${recordedAt}${no === undefined ? '' : ` ${no}`}`
        const entry = decode(['17-0', ['e', `${head} ${text}`]])
        expect(entry.mark).toBe('00ff00ff00ff00ff')
        expect(entry.event).toEqual({
          ...event,
          data: JSON.parse(JSON.stringify(event.data)),
          sender,
          id,
          seq: 17,
          recordedAt,
          ...(no !== undefined && { no }),
        })
      },
    ),
  )
})

test('sample data stays marked; the wish for a number does not stand in the entry', () => {
  const text = JSON.stringify(
    payload(
      { type: 't', area: 'a', subject: 's', data: {}, numbered: true },
      { sender: 'x', id: 'y', bodyHash: '', expect: [], events: [], origin: 'demo' },
    ),
  )
  expect(JSON.parse(text)).toEqual({ type: 't', area: 'a', subject: 's', data: {}, sender: 'x', id: 'y', origin: 'demo' })
})

test.each(['', '{}', '00ff {"type":"t x y"}', '00ff 1 "t"'])('an entry of another form is refused, not misread: %s', (text) => {
  expect(() => decode(['17-0', ['e', text]])).toThrow(JournalUnusable)
})
