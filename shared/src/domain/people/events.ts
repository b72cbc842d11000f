/** People by role: who answers for an area. The journal never holds their names. */
import type { JournalEvent } from '../../kernel/event.ts'

export const PERSON_ROLES = [
  'grid-chief',
  'grid-worker',
  'village-cadre',
  'firm-cadre',
  'township-secretary',
  'grid-police',
  'mediation-director',
] as const
export type PersonRole = (typeof PERSON_ROLES)[number]

/** Somebody (known to the account system, nameless here) answers for an area in a role. */
export type PersonAssigned = JournalEvent<
  'person.assigned',
  {
    readonly id: string
    readonly role: PersonRole
    /** Code of the area answered for. */
    readonly area: string
  }
>
