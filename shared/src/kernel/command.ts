/** How someone asks for a change, and how the rules answer: with events, or with a refusal that has a code. */
import type { EventBody } from './event.ts'
import type { Row } from './projection.ts'
import type { TSchema } from './schema.ts'

/** A business "no". `path` is a JSON Pointer into the request; `area` refusals answer 403, `state` 409, `meaning` 422. */
export interface Refusal {
  readonly refused: string
  readonly because: 'area' | 'state' | 'meaning'
  readonly message: string
  readonly path?: string
}

export type Decision = readonly EventBody[] | Refusal

export const isRefusal = (decision: Decision): decision is Refusal => 'refused' in decision

/** What a rule may know besides the request: rows, the time of asking, and who asks. */
export interface Ask {
  row<R extends Row>(table: string, key: string): R | undefined
  /** Epoch milliseconds, the server's clock. */
  readonly at: number
  /** Stable identity of the asker. */
  readonly sender: string
  /** Area code the asker is bound to. */
  readonly scope: string
  /** Classification up to which the asker finds anything at all; beyond it is as what does not exist. */
  readonly reach: string
  /** A name that belongs to this sender and request id alone: 16 characters of [0-9a-z]. For ids of new things. */
  readonly newId: string
}

/** One thing that can be asked for. */
export interface Command<D = never> {
  readonly name: string
  readonly title: { readonly zh: string; readonly en: string }
  readonly schema: TSchema
  /**
   * Subjects whose state the decision rests on when this sender asks, each with the table that holds its row and version. Without one the
   * rules take nothing but the first event of the subject: no row need remember that it is there.
   */
  subjects(data: D, sender: string): readonly { readonly subject: string; readonly table?: string; readonly key?: string }[]
  decide(data: D, ask: Ask): Decision
  /** What of the request is sealed under a subject in the same append; it stands in no event. */
  seals?(data: D): { readonly subject: string; readonly fields: Readonly<Record<string, unknown>> } | undefined
}
