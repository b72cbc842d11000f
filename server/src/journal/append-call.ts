/** One call of append.lua: appends laid out as flat arguments, and its answer as verdicts. */
import { randomBytes } from 'node:crypto'
import { payload } from './codec.ts'
import type { Append, Verdict } from './journal.ts'
import type { Sealing } from './sealing.ts'

/** The name under which an append is known for good. */
export const idOf = ({ sender, id }: { sender: string; id: string }): string => `${sender}\0${id}`

/** Thrown for one append: times of the caller's are only for a journal that knows no others. */
export class LoadingOver extends RangeError {
  constructor() {
    super('recordedAt may be given only to a journal that is empty or still being loaded')
    this.name = 'LoadingOver'
  }
}

/** An append made ready for the script, while an earlier call is still on its way. */
export interface Prepared {
  readonly args: readonly (string | number)[]
  /** How many events it stores. */
  readonly events: number
  readonly urgent: boolean
}

/** Lays an append out as the head of append.lua lists it. Throws RangeError when `recordedAt` is no whole number of milliseconds. */
export function prepare(append: Append, sealing: Sealing): Prepared {
  const { recordedAt, bodyHash, expect, events, urgent = false } = append
  if (recordedAt !== undefined && (!Number.isSafeInteger(recordedAt) || recordedAt < 0))
    throw new RangeError('recordedAt must be whole milliseconds since 1970')
  const sealed = append.private && sealing.seal(append.private.subject, append.private.fields)
  const args: (string | number)[] = [
    recordedAt ?? '',
    idOf(append),
    bodyHash,
    append.private?.subject ?? '',
    sealed?.wrappedKey ?? '',
    sealed?.ciphertext ?? '',
    expect.length,
  ]
  for (const [subject, version] of expect) args.push(subject, version)
  args.push(events.length)
  for (const event of events) {
    const versioned = expect.some(([subject]) => subject === event.subject)
    args.push(versioned ? event.subject : '', event.numbered ? '1' : '', payload(event, append))
  }
  return { args, events: events.length, urgent }
}

/** All arguments of a call; without appends it is a tick. */
export function callArguments(city: string, prepared: readonly Prepared[]): (string | number)[] {
  const args: (string | number)[] = [city, randomBytes(8).toString('hex'), randomBytes(8).toString('hex'), prepared.length]
  for (const { args: own } of prepared) for (const arg of own) args.push(arg)
  return args
}

/** One outcome for each append, in order; the answer's first part is the journal's head after the call. Verdicts read as append.lua writes them. */
export function outcomes(answer: unknown, prepared: readonly Prepared[]): (Verdict | LoadingOver)[] {
  const [head, ...verdicts] = answer as [number, ...string[]]
  return prepared.map(({ events }, i) => outcome(verdicts[i] as string, events, head))
}

function outcome(verdict: string, events: number, head: number): Verdict | LoadingOver {
  const [kind, number, more] = verdict.split(' ') as [string, string, string]
  const seq = Number(number)
  switch (kind) {
    case 's':
      return { status: 'stored', seqs: Array.from({ length: events }, (_, i) => seq + i), recordedAt: Number(more) }
    case 'd':
      return { status: 'duplicate', seq }
    case 'r':
      return { status: 'id-reused', seq }
    case 'c':
      // A subject may hold blanks.
      return { status: 'conflict', version: seq, subject: verdict.slice(3 + (number as string).length), head }
    default:
      return new LoadingOver()
  }
}
