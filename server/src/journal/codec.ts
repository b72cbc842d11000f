/** Entries of the stream as events and back. */
import type { EventBody, JournalEvent } from '@orchid/shared/kernel/event'
import type { Append, Entry } from './journal.ts'

/** A stream entry as ioredis gives it: `["7-0", ["e", "<mark> <recordedAt> [<number>] <event as JSON>"]]`. */
export type RawEntry = readonly [id: string, fields: readonly string[]]

export function decode([id, [, text]]: RawEntry): Entry {
  const body = (text as string).indexOf('{')
  const [mark, recordedAt, no] = (text as string).slice(0, body - 1).split(' ') as [string, string, string?]
  const event = JSON.parse((text as string).slice(body)) as { -readonly [K in keyof JournalEvent]: JournalEvent[K] }
  event.seq = Number.parseInt(id, 10)
  event.recordedAt = Number(recordedAt)
  if (no !== undefined) event.no = Number(no)
  return { event, mark }
}

/** The part of an event that the caller knows; seq, time and number are the journal's. */
export function payload(event: EventBody, { sender, id, origin }: Append): string {
  const { numbered: _, ...body } = event
  return JSON.stringify({ ...body, sender, id, ...(origin && { origin }) })
}
