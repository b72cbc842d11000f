/** The camera registry of a running server, as lists write to it. */
import type { Dispatcher, Outcome } from '../../commands/dispatch.ts'
import type { Journal } from '../../journal/journal.ts'
import type { LiveState } from '../../projections/live-state.ts'
import { commandOf, type Registry } from './camera-import.ts'

interface Rooms {
  readonly dispatcher: Dispatcher
  readonly state: LiveState
  readonly journal: Journal
  readonly check: Registry['check']
}

export function cameraRegistry({ dispatcher, state, journal, check }: Rooms): Registry {
  return {
    get tables() {
      return state.tables
    },
    check,
    judge({ command, data }, who) {
      const refusal = dispatcher.judge(commandOf(command), data as never, who)
      return refusal && { code: refusal.refused, ...refusal }
    },
    async carryOut(asks, who) {
      const outcomes: Outcome[] = await dispatcher.many(
        asks.map(({ command, id, data }) => ({ command: commandOf(command), id, data })),
        who,
      )
      return outcomes.map((outcome) => (outcome.status === 'refused' ? { code: outcome.refusal.refused, ...outcome.refusal } : undefined))
    },
    digest: (value) => dispatcher.digest(value),
    async sourceOf(id) {
      const { source } = (await journal.openPrivate(`camera:${id}`)) ?? {}
      return typeof source === 'string' ? source : undefined
    },
  }
}
