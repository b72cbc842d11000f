/** Table `people`: who answers for which area, by role. */
import type { Projection, Row } from '../../kernel/projection.ts'
import { demoMark } from '../areas/projections.ts'
import type { PersonAssigned, PersonRole } from './events.ts'

export interface PersonRow extends Row {
  readonly id: string
  readonly role: PersonRole
  readonly area: string
  readonly demo?: true
}

export const people: Projection<PersonRow> = {
  name: 'people',
  version: 1,
  scope: 'area',
  eventTypes: ['person.assigned'],
  keys: (event) => [(event as PersonAssigned).data.id],
  evolve: (_row, event) => ({ ...(event as PersonAssigned).data, ...demoMark(event), updatedSeq: event.seq }),
  area: (row) => row.area,
}
