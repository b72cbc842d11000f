/** Rows of a CSV: the first line names the columns, in either language. */
import { pipeline, Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { cellsBy, columnsBy } from './cells.ts'
import { type FileRow, type Notes, UnreadableFile } from './file-rows.ts'

/** Characters of a row; a quote that is never closed would swallow the file. */
const LONGEST_ROW = 100_000

interface Parsed {
  readonly record: string[]
  readonly info: { readonly lines: number }
}

/** `row` is the line of the file, of its last line where a cell has several. */
export async function* readCsv(text: AsyncGenerator<string>, notes: Notes): AsyncGenerator<FileRow> {
  const faults: FileRow[] = []
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_records_with_error: true,
    max_record_size: LONGEST_ROW,
    on_skip: (error: CsvError | undefined) => {
      const row = Number(error?.lines ?? 0)
      faults.push({
        row,
        fault: { code: 'not-csv', message: 'the row is not well-formed: a quote that opens or closes at the wrong place' },
      })
      return undefined
    },
  })
  // A failure of the source destroys the parser with it, and the loop below throws.
  pipeline(Readable.from(text), parser, () => undefined)
  let columns: ReturnType<typeof columnsBy> | undefined
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    yield* faults.splice(0)
    if (record.every((cell) => cell.trim() === '')) continue
    if (!columns) {
      columns = columnsBy(record, notes)
      continue
    }
    if (record.length !== columns.length)
      yield { row: info.lines, fault: { code: 'columns', message: `the row has ${record.length} cells instead of ${columns.length}` } }
    else yield cellsBy(info.lines, columns, record)
  }
  yield* faults.splice(0)
  if (!columns) throw new UnreadableFile('empty', 'The file holds no rows.')
}
