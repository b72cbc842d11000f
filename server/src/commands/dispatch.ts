/** From a request to the journal: read the rows, let the rules decide, append; after a conflict read again. */
import { createHash } from 'node:crypto'
import { findsUpTo, type Identity } from '@orchid/shared/domain/access/roles'
import { INTERNAL_COMMANDS } from '@orchid/shared/domain/index'
import { PatrolEvent } from '@orchid/shared/domain/patrol/commands'
import { decidePatrol } from '@orchid/shared/domain/patrol/decide'
import { type Ask, type Command, type Decision, isRefusal, type Refusal } from '@orchid/shared/kernel/command'
import type { EventBody } from '@orchid/shared/kernel/event'
import type { Row } from '@orchid/shared/kernel/projection'
import { bodyHash, bodyHashes, canonicalOf } from '../journal/body-hash.ts'
import { type Append, type Journal, JournalUnavailable, type Verdict } from '../journal/journal.ts'
import type { LiveState } from '../projections/live-state.ts'

const TRIES = 3

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const canonicalReport = canonicalOf(PatrolEvent)

export type Outcome =
  | { readonly status: 'stored' | 'duplicate'; readonly seq: number }
  | { readonly status: 'refused'; readonly refusal: Refusal }

/** The same id was used before for another body: the sender is at fault, whatever the rules would say. */
export const ID_REUSED: Refusal = {
  refused: 'id-reused',
  because: 'state',
  path: '/id',
  message: 'this id was used before with another content',
}

const alphabet36 = (bytes: Buffer): string =>
  BigInt(`0x${bytes.subarray(0, 10).toString('hex')}`)
    .toString(36)
    .padStart(16, '0')
    .slice(-16)

export class Dispatcher {
  readonly #journal: Journal
  readonly #state: LiveState
  readonly #secret: Buffer
  readonly #city: string

  constructor({ journal, state, secret, city }: { journal: Journal; state: LiveState; secret: Buffer; city: string }) {
    this.#journal = journal
    this.#state = state
    this.#secret = secret
    this.#city = city
  }

