/** What may be asked of an incident. */
import { Exact, Lines, type Static, Type } from '../../kernel/schema.ts'

export const IncidentId = Type.String({ pattern: '^[0-9a-z]{16}$' })
export const AcceptIncident = Exact({ incident: IncidentId, opinion: Type.Optional(Lines(500)) })
export type AcceptIncident = Static<typeof AcceptIncident>
export const CloseIncident = Exact({ incident: IncidentId, opinion: Lines(500) })
export type CloseIncident = Static<typeof CloseIncident>
/** Asked by the deadline scheduler only. */
export const MarkDue = Exact({ incident: IncidentId, dueAt: Type.Number() })
export type MarkDue = Static<typeof MarkDue>
