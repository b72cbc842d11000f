/** Random appends with repetitions against a model of a few lines: same verdicts, same journal. */
import { DAY, shanghaiDate, shanghaiDay } from '@orchid/shared/kernel/time'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Append, Verdict } from '../../src/journal/journal.ts'
import { SEED } from '../random.ts'
import { type Journals, startJournals } from './journals.ts'

let journals: Journals
beforeAll(async () => {
  journals = await startJournals()
})
afterAll(() => journals?.close())

const SUBJECTS = ['s:1', 's:2', 's:3']

/** A request as chance makes it. `guess`: which version it believes in — the right one, none, or one that is too old. */
interface Request {
  readonly id: number
  readonly body: number
  readonly guess: 'right' | 'none' | 'stale'
  readonly subjects: readonly string[]
  readonly numbered: boolean
  /** Hours since the request before; may go back. */
  readonly hours: number
}

const request: fc.Arbitrary<Request> = fc.record({
  // Few ids and bodies, so that repetitions and reuse are frequent.
  id: fc.nat(25),
  body: fc.nat(1),
  guess: fc.constantFrom('right', 'right', 'none', 'stale'),
  subjects: fc.array(fc.constantFrom(...SUBJECTS), { minLength: 0, maxLength: 3 }),
  numbered: fc.boolean(),
  hours: fc.integer({ min: -10, max: 30 }),
})

/** The journal in memory: what it should answer and hold. */
class Model {
  readonly events: { seq: number; type: string; subject: string; at: number; no?: number; id: string }[] = []
  readonly #known = new Map<string, { seq: number; hash: string }>()
  readonly heads = new Map<string, number>()
  #day: number | undefined
  #number = 0
  #last = 0

  /** What a call that stores nothing saw of the time is not kept. */
  call(appends: () => Verdict[]): Verdict[] {
    const [head, last] = [this.events.length, this.#last]
    const verdicts = appends()
    if (this.events.length === head) this.#last = last
    return verdicts
  }

  append({ id, bodyHash, expect: expectations, events, recordedAt = 0 }: Append): Verdict {
    this.#last = Math.max(this.#last, recordedAt)
    const today = shanghaiDay(this.#last)
    for (let day = (this.#day ?? today - 1) + 1; day <= today; day++) {
      const date = shanghaiDate(day)
      this.events.push({
        seq: this.events.length + 1,
        type: 'day-began',
        subject: `day:${date}`,
        at: day * DAY - 8 * 3_600_000,
        id: `day-${date}`,
      })
      this.#number = 0
    }
    this.#day = today
    const head = (): number => this.events.length
    const known = this.#known.get(id)
    if (known) return { status: known.hash === bodyHash ? 'duplicate' : 'id-reused', seq: known.seq }
    for (const [subject, version] of expectations) {
      const present = this.heads.get(subject) ?? 0
      if (present !== version) return { status: 'conflict', subject, version: present, head: head() }
    }
    this.#known.set(id, { seq: head() + 1, hash: bodyHash })
    const no = events.some(({ numbered }) => numbered) ? this.#number + 1 : undefined
    const seqs = events.map(({ type, subject, numbered }) => {
      const seq = head() + 1
      this.events.push({ seq, type, subject, at: this.#last, id, ...(numbered && { no: ++this.#number }) })
      if (expectations.some(([expected]) => expected === subject)) this.heads.set(subject, seq)
      return seq
    })
    return { status: 'stored', seqs, recordedAt: this.#last, ...(no !== undefined && { no }) }
  }
}

test(`random requests in random calls (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(request, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 }), async (calls) => {
      const { journal } = await journals.fresh()
      const model = new Model()
      let at = Date.UTC(2026, 1, 20)
      for (const call of calls) {
        const appends: Append[] = []
        const expected = model.call(() =>
          call.map(({ id, body, guess, subjects, numbered, hours }) => {
            at += hours * 3_600_000
            const version = (subject: string): number => Math.max(0, (model.heads.get(subject) ?? 0) - (guess === 'stale' ? 1 : 0))
            const append: Append = {
              sender: 'law',
              id: `id-${id}`,
              bodyHash: `h${body}`,
              expect: guess === 'none' ? [] : [...new Set(subjects)].map((subject) => [subject, version(subject)]),
              events: subjects.map((subject) => ({
                type: 'noted',
                area: '110000',
                subject,
                data: { body },
                ...(numbered && { numbered }),
              })),
              recordedAt: at,
            }
            appends.push(append)
            return model.append(append)
          }),
        )
        const verdicts = await journal.append(appends)
        // A conflict tells the head of the whole call, since it is answered with it.
        const head = model.events.length
        expect(verdicts).toEqual(expected.map((verdict) => (verdict.status === 'conflict' ? { ...verdict, head } : verdict)))
      }
      const entries = await journal.read(0, 10_000)
      expect(
        entries.map(({ event: { seq, type, subject, recordedAt, no, id } }) => ({
          seq,
          type,
          subject,
          at: recordedAt,
          id,
          ...(no !== undefined && { no }),
        })),
      ).toEqual(model.events)
    }),
    { seed: SEED, numRuns: 60, endOnFailure: true },
  )
})

test(`the same history sent twice stores nothing more, in whatever pieces (seed ${SEED})`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 150 }), fc.integer({ min: 1, max: 40 }), async (ids, piece) => {
      const { journal } = await journals.fresh()
      const appends = ids.map((id): Append => {
        const event = { type: 'noted', area: '110000', subject: 'n:1', data: { id } }
        return { sender: 'law', id: `id-${id}`, bodyHash: `h${id}`, expect: [], events: [event] }
      })
      const first = await journal.append(appends)
      const head = await journal.head()
      const again: Verdict[] = []
      for (let i = 0; i < appends.length; i += piece) again.push(...(await journal.append(appends.slice(i, i + piece))))
      expect(again).toEqual(first.map((verdict) => ({ status: 'duplicate', seq: verdict.status === 'stored' ? verdict.seqs[0] : 0 })))
      expect(await journal.head()).toEqual(head)
    }),
    { seed: SEED, numRuns: 15, endOnFailure: true },
  )
})
