/** Schemas of answers, for the OpenAPI text. */
import { Type } from 'typebox'

export const Results = Type.Object({
  results: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Position in the request, from 0 (NDJSON: of the line).' }),
      id: Type.Optional(Type.String()),
      status: Type.Enum(['stored', 'duplicate', 'refused']),
      seq: Type.Optional(Type.Integer({ description: 'Place in the journal. The entry is on a screen once its cursor has passed it.' })),
      error: Type.Optional(
        Type.Object({ code: Type.String(), path: Type.String({ description: 'JSON Pointer into the entry.' }), message: Type.String() }),
      ),
    }),
  ),
})
export const Answered = Type.Object({ seq: Type.Integer(), id: Type.String(), duplicate: Type.Boolean() })
export const Session = Type.Object({ account: Type.String(), role: Type.String(), area: Type.String() })
export const Page = Type.Object({
  rows: Type.Array(Type.Array(Type.Any())),
  total: Type.Optional(Type.Integer({ description: 'Rows of the table in the own scope; of pages only.' })),
  next: Type.Optional(Type.String()),
})
/** Text digits: query parameters are never coerced. */
export const Digits = (description: string) => Type.String({ pattern: '^\\d{1,15}$', description })
export const AreaCode = Type.String({
  pattern: '^\\d{6}(\\d{3}){0,3}$',
  description: 'Area code of 6, 9, 12 or 15 digits inside the own scope.',
})
export const CrsName = Type.Enum(['WGS84', 'GCJ02', 'BD09', 'CGCS2000'], { description: 'System of the coordinates.' })
export const CameraImported = Type.Object({
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'Lines of a CSV and rows of a sheet with the titles as 1; features and catalog items from 1.' }),
      file: Type.Optional(Type.Integer({ description: 'From 1, where several came.' })),
      column: Type.Optional(Type.String()),
      code: Type.String(),
      message: Type.String(),
    }),
    { description: 'The first 1,000.' },
  ),
  refusedCount: Type.Integer(),
  preview: Type.Boolean(),
  ignored: Type.Array(Type.String(), { description: 'Titles of columns that were passed over.' }),
  skipped: Type.Integer({ description: 'Catalog items that are no cameras.' }),
  promised: Type.Optional(
    Type.Object({ expected: Type.Integer(), found: Type.Integer() }, { description: 'Items of the catalog (SumNum).' }),
  ),
})
