/** Small .xlsx workbooks and ZIP files for tests, honest and hostile. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipPart {
  readonly name: string
  readonly bytes: Buffer
  /** What its headers say it unpacks to, where that is a lie. */
  readonly claimed?: number
}

export function zip(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, claimed = bytes.length } of parts) {
    const packed = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claimed, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed])
    const end = Buffer.alloc(14)
    end.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, end, Buffer.from(name)]))
    files.push(file)
    offset += file.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(parts.length, 4)
  end.writeUInt16LE(parts.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, list, Buffer.from('PK\x05\x06'), end])
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const letters = (n: number): string => (n < 26 ? '' : letters(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26))

/** A cell: text is shared, a number is a number, `raw` is XML as it is. */
export type Cell = string | number | { readonly raw: string } | undefined

export const part = (name: string, text: string): ZipPart => ({ name, bytes: Buffer.from(text) })

/** A workbook whose first sheet is hidden and empty; the rows stand in the second. */
export function workbook(rows: readonly (readonly Cell[])[], more: readonly ZipPart[] = []): Buffer {
  const shared: string[] = []
  const cell = (value: Cell, reference: string): string => {
    if (value === undefined) return ''
    if (typeof value === 'object') return `<c r="${reference}" ${value.raw}</c>`
    if (typeof value === 'number') return `<c r="${reference}"><v>${value}</v></c>`
    return `<c r="${reference}" t="s"><v>${shared.push(value) - 1}</v></c>`
  }
  const body = rows
    .map((row, y) => `<row r="${y + 1}">${row.map((value, x) => cell(value, `${letters(x)}${y + 1}`)).join('')}</row>`)
    .join('')
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
  const relations = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
  const parts = [
    part(
      'xl/workbook.xml',
      `<workbook ${main} ${relations}><sheets><sheet name="x" sheetId="1" state="hidden" r:id="rId1"/><sheet name="点位" sheetId="2" r:id="rId7"/></sheets></workbook>`,
    ),
    part(
      'xl/_rels/workbook.xml.rels',
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>',
    ),
    part('xl/worksheets/sheet1.xml', `<worksheet ${main}><sheetData/></worksheet>`),
    part('xl/worksheets/sheet2.xml', `<worksheet ${main}><sheetData>${body}</sheetData></worksheet>`),
    part(
      'xl/sharedStrings.xml',
      `<sst ${main}>${shared.map((text) => `<si><r><t xml:space="preserve">${escaped(text)}</t></r><rPh sb="0" eb="1"><t>yin</t></rPh></si>`).join('')}</sst>`,
    ),
  ]
  return zip([...parts.filter(({ name }) => !more.some((other) => other.name === name)), ...more])
}