  /** Entries of the patrol log, each judged by itself; one outcome each, in order. Rejects with JournalUnavailable: then nothing is known. */
  async report(reports: readonly PatrolEvent[], who: Identity): Promise<Outcome[]> {
    this.#requireTables()
    const outcomes: Outcome[] = new Array(reports.length)
    const appends: Append[] = []
    const places: number[] = []
    const lookups: Promise<unknown>[] = []
    const hashes = bodyHashes(this.#secret, reports.map(canonicalReport))
    const ask = new Question(this.#state.tables, who)
    for (const [i, report] of reports.entries()) {
      const hash = hashes[i] as string
      ask.id = report.id
      const decision = decidePatrol(report, ask)
      if (isRefusal(decision)) {
        lookups.push(this.#refusedOrKnown(who.name, report.id, hash, decision).then((outcome) => outcomes.splice(i, 1, outcome)))
        continue
      }
      places.push(i)
      const append: Mutable<Append> = { sender: who.name, id: report.id, bodyHash: hash, expect: births(decision), events: decision }
      if (report.level === 'red') append.urgent = true
      if (report.note || report.private)
        append.private = {
          subject: `patrol:${who.name}/${report.id}`,
          fields: { area: report.grid, ...(report.note && { note: report.note }), ...report.private },
        }
      appends.push(append)
    }
    const [verdicts] = await Promise.all([this.#journal.append(appends), ...lookups])
    for (const [n, verdict] of verdicts.entries()) outcomes[places[n] as number] = outcomeOf(verdict)
    return outcomes
  }

  /** One command of a user. */
  command<D>(command: Command<D>, id: string, data: D, who: Identity): Promise<Outcome> {
    return this.#dispatch(command, id, data, who)
  }

  /** Several commands of one sender, their events in one call to the journal; one outcome each, in order. They must be about different subjects. */
  async many(asks: readonly { command: Command<never>; id: string; data: unknown }[], who: Identity): Promise<Outcome[]> {
    this.#requireTables()
    const alone = ({ command, id, data }: (typeof asks)[number]): Promise<Outcome> => this.#dispatch(command, id, data as never, who)
    const outcomes: (Outcome | undefined)[] = asks.map(() => undefined)
    const places: number[] = []
    const appends: Append[] = []
    for (const [i, { command, id, data }] of asks.entries()) {
      const append = this.#append(command, id, data as never, who)
      if ('refused' in append) continue
      places.push(i)
      appends.push(append)
    }
    for (const [n, verdict] of (await this.#journal.append(appends)).entries())
      if (verdict.status !== 'conflict') outcomes[places[n] as number] = outcomeOf(verdict)
    // What was refused or met a change is asked once more by itself, with the care that takes.
    return Promise.all(asks.map(async (ask, i) => outcomes[i] ?? alone(ask)))
  }

  /** What the rules would refuse now; undefined when they would not. Nothing is stored. */
  judge<D>(command: Command<D>, data: D, who: Identity): Refusal | undefined {
    this.#requireTables()
    const decision = command.decide(data, this.#ask(who, ''))
    return isRefusal(decision) ? decision : undefined
  }

  /** A name for a value that tells nothing about it: keyed by a secret outside Redis. */
  digest(value: unknown): string {
    return bodyHash(this.#secret, value)
  }

  /** A command the server asks of itself. The id must follow from its cause, so that two nodes asking store it once. */
  internal<N extends keyof typeof INTERNAL_COMMANDS>(
    name: N,
    id: string,
    data: Parameters<(typeof INTERNAL_COMMANDS)[N]['decide']>[0],
  ): Promise<Outcome> {
    return this.#dispatch(INTERNAL_COMMANDS[name] as unknown as Command<typeof data>, id, data, {
      name: 'system',
      role: 'system-admin',
      area: this.#city,
    })
  }

  /** An event that no rule decides: that somebody read what is private. */
  async audit(
    type: 'private.read' | 'camera.view-began' | 'camera.viewed',
    id: string,
    who: Identity,
    area: string,
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.#journal.append([
      {
        sender: who.name,
        id,
        bodyHash: bodyHash(this.#secret, data),
        expect: [],
        events: [{ type, area, subject: `account:${who.name}`, data: { ...data, by: who.name } }],
      },
    ])
  }

  async #dispatch<D>(command: Command<D>, id: string, data: D, who: Identity): Promise<Outcome> {
    this.#requireTables()
    /** A row that has left its table has no version there: the journal tells it by a conflict, and what made it is folded by then. */
    const told = new Map<string, number>()
    for (let attempt = 1; ; attempt++) {
      const { cursor } = this.#state
      const append = this.#append(command, id, data, who, told)
      if ('refused' in append) {
        const outcome = await this.#refusedOrKnown(who.name, id, append.bodyHash, append.refused)
        if (outcome.status !== 'refused' || attempt > 1 || !(await this.#foldedSince(cursor))) return outcome
        continue
      }
      const [verdict] = await this.#journal.append([append])
      if (verdict?.status !== 'conflict') return outcomeOf(verdict as Verdict)
      if (attempt === TRIES) throw new JournalUnavailable('the subject is changing too quickly')
      await this.#state.folded(verdict.head)
      told.set(verdict.subject, verdict.version)
    }
  }

  /** What a command appends by the rows as they are now, or why it may not. */
  #append<D>(
    command: Command<D>,
    id: string,
    data: D,
    who: Identity,
    told?: ReadonlyMap<string, number>,
  ): Append | { readonly refused: Refusal; readonly bodyHash: string } {
    const hash = bodyHash(this.#secret, { command: command.name, data })
    const expect = command.subjects(data, who.name).map(({ subject, table, key = '' }) => {
      const row = table === undefined ? undefined : this.#state.tables.get<Row>(table, key)
      return [subject, row?.updatedSeq ?? told?.get(subject) ?? 0] as const
    })
    const decision: Decision = command.decide(data, this.#ask(who, id))
    if (isRefusal(decision)) return { refused: decision, bodyHash: hash }
    const urgent = decision.some((event) => (event.data as { level?: string }).level === 'red')
    const secrets = command.seals?.(data)
    return {
      sender: who.name,
      id,
      bodyHash: hash,
      expect,
      events: decision,
      ...(urgent && { urgent }),
      ...(secrets && { private: secrets }),
    }
  }

  /** Waits until the tables hold all that is acknowledged by now: a "no" must rest on it. False when they held it at `cursor` already. */
  async #foldedSince(cursor: number): Promise<boolean> {
    const { seq } = await this.#journal.head()
    if (seq <= cursor) return false
    await this.#state.folded(seq)
    return true
  }

  /** A lost reply must not turn into a refusal: what was stored under this id before is answered as a duplicate. */
  async #refusedOrKnown(sender: string, id: string, hash: string, refusal: Refusal): Promise<Outcome> {
    const known = await this.#journal.lookup(sender, id, hash)
    if (!known) return { status: 'refused', refusal }
    return known.status === 'duplicate' ? { status: 'duplicate', seq: known.seq } : { status: 'refused', refusal: ID_REUSED }
  }

  /** Before the tables are made from the journal every grid would look unknown: a sender must repeat, not be refused for good. */
  #requireTables(): void {
    if (!this.#state.ready) throw new JournalUnavailable('the tables are being made from the journal', 1)
  }

  #ask(who: Identity, id: string): Ask {
    const ask = new Question(this.#state.tables, who)
    ask.id = id
    return ask
  }
}

/** What somebody may know while asking; one serves all entries of a request, by turns. */
class Question implements Ask {
  /** The sender's id of what is asked now. */
  id = ''
  readonly at = Date.now()
  readonly sender: string
  readonly scope: string
  readonly reach: string
  readonly #tables: LiveState['tables']
  constructor(tables: LiveState['tables'], who: Identity) {
    this.sender = who.name
    this.scope = who.area
    this.reach = findsUpTo(who.role)
    this.#tables = tables
  }
  row<R extends Row>(table: string, key: string): R | undefined {
    return this.#tables.get<R>(table, key)
  }
  get newId(): string {
    return alphabet36(createHash('sha256').update(`${this.sender}\0${this.id}`).digest())
  }
}

/** What an entry brings into being must not exist yet; from here on its versions are kept. */
const births = (events: readonly EventBody[]): Append['expect'] =>
  events.some((event) => event.numbered) ? events.filter((event) => event.numbered).map((event) => [event.subject, 0]) : NO_BIRTHS
const NO_BIRTHS: Append['expect'] = []

function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.status) {
    case 'stored':
      return { status: 'stored', seq: verdict.seqs[0] as number }
    case 'duplicate':
      return { status: 'duplicate', seq: verdict.seq }
    case 'id-reused':
      return { status: 'refused', refusal: ID_REUSED }
    case 'conflict':
      // Only what an entry brings into being is expected here, and its name follows from sender and id: the id was used so long ago that it
      // is forgotten. That never changes, so "repeat it" would hold up the sender for good.
      return { status: 'refused', refusal: ID_REUSED }
  }
}
