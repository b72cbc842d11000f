/** From the bytes of a file to rows of texts, whatever the format; a row that cannot be read is told apart and the rest goes on. */
import { type FileRow, type Notes, UnreadableFile } from './file-rows.ts'
import { readCatalog } from './read-catalog.ts'
import { readCsv } from './read-csv.ts'
import { readGeoJson } from './read-geojson.ts'
import { readXlsx } from './read-xlsx.ts'
import { pieces, type Upload } from './upload.ts'

/** How each format counts its rows: lines of a CSV and rows of a sheet with the titles as 1, features and catalog items from 1. */
export type Format = 'csv' | 'xlsx' | 'geojson' | 'catalog'

/** Rows one file may have. */
export const MOST_ROWS = 200_000

export type Encoding = 'utf-8' | 'gb18030' | 'utf-16le'
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  'utf-16le': 'utf-16le',
  'utf-16': 'utf-16le',
}
/** GB 2312 and GBK are parts of GB 18030. Undefined for what is not known here. */
export const encodingOf = (label: string): Encoding | undefined => ENCODINGS[label.toLowerCase().replace(/^["']|["']$/g, '')]

/** Told by the first bytes; a declared content type is often wrong. */
export function formatOf(head: Buffer): Format {
  if (head.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return 'xlsx'
  if (head.subarray(0, 8).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])))
    throw new UnreadableFile('old-excel', 'This is a workbook of Excel 97–2003 or an encrypted one: save it as .xlsx or CSV.')
  const first = head
    .toString('latin1')
    .replace(/^(\xef\xbb\xbf|\xff\xfe)/, '')
    .replaceAll('\0', '')
    .trimStart()[0]
  return first === '<' ? 'catalog' : first === '{' ? 'geojson' : 'csv'
}

/** Reads all rows in order. Rejects with UnreadableFile. */
export function readFile(upload: Upload, format: Format, declared: Encoding | undefined, notes: Notes): AsyncGenerator<FileRow> {
  if (format === 'xlsx') return limited(readXlsx(upload, notes))
  const text = textOf(upload, declared ?? detected(upload, format))
  if (format === 'csv') return limited(readCsv(text, notes))
  return limited(format === 'geojson' ? readGeoJson(text, notes) : readCatalog(text, notes))
}

async function* limited(rows: AsyncGenerator<FileRow>): AsyncGenerator<FileRow> {
  let count = 0
  for await (const row of rows) {
    if (++count > MOST_ROWS) throw new UnreadableFile('too-many-rows', `The file has more than ${MOST_ROWS} rows.`)
    yield row
  }
}

function detected({ head, isUtf8 }: Upload, format: Format): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  const label = format === 'catalog' ? /^[^>]{0,100}?encoding\s*=\s*["']([\w-]+)["']/.exec(head.toString('latin1'))?.[1] : undefined
  const said = label === undefined ? undefined : encodingOf(label)
  // What is well-formed UTF-8 is hardly ever GB 18030, whatever its first line says; the other way round nothing can be told.
  return isUtf8 && said !== 'utf-16le' ? 'utf-8' : (said ?? 'gb18030')
}

async function* textOf(upload: Upload, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  let read = 0
  const decode = (bytes?: Buffer): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      throw new UnreadableFile(
        'not-text',
        `The file is not ${encoding.toUpperCase()} text after byte ${read}: declare its encoding, or save it anew.`,
      )
    }
  }
  for await (const bytes of pieces(upload)) {
    yield decode(bytes)
    read += bytes.length
  }
  yield decode()
}
