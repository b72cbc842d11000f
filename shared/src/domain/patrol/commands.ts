/** What a grid worker or a department may report. */
import { Exact, Line, Lines, SenderId, type Static, Type } from '../../kernel/schema.ts'

export const CRS = Type.Enum(['WGS84', 'GCJ02', 'BD09', 'CGCS2000'])

/** Position in degrees in a declared system; the ranges are those of China, so swapped coordinates are refused. */
export const Position = Exact({
  lng: Type.Number({ minimum: 73, maximum: 136 }),
  lat: Type.Number({ minimum: 3, maximum: 54 }),
  crs: CRS,
})

/** One entry of the patrol log. A hazard without a level is yellow, a dispute green. */
export const PatrolEvent = Exact({
  id: SenderId,
  kind: Type.Enum(['person', 'hazard', 'dispute']),
  grid: Type.String({ pattern: '^\\d{15}$' }),
  occurredAt: Type.String({ format: 'rfc3339' }),
  title: Line(80),
  position: Type.Optional(Position),
  level: Type.Optional(Type.Enum(['red', 'yellow', 'green'])),
  category: Type.Optional(Line(40)),
  note: Type.Optional(Lines(2000)),
  photos: Type.Optional(Type.Array(SenderId, { maxItems: 9 })),
  private: Type.Optional(
    Exact({
      name: Type.Optional(Line(40)),
      phone: Type.Optional(Type.String({ pattern: '^[0-9+ -]{5,20}$' })),
      idNumber: Type.Optional(Type.String({ pattern: '^\\d{17}[\\dXx]$' })),
    }),
  ),
})
export type PatrolEvent = Static<typeof PatrolEvent>
