import type { TableDump } from '@orchid/shared/kernel/projection'
import { expect, test } from 'vitest'
import { decodeTables, encodeTables } from './snapshot.ts'

const ROWS = 20_000

/** Rows of some 400 bytes; `written` is told of each that is made into JSON. */
const table = (written: () => void): TableDump => ({
  name: 'notes',
  version: 1,
  touchedSeq: ROWS,
  keys: Array.from({ length: ROWS }, (_, i) => `k${i}`),
  rows: Array.from({ length: ROWS }, (_, updatedSeq) => ({
    updatedSeq,
    toJSON: () => {
      written()
      // U+2028 ends a line elsewhere, not here.
      return { updatedSeq, title: `${updatedSeq}\n\u2028${'巡查走访'.repeat(30)}` }
    },
  })),
})

test('the event loop has its turn after every few rows', async () => {
  let rows = 0
  let most = 0
  let going = true
  const look = () => {
    most = Math.max(most, rows)
    rows = 0
    if (going) setImmediate(look)
  }
  setImmediate(look)
  await encodeTables([table(() => rows++)])
  going = false
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThanOrEqual(100)
})

test('tables come back as they were, the empty ones too', async () => {
  const empty: TableDump = { name: 'none', version: 2, touchedSeq: 0, keys: [], rows: [] }
  const dump = [empty, table(() => undefined), { ...empty, name: 'last' }]
  expect(await decodeTables(await encodeTables(dump))).toEqual(JSON.parse(JSON.stringify(dump)))
})
