/** Cameras of a GB/T 28181 catalog: one or many `<Response>` messages, as a platform sends them one after another. */
import type { Cells } from '@orchid/shared/domain/cameras/sheet'
import { SaxesParser } from 'saxes'
import { type FileRow, LONGEST, type Notes, UnreadableFile } from './file-rows.ts'
import { DIRECTIONS, isCameraCode } from './gb28181.ts'
import { Turns } from './turns.ts'

/** Characters between two tags; no value of a catalog comes near. */
const LONGEST_TEXT = 64 * 1024
/** Declarations of the messages after the first: only one may stand in a document. */
const DECLARATION = /<\?xml[^<>]{0,200}\?>/g

type Item = Record<string, string>

/** `row` is the position of the item in the file, from 1. */
export async function* readCatalog(text: AsyncGenerator<string>, notes: Notes): AsyncGenerator<FileRow> {
  // A fragment may have no document type, so there are no entities to grow or to fetch.
  const parser = new SaxesParser({ fragment: true })
  const turns = new Turns()
  let items: Item[] = []
  let item: Item | undefined
  let [name, value, row, found] = ['', '', 0, 0]
  const promised = new Map<string, number>()
  let serial = ''
  const refuse = (code: string, message: string): never => {
    throw new UnreadableFile(code, `${message} (line ${parser.line})`)
  }
  parser.on('error', () => refuse('not-xml', 'The file is not well-formed XML.'))
  parser.on('opentag', (tag) => {
    name = tag.name
    value = ''
    if (name === 'Item') item = {}
  })
  parser.on('text', (part) => {
    value += part
  })
  parser.on('cdata', (part) => {
    value += part
  })
  parser.on('closetag', (tag) => {
    const closed = value.trim()
    value = ''
    if (tag.name === 'Item' && item) {
      items.push(item)
      item = undefined
    } else if (item && tag.name === name) item[name] = closed.slice(0, LONGEST + 1)
    else if (tag.name === 'SN') serial = closed
    // All messages of one answer repeat the same number.
    else if (tag.name === 'SumNum' && /^\d{1,9}$/.test(closed)) promised.set(serial, Number(closed))
    name = ''
  })
  let [carried, since, fed] = ['', 0, 0]
  const feed = (piece: string): void => {
    const joined = (carried + piece).replace(DECLARATION, '').replace(fed === 0 ? /^\ufeff/ : /$^/, '')
    // A declaration may be cut by the end of a piece.
    const cut = Math.max(joined.lastIndexOf('<?'), joined.endsWith('<') ? joined.length - 1 : -1)
    carried = cut >= 0 && joined.length - cut < 250 ? joined.slice(cut) : ''
    const whole = carried ? joined.slice(0, cut) : joined
    parser.write(whole)
    fed += whole.length
    if (items.length > 0 || whole.includes('>')) since = fed
    if (fed - since > LONGEST_TEXT) refuse('too-long', 'A value of the file is far too long.')
  }
  for await (const piece of text) {
    feed(piece)
    for (const each of items) {
      found++
      row++
      if (isCameraCode(each.DeviceID ?? '')) yield rowOf(row, each)
      else if (/^\d{2,20}$/.test(each.DeviceID ?? '')) notes.skipped++
      else yield { row, fault: { code: 'invalid', message: 'DeviceID must be up to 20 digits' } }
      await turns.give()
    }
    items = []
  }
  parser.write(carried)
  parser.close()
  if (row === 0) throw new UnreadableFile('empty', 'The file is no GB/T 28181 catalog with items.')
  const expected = [...promised.values()].reduce((sum, n) => sum + n, 0)
  if (expected > 0) notes.promised = { expected, found }
}

function rowOf(row: number, item: Item): FileRow {
  const long = Object.entries(item).find(([, text]) => text.length > LONGEST)
  if (long) return { row, fault: { code: 'too-long', message: `${long[0]} has more than ${LONGEST} characters` } }
  if (item.Event && !/^(ADD|UPDATE)$/i.test(item.Event))
    return { row, fault: { code: 'event', message: `Event ${item.Event.slice(0, 20)} is not carried out: retire a camera with a reason` } }
  const bearing = DIRECTIONS[Number(item.DirectionType)]
  // A platform that does not know where a camera stands writes 0.
  const placed = Number(item.Longitude) !== 0 && Number(item.Latitude) !== 0
  const cells: Cells = {
    gbCode: item.DeviceID as string,
    ...(item.Name && { name: item.Name }),
    ...(placed && item.Longitude && { lng: item.Longitude }),
    ...(placed && item.Latitude && { lat: item.Latitude }),
    ...(bearing !== undefined && { bearing: String(bearing) }),
  }
  return { row, cells }
}
