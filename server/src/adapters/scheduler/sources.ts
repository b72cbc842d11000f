/** Which senders are alive: takes their beats, notices silence, and counts what was refused. */

import { type CountRefused, SOURCE_LOST_AFTER } from '@orchid/shared/domain/sources/decide'
import type { SourceRow } from '@orchid/shared/domain/sources/projections'
import type { Dispatcher } from '../../commands/dispatch.ts'
import type { Journal } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'

const REFUSED_EVERY = 15_000
/** Milliseconds between two looks, one a second, from which on nobody may have been heard meanwhile: Redis was away, or we were. */
const PAUSE = 3_000

interface Beat {
  readonly sender: string
  /** Epoch milliseconds. */
  readonly at: number
}

export class SourceWatch {
  readonly #journal: Journal
  readonly #state: LiveState
  readonly #dispatcher: Dispatcher
  readonly #refused = new Map<string, { count: number; code: string }>()
  #refusedAt = 0
  /** Epoch milliseconds of the last look that came to its end, and since when looks have followed each other. */
  #lookedAt = 0
  #listeningSince = 0
  readonly #telling: { readonly id: string; readonly data: CountRefused }[] = []

  constructor({ journal, state, dispatcher }: { journal: Journal; state: LiveState; dispatcher: Dispatcher }) {
    this.#journal = journal
    this.#state = state
    this.#dispatcher = dispatcher
  }

  /** A sender says that a source is alive. False when the name belongs to another sender. */
  async hear(name: string, sender: string): Promise<boolean> {
    const row = this.#state.tables.get<SourceRow>('sources', name)
    if (row && row.sender !== sender) return false
    const heardAt = Date.now()
    await this.#journal.store.hset('beats', name, JSON.stringify({ sender, at: heardAt } satisfies Beat))
    if (row?.state !== 'live')
      await this.#dispatcher.internal('source.hear', `hear-${name}-${row?.updatedSeq ?? 0}`, { name, sender, heardAt })
    return true
  }

  /** Remembers refused entries of a sender until the next tick may tell of them. */
  countRefused(sender: string, count: number, code: string): void {
    const known = this.#refused.get(sender)
    this.#refused.set(sender, { count: (known?.count ?? 0) + count, code })
  }

  /** Once a second: whoever was silent too long while we could hear is lost. */
  async tick(now: number): Promise<void> {
    if (now - this.#lookedAt > PAUSE) this.#listeningSince = now
    const rows = this.#state.tables.entries('sources', '').map(([, row]) => row as SourceRow)
    if (rows.some((row) => row.state === 'live')) {
      const beats = await this.#journal.store.hgetall('beats')
      for (const { name, state, updatedSeq } of rows) {
        const heardAt = beats[name] ? (JSON.parse(beats[name]) as Beat).at : 0
        if (state === 'live' && now - Math.max(heardAt, this.#listeningSince) > SOURCE_LOST_AFTER)
          await this.#dispatcher.internal('source.lose', `lose-${name}-${updatedSeq}`, { name, heardAt })
      }
    }
    this.#lookedAt = now
    this.#takeRefused(now, rows)
    for (let next = this.#telling[0]; next; next = this.#telling[0]) {
      await this.#dispatcher.internal('source.refused', next.id, next.data)
      this.#telling.shift()
    }
  }

  /** What was refused until now, to be told under ids that stay: when it is not known whether one was stored, the same is asked again. */
  #takeRefused(now: number, rows: readonly SourceRow[]): void {
    if (this.#telling.length > 0 || now - this.#refusedAt < REFUSED_EVERY || this.#refused.size === 0) return
    this.#refusedAt = now
    for (const { name, sender } of rows) {
      const refused = this.#refused.get(sender)
      if (refused) this.#telling.push({ id: `refused-${name}-${now}`, data: { name, rejected: refused.count, code: refused.code } })
    }
    this.#refused.clear()
  }
}
