/** Tables as compressed bytes and back, without holding up the event loop for long. */
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { Row, TableDump } from '@orchid/shared/kernel/projection'

/** Raise it when the bytes below change their form. */
const FORM = 2

/** Form of the bytes, names and versions of all projections: a snapshot of another signature is not used. */
export const SIGNATURE = [`form:${FORM}`, ...PROJECTIONS.map((p) => `${p.name}:${p.version}`)].join(' ')

/** Rows in a line. A line is what one turn of the event loop writes, and what one JSON.parse reads. */
const ROWS_A_LINE = 50
/** Bytes that zlib makes at a time: its own 16 kB cost a third more time. */
const chunkSize = 64 * 1024

const unzip = promisify(gunzip)

/** For each table a line of JSON with its head, then lines of up to 50 rows: `[keys, rows]`. */
function* lines(dump: readonly TableDump[]): Generator<string> {
  for (const { keys, rows, ...head } of dump) {
    yield `${JSON.stringify({ ...head, rows: rows.length })}\n`
    for (let i = 0; i < rows.length; i += ROWS_A_LINE)
      yield `${JSON.stringify([keys.slice(i, i + ROWS_A_LINE), rows.slice(i, i + ROWS_A_LINE)])}\n`
  }
}

/** As gzip. The next line is made when the one before is compressed, which another thread does: between them the event loop has its turn. */
export async function encodeTables(dump: readonly TableDump[]): Promise<Uint8Array> {
  return Buffer.concat(
    await Readable.from(lines(dump))
      .pipe(createGzip({ level: 1, chunkSize }))
      .toArray(),
  )
}

/** Reverse of `encodeTables`, in one go: nobody is served before there are tables. Throws SyntaxError or a zlib error when the bytes are not such a dump. */
export async function decodeTables(data: Uint8Array): Promise<TableDump[]> {
  const text = await unzip(data, { chunkSize })
  let at = 0
  const line = (): unknown => {
    const end = text.indexOf('\n', at)
    const value = JSON.parse(text.toString('utf8', at, end))
    at = end + 1
    return value
  }
  const dump: TableDump[] = []
  while (at < text.length) {
    const { rows: count, ...head } = line() as Omit<TableDump, 'keys' | 'rows'> & { rows: number }
    const keys: string[] = []
    const rows: Row[] = []
    while (rows.length < count) {
      const [someKeys, someRows] = line() as [string[], Row[]]
      keys.push(...someKeys)
      rows.push(...someRows)
    }
    if (keys.length !== count || rows.length !== count) throw new SyntaxError(`table ${head.name} has other than its ${count} rows`)
    dump.push({ ...head, keys, rows })
  }
  return dump
}
