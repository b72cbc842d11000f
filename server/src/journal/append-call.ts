/** One call of append.lua: appends laid out as its arguments, and its answer as verdicts and as the entries that now stand in the journal. */
import { randomBytes } from 'node:crypto'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { payload } from './codec.ts'
import type { Append, Entry, Verdict } from './journal.ts'
import type { Sealing } from './sealing.ts'
import { utf8 } from './utf8.ts'

/** The name under which an append is known for good. */
export const idOf = ({ sender, id }: { sender: string; id: string }): string => `${sender}\0${id}`

/** Thrown for one append: times of the caller's are only for a journal that knows no others. */
export class LoadingOver extends RangeError {
  constructor() {
    super('recordedAt may be given only to a journal that is empty or still being loaded')
    this.name = 'LoadingOver'
  }
}

/** Ends each field of an append. JSON and base64 never hold it. */
const END = '\x1f'

function name(text: string): string {
  if (text.includes(END) || !text.isWellFormed())
    throw new RangeError('a name in the journal must not hold the byte 31 or half a character')
  return text
}

/** An append made ready for the script, while an earlier call is still on its way. */
export interface Prepared {
  readonly append: Append
  /** What is said of it beside the events themselves, each field with its end. */
  readonly fields: string
  /** How many events it stores. */
  readonly events: number
  readonly urgent: boolean
}

/**
 * Lays an append out as the head of append.lua lists it. Throws RangeError when `recordedAt` is no whole number of milliseconds,
 * or when a name holds the byte that ends a field or half a character, which could not be encoded.
 */
export function prepare(append: Append, sealing: Sealing): Prepared {
  const { recordedAt, bodyHash, expect, events, urgent = false } = append
  if (recordedAt !== undefined && (!Number.isSafeInteger(recordedAt) || recordedAt < 0))
    throw new RangeError('recordedAt must be whole milliseconds since 1970')
  const sealed = append.private && sealing.seal(append.private.subject, append.private.fields)
  const { wrappedKey = '', ciphertext = '' } = sealed ?? {}
  let fields = `${recordedAt ?? ''}${END}${name(idOf(append))}${END}${bodyHash}${END}`
  fields += `${name(append.private?.subject ?? '')}${END}${wrappedKey}${END}${ciphertext}${END}${expect.length}${END}`
  for (const [subject, version] of expect) fields += `${name(subject)}${END}${version}${END}`
  fields += `${events.length}${END}`
  for (const event of events) {
    const versioned = expect.some(([subject]) => subject === event.subject)
    fields += `${versioned ? event.subject : ''}${END}${event.numbered ? '1' : ''}${END}`
  }
  return { append, fields, events: events.length, urgent }
}

/** All arguments of a call, and the mark that its entries will carry; without appends it is a tick. */
export function callArguments(city: string, prepared: readonly Prepared[]): { args: (string | number | Buffer)[]; mark: string } {
  const random = randomBytes(16).toString('hex')
  const mark = random.slice(0, 16)
  const fields = utf8(prepared.reduce((text, one) => text + one.fields, ''))
  return { mark, args: [city, mark, random.slice(16), prepared.length, fields, utf8(payloads(prepared, mark))] }
}

/**
 * The events of all appends as one list of JSON, each followed by a text that ends it: one long list is written in half the time of many
 * short texts. No event holds that text, for nobody knew the mark when it was made.
 */
export function payloads(appends: readonly { readonly append: Append }[], mark: string): string {
  const end = `\x7f${mark}`
  const list: unknown[] = []
  for (const { append } of appends) for (const event of append.events) list.push(payload(event, append), end)
  return JSON.stringify(list)
}

/** One outcome for each append, in order; the answer's first part is the journal's head after the call. Verdicts read as append.lua writes them. */
export function outcomes(answer: unknown, prepared: readonly Prepared[]): (Verdict | LoadingOver)[] {
  const [head, ...verdicts] = answer as [number, ...string[]]
  return prepared.map(({ events }, i) => outcome(verdicts[i] as string, events, head))
}

function outcome(verdict: string, events: number, head: number): Verdict | LoadingOver {
  // By places instead of split(): there is one for each entry of a full load.
  const end = endOfWord(verdict, 2)
  const seq = Number(verdict.slice(2, end))
  switch (verdict[0]) {
    case 's': {
      const timeEnd = endOfWord(verdict, end + 1)
      const seqs = events === 1 ? [seq] : Array.from({ length: events }, (_, i) => seq + i)
      const recordedAt = Number(verdict.slice(end + 1, timeEnd))
      if (timeEnd === verdict.length) return { status: 'stored', seqs, recordedAt }
      return { status: 'stored', seqs, recordedAt, no: Number(verdict.slice(timeEnd + 1)) }
    }
    case 'd':
      return { status: 'duplicate', seq }
    case 'r':
      return { status: 'id-reused', seq }
    case 'c':
      // A subject may hold blanks.
      return { status: 'conflict', version: seq, subject: verdict.slice(end + 1), head }
    default:
      return new LoadingOver()
  }
}

/** Where the word that begins at a place ends. */
function endOfWord(verdict: string, from: number): number {
  const blank = verdict.indexOf(' ', from)
  return blank < 0 ? verdict.length : blank
}

/** What a call has put into the journal, oldest first: the same as reading it back, without the part that the journal adds itself (`day-began`). */
export function storedEntries(prepared: readonly Prepared[], outcomes: readonly (Verdict | Error)[], mark: string): Entry[] {
  const entries: Entry[] = []
  for (const [n, { append }] of prepared.entries()) {
    const verdict = outcomes[n] as Verdict | Error
    if (verdict instanceof Error || verdict.status !== 'stored') continue
    const { sender, id, origin } = append
    const { seqs, recordedAt } = verdict
    let { no } = verdict
    for (const [i, { type, area, subject, data, occurredAt, numbered }] of append.events.entries()) {
      const seq = seqs[i] as number
      const event: { -readonly [K in keyof JournalEvent]: JournalEvent[K] } = { type, area, subject, data, sender, id, seq, recordedAt }
      if (occurredAt !== undefined) event.occurredAt = occurredAt
      if (origin) event.origin = origin
      if (numbered && no !== undefined) event.no = no++
      entries.push({ event, mark })
    }
  }
  return entries
}
