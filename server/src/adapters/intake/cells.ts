/** Titles to columns, and texts of a row to cells. */
import { type Cells, type Column, columnOf } from '@orchid/shared/domain/cameras/sheet'
import { type FileRow, LONGEST, type Notes, UnreadableFile } from './file-rows.ts'

/** The column of each title, undefined for those that are none of ours. Throws UnreadableFile when none is, or one stands twice. */
export function columnsBy(titles: readonly string[], notes: Notes): (Column | undefined)[] {
  const columns = titles.map((title) => columnOf(title))
  const known = columns.filter((column) => column !== undefined)
  if (known.length === 0)
    throw new UnreadableFile(
      'no-columns',
      'The first row names no column of the registry: is it the row of titles, and the encoding right?',
    )
  const twice = known.find((column, i) => known.indexOf(column) !== i)
  if (twice) throw new UnreadableFile('column-twice', `Two columns are ${twice}.`)
  notes.ignored.push(
    ...titles.filter((title, i) => columns[i] === undefined && title.trim() !== '').map((title) => title.trim().slice(0, 40)),
  )
  if (known.includes('crs')) notes.hasCrs = true
  return columns
}

/** A row of texts as cells; blank ones are left out, and an apostrophe that keeps a spreadsheet from computing is taken off. */
export function cellsBy(row: number, columns: readonly (Column | undefined)[], texts: readonly (string | undefined)[]): FileRow {
  const cells: { -readonly [C in keyof Cells]: Cells[C] } = {}
  for (const [i, column] of columns.entries()) {
    const text = texts[i]?.trim()
    if (!column || !text) continue
    if (text.length > LONGEST) return { row, fault: { code: 'too-long', message: `${column} has more than ${LONGEST} characters` } }
    if (text.includes('\ufffd'))
      return { row, fault: { code: 'not-text', message: `${column} holds characters that were lost by a wrong encoding` } }
    cells[column] = /^'[=+\-@\t\r＝＋－＠]/.test(text) ? text.slice(1) : text
  }
  return { row, cells }
}
