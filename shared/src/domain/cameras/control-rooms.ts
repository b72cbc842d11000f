/** The control room of a department that owns cameras: whom to call where its network refuses us. The number is sealed, never in an event or a row. */
import type { Ask, Decision } from '../../kernel/command.ts'
import { Exact, Line, type Static, Type } from '../../kernel/schema.ts'

export const SetControlRoom = Exact({
  department: Line(40),
  phone: Type.String({ pattern: '^\\+?[0-9][0-9 ()转-]{4,29}$', description: 'Sealed; whole for officers, masked for others.' }),
})
export type SetControlRoom = Static<typeof SetControlRoom>

export const controlRoomSubject = (department: string): string => `control-room:${department}`

/** A department serves the whole city, so its number is for the city's administrators alone. */
export const decideSetControlRoom = ({ department }: SetControlRoom, ask: Ask): Decision =>
  ask.scope.length > 6
    ? {
        refused: 'city-only',
        because: 'area',
        path: '/data/department',
        message: 'only an administrator of the whole city sets this number',
      }
    : [{ type: 'control-room.set', area: ask.scope, subject: controlRoomSubject(department), data: { department, by: ask.sender } }]

/** The number without its middle: enough to know that there is one, too little to call it. */
export function maskedPhone(phone: string): string {
  let hidden = 0
  const digits = phone.replaceAll(/\D/g, '').length
  return phone.replaceAll(/\d/g, (digit) => {
    const place = hidden++
    return place < 3 || place >= digits - 2 ? digit : '*'
  })
}
