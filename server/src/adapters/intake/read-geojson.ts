/** Features of a GeoJSON FeatureCollection: points whose properties are named like the columns. */
import { JSONParser, TokenType } from '@streamparser/json'
import { cellsBy, columnsBy } from './cells.ts'
import { type FileRow, type Notes, UnreadableFile } from './file-rows.ts'
import { Turns } from './turns.ts'

/** Deeper than any feature nests. */
const DEEPEST = 16

interface Feature {
  readonly id?: unknown
  readonly geometry?: { readonly type?: unknown; readonly coordinates?: unknown } | null
  readonly properties?: Readonly<Record<string, unknown>> | null
}

/** `row` is the position of the feature, from 1. */
export async function* readGeoJson(text: AsyncGenerator<string>, notes: Notes): AsyncGenerator<FileRow> {
  const parser = new JSONParser({ paths: ['$.features.*'], keepStack: false })
  const turns = new Turns()
  let features: unknown[] = []
  let [row, depth] = [0, 0]
  parser.onToken = ({ token }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth++
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth--
    if (depth > DEEPEST) throw new UnreadableFile('too-deep', 'The file nests deeper than GeoJSON does.')
  }
  parser.onValue = ({ value }) => void features.push(value)
  const read = (step: () => void): void => {
    try {
      step()
    } catch (error) {
      if (error instanceof UnreadableFile) throw error
      throw new UnreadableFile('not-json', `The file is not JSON after feature ${row + features.length}.`)
    }
  }
  const ignored = new Set<string>()
  for await (const piece of text) {
    read(() => parser.write(row === 0 ? piece.replace(/^\ufeff/, '') : piece))
    for (const feature of features) {
      yield rowOf(++row, feature as Feature | null, notes, ignored)
      await turns.give()
    }
    features = []
  }
  read(() => {
    if (!parser.isEnded) parser.end()
  })
  if (row === 0) throw new UnreadableFile('empty', 'The file is no GeoJSON FeatureCollection with features.')
  notes.ignored.push(...ignored)
}

function rowOf(row: number, feature: Feature | null, notes: Notes, ignored: Set<string>): FileRow {
  const { id, geometry, properties } = feature ?? {}
  const pairs = Object.entries(properties ?? {}).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  if (pairs.length === 0) return { row, fault: { code: 'no-properties', message: 'the feature has no properties' } }
  const [lng, lat] = geometry?.type === 'Point' && Array.isArray(geometry.coordinates) ? (geometry.coordinates as unknown[]) : []
  if (geometry && (typeof lng !== 'number' || typeof lat !== 'number'))
    return { row, fault: { code: 'no-point', message: 'geometry must be a Point of two numbers' } }
  const own: Notes = { ignored: [], hasCrs: false, skipped: 0 }
  try {
    const columns = columnsBy(
      pairs.map(([name]) => name),
      own,
    )
    for (const name of own.ignored) if (ignored.size < 50) ignored.add(name)
    notes.hasCrs ||= own.hasCrs
    const read = cellsBy(
      row,
      columns,
      pairs.map(([, value]) => String(value)),
    )
    if ('fault' in read) return read
    const more = {
      ...(id !== undefined && id !== null && { id: String(id) }),
      ...(typeof lng === 'number' && { lng: String(lng), lat: String(lat) }),
    }
    return { row, cells: { ...more, ...read.cells } }
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    return { row, fault: { code: error.code, message: error.message } }
  }
}
