/** What time alone brings about: deadlines that pass, sources that fall silent, a new Shanghai day. Several nodes may run it: ids and versions keep each event single. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { Dispatcher } from '../../commands/dispatch.ts'
import { type Journal, JournalUnavailable } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import type { SourceWatch } from './sources.ts'

const EVERY = 1_000
/** Milliseconds between two looks whether a Shanghai day has begun. */
const NEW_DAY_EVERY = 10_000

export class Scheduler {
  readonly #journal: Journal
  readonly #state: LiveState
  readonly #dispatcher: Dispatcher
  readonly #sources: SourceWatch
  readonly #log: { error(o: object, m: string): void }
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #slice = 0

  constructor(rooms: {
    journal: Journal
    state: LiveState
    dispatcher: Dispatcher
    sources: SourceWatch
    log: { error(o: object, m: string): void }
  }) {
    this.#journal = rooms.journal
    this.#state = rooms.state
    this.#dispatcher = rooms.dispatcher
    this.#sources = rooms.sources
    this.#log = rooms.log
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#tick(Date.now())
        .catch((error) => {
          // While Redis is away nothing can fall due; it will when it is back.
          if (!(error instanceof JournalUnavailable)) this.#log.error({ err: error }, 'the scheduler stumbled')
        })
        .finally(() => (this.#running = undefined))
    }, EVERY)
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #tick(now: number): Promise<void> {
    if (!this.#state.ready) return
    // Not once a day by our own clock: the day begins by Redis', which may be behind. Midnight is the edge of such a slice.
    const slice = Math.floor(now / NEW_DAY_EVERY)
    if (slice !== this.#slice) {
      await this.#journal.tick()
      this.#slice = slice
    }
    for (const [id, row] of this.#state.tables.entries('incidents', '')) {
      const { dueAt, overdue, state } = row as IncidentRow
      if (dueAt !== undefined && dueAt <= now && !overdue && state !== 'closed')
        await this.#dispatcher.internal('incident.mark-due', `due-${id}-${dueAt}`, { incident: id, dueAt })
    }
    await this.#sources.tick(now)
  }
}
