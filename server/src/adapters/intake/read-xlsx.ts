/** Rows of the first sheet of an .xlsx workbook, read piece by piece. Values only: formulas are never computed. */
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import yauzl, { type Entry, type ZipFile } from 'yauzl'
import { cellsBy, columnsBy } from './cells.ts'
import { type FileRow, LONGEST, type Notes, UnreadableFile } from './file-rows.ts'
import { Turns } from './turns.ts'
import type { Upload } from './upload.ts'

/** Parts of a workbook, bytes of one part unpacked, and how many times its packed size: a sheet of a registry comes near none of them. */
const MOST_PARTS = 1_000
const MOST_UNPACKED = 512 * 1024 * 1024
const MOST_RATIO = 200
const SMALL = 4 * 1024 * 1024
/** Characters of all texts that cells share. */
const MOST_SHARED = 64 * 1024 * 1024
const MOST_COLUMNS = 200

/** `row` is the number of the row in the sheet. */
export async function* readXlsx({ file }: Upload, notes: Notes): AsyncGenerator<FileRow> {
  const zip = await opened(file.fd)
  const parts = await partsOf(zip)
  const sheet = await firstSheet(zip, parts)
  const shared = await sharedTexts(zip, parts)
  let columns: ReturnType<typeof columnsBy> | undefined
  for await (const { row, texts, rounded } of sheetRows(zip, sheet, shared)) {
    if (texts.every((text) => (text ?? '').trim() === '')) continue
    if (!columns) {
      columns = columnsBy(
        Array.from(texts, (text) => text ?? ''),
        notes,
      )
      continue
    }
    const column = rounded.map((i) => columns?.[i]).find((name) => name !== undefined)
    if (column)
      yield {
        row,
        fault: { code: 'rounded', message: `${column} is a number of more than 15 digits, which a spreadsheet rounds: format it as text` },
      }
    else yield cellsBy(row, columns, texts)
  }
  if (!columns) throw new UnreadableFile('empty', 'The first sheet of the workbook holds no rows.')
}

async function opened(fd: number): Promise<ZipFile> {
  try {
    return await yauzl.fromFdPromise(fd, { autoClose: false, lazyEntries: true })
  } catch {
    throw new UnreadableFile('not-xlsx', 'The file is not a whole .xlsx workbook.')
  }
}

/** Its parts by name. What would unpack to far more than it is, is not unpacked at all; yauzl ends a part that lies about its size. */
async function partsOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const parts = new Map<string, Entry>()
  if (zip.entryCount > MOST_PARTS) throw new UnreadableFile('not-xlsx', 'The workbook has far too many parts.')
  try {
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName.toLowerCase(), entry)
  } catch {
    throw new UnreadableFile('not-xlsx', 'The file is not a whole .xlsx workbook.')
  }
  return parts
}

async function* partText(zip: ZipFile, entry: Entry): AsyncGenerator<string> {
  const { uncompressedSize, compressedSize } = entry
  if (uncompressedSize > MOST_UNPACKED || (uncompressedSize > SMALL && uncompressedSize > compressedSize * MOST_RATIO))
    throw new UnreadableFile('bomb', 'A part of the workbook unpacks to far more than a registry holds.')
  if (!entry.canDecodeFileData()) throw new UnreadableFile('encrypted', 'The workbook is encrypted or packed in an unknown way.')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const turns = new Turns()
  try {
    for await (const bytes of await zip.openReadStreamPromise(entry)) {
      yield decoder.decode(bytes as Buffer, { stream: true })
      await turns.give()
    }
    yield decoder.decode()
  } catch (error) {
    throw error instanceof UnreadableFile ? error : new UnreadableFile('not-xlsx', 'A part of the workbook is damaged.')
  }
}

/** Hands every tag and text of a part over. A document type is refused, so no entity of its own can grow. */
async function* parsed<T>(zip: ZipFile, entry: Entry, take: (parser: SaxesParser) => () => T[]): AsyncGenerator<T> {
  const parser = new SaxesParser()
  parser.on('error', () => {
    throw new UnreadableFile('not-xlsx', 'A part of the workbook is not well-formed.')
  })
  parser.on('doctype', () => {
    throw new UnreadableFile('doctype', 'A document type is not taken.')
  })
  const taken = take(parser)
  let silent = 0
  for await (const piece of partText(zip, entry)) {
    parser.write(piece)
    const found = taken()
    silent = found.length > 0 || piece.includes('<') ? 0 : silent + piece.length
    if (silent > 1024 * 1024) throw new UnreadableFile('too-long', 'A cell of the workbook is far too long.')
    yield* found
  }
  parser.close()
  yield* taken()
}

const local = ({ name }: SaxesTagPlain): string => name.slice(name.indexOf(':') + 1)
const attribute = (tag: SaxesTagPlain, name: string): string =>
  Object.entries(tag.attributes).find(([key]) => key === name || key.endsWith(`:${name}`))?.[1] ?? ''

