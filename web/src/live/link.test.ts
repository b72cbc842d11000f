import { describe, expect, test } from 'vitest'
import { type Heard, linkState } from './link.ts'

const heard: Heard = { status: 'open', startedAt: 0, heardAt: 100_000, hasRows: true, journalAwaySince: undefined }

describe('link state', () => {
  test('live while beats come', () => expect(linkState(heard, 105_000)).toBe('live'))
  test('late after one missed beat', () => expect(linkState(heard, 107_000)).toBe('late'))
  test('lost after eight and a half seconds of silence, whatever the socket believes', () => expect(linkState(heard, 108_500)).toBe('lost'))
  test('late at once when the socket is known to be down', () => expect(linkState({ ...heard, status: 'down' }, 100_100)).toBe('late'))
  test('the journal is away although the server beats', () =>
    expect(linkState({ ...heard, journalAwaySince: 5 }, 101_000)).toBe('journal-away'))
  test('silence outweighs what the last beat said of the journal', () =>
    expect(linkState({ ...heard, journalAwaySince: 5 }, 111_000)).toBe('lost'))
  test('connecting only for as long', () => {
    const fresh: Heard = { ...heard, status: 'connecting', heardAt: undefined, hasRows: false }
    expect(linkState(fresh, 8_400)).toBe('connecting')
    expect(linkState(fresh, 8_500)).toBe('lost')
  })
})
