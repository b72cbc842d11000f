/** Rules of sources: heard again, lost, refused. Asked by the server itself, never from outside. */
import type { Ask, Decision, Refusal } from '../../kernel/command.ts'
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'
import type { SourceRow } from './projections.ts'

/** Milliseconds without a beat after which a source is lost. */
export const SOURCE_LOST_AFTER = 8_000

const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' })
export const HearSource = Exact({ name: Name, sender: Line(80), heardAt: Type.Number() })
export const LoseSource = Exact({ name: Name, heardAt: Type.Number() })
export const CountRefused = Exact({ name: Name, rejected: Type.Integer({ minimum: 1 }), code: Line(40) })
export type HearSource = Static<typeof HearSource>
export type LoseSource = Static<typeof LoseSource>
export type CountRefused = Static<typeof CountRefused>

const unchanged = (message: string): Refusal => ({ refused: 'unchanged', because: 'state', path: '/data/name', message })
const about = (name: string, ask: Ask) => ({ area: ask.scope, subject: `source:${name}` })

export function decideHear({ name, sender, heardAt }: HearSource, ask: Ask): Decision {
  if (ask.row<SourceRow>('sources', name)?.state === 'live') return unchanged('the source is already live')
  return [{ type: 'source.returned', ...about(name, ask), data: { name, sender, heardAt } }]
}

export function decideLose({ name, heardAt }: LoseSource, ask: Ask): Decision {
  if (ask.row<SourceRow>('sources', name)?.state !== 'live') return unchanged('the source is not live')
  return [{ type: 'source.lost', ...about(name, ask), data: { name, heardAt } }]
}

export function decideRefused({ name, rejected, code }: CountRefused, ask: Ask): Decision {
  if (!ask.row<SourceRow>('sources', name)) return unchanged('the source is not known')
  return [{ type: 'source.refused', ...about(name, ask), data: { name, rejected, code } }]
}
