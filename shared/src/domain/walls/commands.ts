/** What may be asked of a wall. */
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'
import { SCENES } from './events.ts'

export const SetScene = Exact({
  /** Name under which the wall was paired. */
  wall: Line(40),
  scene: Type.Enum([...SCENES]),
  /** Code of the area the wall is bound to; without it the asker's own. */
  area: Type.Optional(Type.String({ pattern: '^\\d{6}(\\d{3}){0,3}$' })),
})
export type SetScene = Static<typeof SetScene>