/** All tags of a small part. */
async function tags(zip: ZipFile, entry: Entry | undefined): Promise<SaxesTagPlain[]> {
  const found: SaxesTagPlain[] = []
  if (!entry) return found
  const all = parsed(zip, entry, (parser) => {
    let fresh: SaxesTagPlain[] = []
    parser.on('opentag', (tag) => void fresh.push({ ...tag, attributes: { ...tag.attributes } }))
    return () => {
      const taken = fresh
      fresh = []
      return taken
    }
  })
  for await (const tag of all) {
    found.push(tag)
    if (found.length > 10_000) throw new UnreadableFile('not-xlsx', 'The workbook has far too many sheets.')
  }
  return found
}

async function firstSheet(zip: ZipFile, parts: ReadonlyMap<string, Entry>): Promise<Entry> {
  const sheets = (await tags(zip, parts.get('xl/workbook.xml'))).filter((tag) => local(tag) === 'sheet')
  const first = sheets.find((tag) => !/hidden/i.test(attribute(tag, 'state'))) ?? sheets[0]
  const relation = (await tags(zip, parts.get('xl/_rels/workbook.xml.rels'))).find(
    (tag) => first && attribute(tag, 'Id') === attribute(first, 'id'),
  )
  const target = (relation ? attribute(relation, 'Target') : 'worksheets/sheet1.xml').toLowerCase()
  const entry = parts.get(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
  if (!entry) throw new UnreadableFile('not-xlsx', 'The workbook has no sheet.')
  return entry
}

/** Texts that cells share, in order. Readings of Chinese characters (phonetic runs) are left out. */
async function sharedTexts(zip: ZipFile, parts: ReadonlyMap<string, Entry>): Promise<string[]> {
  const entry = parts.get('xl/sharedstrings.xml')
  const texts: string[] = []
  if (!entry) return texts
  let size = 0
  const all = parsed(zip, entry, (parser) => {
    let fresh: string[] = []
    let [text, inText, reading] = ['', false, false]
    parser.on('opentag', (tag) => {
      const name = local(tag as SaxesTagPlain)
      if (name === 'si') text = ''
      if (name === 'rPh') reading = true
      inText = name === 't' && !reading
    })
    parser.on('text', (part) => {
      if (inText && text.length <= LONGEST) text += part.slice(0, LONGEST + 1)
    })
    parser.on('closetag', (tag) => {
      const name = local(tag as SaxesTagPlain)
      if (name === 'rPh') reading = false
      if (name === 'si') fresh.push(text)
      inText = false
    })
    return () => {
      const taken = fresh
      fresh = []
      return taken
    }
  })
  for await (const text of all) {
    texts.push(text)
    size += text.length + 16
    if (size > MOST_SHARED) throw new UnreadableFile('bomb', 'The texts of the workbook are far more than a registry holds.')
  }
  return texts
}

interface SheetRow {
  readonly row: number
  readonly texts: readonly (string | undefined)[]
  /** Places of numbers that a spreadsheet has rounded. */
  readonly rounded: readonly number[]
}

/** 0 for A1, 26 for AA1; undefined for what is no reference. */
function columnNumber(reference: string): number | undefined {
  const letters = /^([A-Z]{1,3})\d/.exec(reference)?.[1]
  return letters === undefined ? undefined : [...letters].reduce((n, letter) => n * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

/** A number of 16 or more digits: a spreadsheet keeps 15. Fractions are shortened without harm. */
const isRounded = (text: string): boolean => Math.abs(Number(text)) >= 1e15

async function* sheetRows(zip: ZipFile, entry: Entry, shared: readonly string[]): AsyncGenerator<SheetRow> {
  yield* parsed<SheetRow>(zip, entry, (parser) => {
    let fresh: SheetRow[] = []
    let [row, at, type, text, inValue] = [0, 0, '', '', false]
    let texts: (string | undefined)[] = []
    let rounded: number[] = []
    parser.on('opentag', (tag) => {
      const plain = tag as SaxesTagPlain
      switch (local(plain)) {
        case 'row':
          row = Number(plain.attributes.r) || row + 1
          texts = []
          rounded = []
          at = -1
          break
        case 'c':
          at = columnNumber(plain.attributes.r ?? '') ?? at + 1
          type = plain.attributes.t ?? 'n'
          text = ''
          break
        case 'v':
        case 't':
          inValue = true
      }
    })
    parser.on('text', (part) => {
      if (inValue && text.length <= LONGEST) text += part.slice(0, LONGEST + 1)
    })
    parser.on('closetag', (tag) => {
      switch (local(tag as SaxesTagPlain)) {
        case 'v':
        case 't':
          inValue = false
          break
        case 'c':
          if (text === '' || at >= MOST_COLUMNS) break
          if (type === 'n' && isRounded(text)) rounded.push(at)
          texts[at] = type === 's' ? shared[Number(text)] : type === 'b' ? (text === '1' ? 'true' : 'false') : text
          break
        case 'row':
          fresh.push({ row, texts: Array.from(texts), rounded })
      }
    })
    return () => {
      const taken = fresh
      fresh = []
      return taken
    }
  })
}
