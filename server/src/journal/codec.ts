/** Entries of the stream as events and back. */
import type { EventBody, JournalEvent } from '@orchid/shared/kernel/event'
import type { Append, Entry } from './journal.ts'

/** A stream entry as ioredis gives it: `["7-0", ["m", …, "t", …, "e", …, "n"?, …]]`. */
export type RawEntry = readonly [id: string, fields: readonly string[]]

export function decode([id, fields]: RawEntry): Entry {
  let mark = ''
  let recordedAt = 0
  let no: number | undefined
  let body: Omit<JournalEvent, 'seq' | 'recordedAt' | 'no'> | undefined
  for (let i = 0; i < fields.length; i += 2) {
    const value = fields[i + 1] as string
    if (fields[i] === 'e') body = JSON.parse(value)
    else if (fields[i] === 't') recordedAt = Number(value)
    else if (fields[i] === 'm') mark = value
    else if (fields[i] === 'n') no = Number(value)
  }
  const event = body as unknown as { -readonly [K in keyof JournalEvent]: JournalEvent[K] }
  event.seq = Number.parseInt(id, 10)
  event.recordedAt = recordedAt
  if (no !== undefined) event.no = no
  return { event, mark }
}

/** The part of an event that the caller knows; seq, time and number are the journal's. */
export function payload(event: EventBody, { sender, id, origin }: Append): string {
  const { numbered: _, ...body } = event
  return JSON.stringify({ ...body, sender, id, ...(origin && { origin }) })
}
