/** Sentences for tests of rules: given what happened, when somebody asks, then events or a refusal. */
import { type Ask, type Decision, isRefusal } from './command.ts'
import type { EventBody, JournalEvent } from './event.ts'
import { type Projection, type Row, Tables } from './projection.ts'
import { shanghaiDate, shanghaiDay } from './time.ts'

/** 2026-11-24 14:32:08 in Shanghai, the moment at which a scenario begins unless it says otherwise. */
export const NOON = Date.UTC(2026, 10, 24, 6, 32, 8)

/** Who asks, where that matters. */
type Who = { readonly [F in 'sender' | 'scope' | 'reach']?: string }

/** A little journal in memory with its tables. `later` moves its clock by milliseconds; a new Shanghai day begins by itself. */
export class Scenario {
  readonly tables: Tables
  readonly events: JournalEvent[] = []
  #at = NOON
  #day = 0
  #number = 0
  #ids = 0

  constructor(projections: readonly Projection[]) {
    this.tables = new Tables(projections)
  }

  get at(): number {
    return this.#at
  }

  later(ms: number): this {
    this.#at += ms
    return this
  }

  /** Appends events as the journal would. */
  given(...bodies: readonly EventBody[]): this {
    const today = shanghaiDay(this.#at)
    if (this.#day === 0) this.#day = today - 1
    while (this.#day < today) {
      this.#number = 0
      const day = shanghaiDate(++this.#day)
      this.#append({ type: 'day-began', area: '330781', subject: `day:${day}`, data: { day } })
    }
    for (const body of bodies) this.#append(body)
    return this
  }

  /** Lets a rule decide, appends its events, and gives their types, or the code of its refusal. */
  when<D>(decide: (data: D, ask: Ask) => Decision, data: D, who: Who = {}): string[] | string {
    this.given()
    const decision = decide(data, this.ask(who))
    if (isRefusal(decision)) return decision.refused
    this.given(...decision)
    return decision.map((event) => event.type)
  }

  ask({ sender = 'tester', scope = '330781', reach = 'restricted' }: Who = {}): Ask {
    return {
      row: (table, key) => this.tables.get(table, key),
      at: this.#at,
      sender,
      scope,
      reach,
      newId: `new${String(++this.#ids).padStart(13, '0')}`,
    }
  }

  row<R extends Row>(table: string, key: string): R | undefined {
    return this.tables.get<R>(table, key)
  }

  #append({ numbered, ...body }: EventBody): void {
    const event: JournalEvent = {
      ...body,
      seq: this.events.length + 1,
      recordedAt: this.#at,
      sender: 'tester',
      id: `t${this.events.length + 1}`,
      ...(numbered && { no: ++this.#number }),
    }
    this.events.push(event)
    this.tables.fold(event)
  }
}
