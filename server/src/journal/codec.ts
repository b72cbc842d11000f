/** Entries of the stream as events and back. */
import type { EventBody, JournalEvent } from '@orchid/shared/kernel/event'
import { type Append, type Entry, JournalUnusable } from './journal.ts'

/** A stream entry as ioredis gives it: `["7-0", ["e", "<mark> <recordedAt> [<number>] <event as JSON>"]]`. */
export type RawEntry = readonly [id: string, fields: readonly string[]]

/** Throws JournalUnusable for an entry that another version wrote. */
export function decode([id, [, text]]: RawEntry): Entry {
  const body = text?.indexOf('{') ?? -1
  if (!(body > 0)) throw new JournalUnusable(`Entry ${id} of the journal has a form that this version does not read; see CHANGELOG.md.`)
  const [mark, recordedAt, no] = (text as string).slice(0, body - 1).split(' ') as [string, string, string?]
  const event = JSON.parse((text as string).slice(body)) as { -readonly [K in keyof JournalEvent]: JournalEvent[K] }
  event.seq = Number.parseInt(id, 10)
  event.recordedAt = Number(recordedAt)
  if (no !== undefined) event.no = Number(no)
  return { event, mark }
}

/** The part of an event that the caller knows; seq, time and number are the journal's. */
export function payload(event: EventBody, { sender, id, origin }: Append): string {
  // Field by field: spreading an event costs more than writing it. Absent fields are left out by JSON.
  const { type, area, subject, occurredAt, data } = event
  return JSON.stringify({ type, area, subject, data, occurredAt, sender, id, origin })
}
