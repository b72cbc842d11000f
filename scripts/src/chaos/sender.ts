/** A sender that repeats the same id until it is answered, and now and then asks again what it knows the answer to. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemResult } from '@orchid/shared/protocol/api'
import { pick, type Random } from '../city/random.ts'
import { dispute, hazard, visit } from '../demo/titles.ts'
import type { Answer, Answers } from './ask.ts'
import type { Ledger } from './ledger.ts'

const PATH = '/api/patrol/events'
const LARGEST_BATCH = 20
/** Acknowledged entries remembered for repetitions. */
const REMEMBERED = 300

interface Entry {
  readonly id: string
  readonly kind: string
  readonly grid: string
  readonly title: string
  readonly level?: string
}

export interface SenderOptions {
  readonly name: string
  readonly token: string
  readonly base: string
  readonly random: Random
  readonly grids: readonly string[]
  /** Mean milliseconds between two requests. */
  readonly pause: number
  readonly ledger: Ledger
  readonly answers: Answers
}

export class Sender {
  readonly #o: SenderOptions
  readonly #known: { entry: Entry; seq: number }[] = []
  #sent = 0
  #stopping = false
  #givenUp = false
  /** Entries sent that still wait for an answer. */
  unanswered = 0

  constructor(options: SenderOptions) {
    this.#o = options
  }

  /** Sends until `stop`; settles when everything sent is answered. */
  async run(): Promise<void> {
    const { random, pause } = this.#o
    while (!this.#stopping) {
      await sleep(Math.min(5 * pause, -Math.log(1 - random()) * pause))
      const what = random()
      const known = this.#known.length ? pick(random, this.#known) : undefined
      if (known && what < 0.08) await this.#repeat(known.entry, known.seq)
      else if (known && what < 0.11) await this.#reuse(known.entry)
      else
        await this.#report(Array.from({ length: random() < 0.7 ? 1 : 2 + Math.floor(random() * (LARGEST_BATCH - 1)) }, () => this.#next()))
    }
  }

  stop(): void {
    this.#stopping = true
  }

  /** Ends the repetitions too: whoever has no answer by now gets none. */
  giveUp(): void {
    this.#givenUp = true
  }

  #next(): Entry {
    const { name, random, grids } = this.#o
    const chance = random()
    const { kind, title, category, level } =
      chance < 0.85
        ? visit(random)
        : chance < 0.96
          ? hazard(random, random() < 0.1 ? 'red' : random() < 0.6 ? 'yellow' : 'green')
          : dispute(random)
    const common = { kind, title, ...(category && { category }), ...(level && { level }) }
    const note = random() < 0.1 ? { note: '下周复查' } : {}
    return { id: `${name}-${++this.#sent}`, ...common, ...note, grid: pick(random, grids), ...{ occurredAt: new Date().toISOString() } }
  }

  async #report(entries: readonly Entry[]): Promise<void> {
    const { name, answers, ledger } = this.#o
    this.unanswered += entries.length
    const got = await this.#until(entries.length === 1 ? entries[0] : entries)
    if (!got) return
    this.unanswered -= entries.length
    const { answer, attempts } = got
    const { results = [] } = (answer.body ?? {}) as { results?: readonly ItemResult[] }
    for (const [i, entry] of entries.entries()) {
      const result = results[i]
      if (result?.id !== entry.id || result.seq === undefined) {
        answers.problem(`a good entry of ${name} was answered ${answer.status}: ${JSON.stringify(result ?? answer.body).slice(0, 300)}`)
        continue
      }
      if (result.status === 'duplicate' && attempts === 1) answers.problem(`${entry.id} was called a duplicate when it was sent first`)
      const { kind, grid, title } = entry
      ledger.add({
        sender: name,
        id: entry.id,
        seq: result.seq,
        type: 'patrol.recorded',
        content: { kind, grid, title },
        opens: kind !== 'person',
      })
      this.#known.push({ entry, seq: result.seq })
      if (this.#known.length > REMEMBERED) this.#known.shift()
    }
  }

  /** A known id must be answered as a duplicate at the same place. */
  async #repeat(entry: Entry, seq: number): Promise<void> {
    const { answers } = this.#o
    const got = await this.#until(entry)
    if (!got) return
    answers.repeated.asked++
    const [result] = ((got.answer.body ?? {}) as { results?: readonly ItemResult[] }).results ?? []
    if (got.answer.status === 200 && result?.status === 'duplicate' && result.seq === seq) answers.repeated.right++
    else
      answers.problem(
        `${entry.id}, stored at ${seq}, was answered ${got.answer.status} ${JSON.stringify(result).slice(0, 200)} when repeated`,
      )
  }

  /** A known id with another content must be refused. */
  async #reuse(entry: Entry): Promise<void> {
    const { answers } = this.#o
    const got = await this.#until({ ...entry, title: `${entry.title.slice(0, 70)}（改）` })
    if (!got) return
    answers.reused.asked++
    const { code } = (got.answer.body ?? {}) as { code?: string }
    if (got.answer.status === 409 && code === 'id-reused') answers.reused.right++
    else answers.problem(`${entry.id} with another title was answered ${got.answer.status} ${code}`)
  }

  /** The same body again until it is answered for good. Undefined when given up. */
  async #until(body: unknown): Promise<{ answer: Answer; attempts: number } | undefined> {
    const { base, token, answers, random } = this.#o
    for (let attempts = 1; !this.#givenUp; attempts++) {
      const answer = await answers.ask('POST', base + PATH, token, body)
      if (answer && answer.status !== 429 && answer.status < 500) return { answer, attempts }
      // As asked, or earlier as the impatient do.
      await sleep(100 + random() * 900 * (answer?.retryAfter ?? 1))
    }
    return undefined
  }
}
