/** Entries of the stream as events and back. */
import type { EventBody, JournalEvent } from '@orchid/shared/kernel/event'
import { type Append, type Entry, JournalUnusable } from './journal.ts'

/** A stream entry as ioredis gives it: `["7-0", ["e", "<mark> <recordedAt> [<number>] <event as JSON>"]]`. */
export type RawEntry = readonly [id: string, fields: readonly string[]]

/** Throws JournalUnusable for an entry that another version wrote. */
export function decode([id, [, text = '']]: RawEntry): Entry {
  // By places instead of split(): a start decodes the whole journal, and that took a quarter longer.
  const time = text.indexOf(' ') + 1
  const no = text.indexOf(' ', time) + 1
  const body = text.indexOf('{')
  if (no === 0 || no > body)
    throw new JournalUnusable(`Entry ${id} of the journal has a form that this version does not read; see CHANGELOG.md.`)
  const event = JSON.parse(text.slice(body)) as { -readonly [K in keyof JournalEvent]: JournalEvent[K] }
  event.seq = Number.parseInt(id, 10)
  event.recordedAt = Number(text.slice(time, no - 1))
  if (no < body) event.no = Number(text.slice(no, body - 1))
  return { event, mark: text.slice(0, time - 1) }
}

/** The part of an event that the caller knows, to be written as JSON; seq, time and number are the journal's. */
export function payload(event: EventBody, { sender, id, origin }: Append): object {
  // Field by field: spreading an event costs more than writing it. Absent fields are left out by JSON.
  const { type, area, subject, occurredAt, data } = event
  return { type, area, subject, data, occurredAt, sender, id, origin }
}
