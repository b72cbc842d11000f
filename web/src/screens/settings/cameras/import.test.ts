import { expect, test } from 'vitest'
import { outcomeOf, refusedAsCsv } from './import.ts'

const tally = { created: 1, updated: 0, unchanged: 2, refused: [], refusedCount: 0 }

test('lines of progress are no outcome; the last line is one, good or bad', () => {
  expect(outcomeOf({ step: 'check', rows: 1000 })).toBeUndefined()
  expect(outcomeOf({ step: 'done', ...tally })).toMatchObject({ is: 'done', answer: { created: 1 } })
  expect(outcomeOf({ step: 'failed', code: 'rows-refused', detail: 'x', ...tally })).toMatchObject({
    ...{ is: 'failed', code: 'rows-refused' },
    tally: { unchanged: 2 },
  })
  expect(outcomeOf({ ...tally })).toMatchObject({ is: 'done' })
  expect(outcomeOf({ code: 'forbidden', detail: 'no' })).toEqual({ is: 'failed', code: 'forbidden', detail: 'no' })
})

test('refused rows go out as CSV that no spreadsheet computes', () => {
  const rows = [{ row: 3, column: 'name', code: 'twice', message: '=cmd, "x"' }]
  expect(refusedAsCsv(['文件', '行', '列', '代码', '原因'], rows, (row) => row.message)).toBe(
    '\ufeff文件,行,列,代码,原因\r\n1,3,name,twice,"\'=cmd, ""x"""\r\n',
  )
})
