/** Lists of cameras and streams from media servers, as rows like those of a file. Read from their sources; tried against fakes only. */
import type { Cells } from '@orchid/shared/domain/cameras/sheet'
import type { FileRow, Notes } from './file-rows.ts'
import { DIRECTIONS, isCameraCode } from './gb28181.ts'

/** Why a list could not be had. The message holds neither address nor credential. */
export class PullFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

const NO_ANSWER = {
  'bad-address': 'The address of the server is not one.',
  'unknown-host': 'The name of the server is not known.',
  'address-refused': 'The address of the server lies outside CAMERA_NETWORKS.',
  'no-connection': 'The server cannot be reached.',
  'no-answer': 'The server did not answer in time.',
  'server-refused': 'The server refused: are its address and the credential right?',
  'too-large': 'One answer of the server has more than 32 MiB.',
  'not-http': 'The server did not answer as one of its kind.',
} as const

/** Gives the body of an answer, or why there is none. Who may be spoken to is decided there, as for cameras. */
export type AskServer = (url: URL, headers: Readonly<Record<string, string>>) => Promise<Buffer | keyof typeof NO_ANSWER>

export type MediaServer = 'wvp' | 'mediamtx' | 'zlmediakit'

export interface Pull {
  readonly server: MediaServer
  /** Base address of its API. */
  readonly address: string
  /** Base address at which it plays, where that is another. */
  readonly playAddress?: string
  /** WVP: access token or API key; MediaMTX: `user:password`; ZLMediaKit: secret. Used for this list and kept nowhere. */
  readonly credential?: string
}

const PAGE = 100
/** Items one server may list, and pages that may be asked for. */
const MOST_ITEMS = 200_000
const MOST_PAGES = MOST_ITEMS / PAGE

type Item = Readonly<Record<string, unknown>>
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const objectOf = (value: unknown): Item => (typeof value === 'object' && value !== null ? (value as Item) : {})
const listOf = (value: unknown): Item[] => {
  if (!Array.isArray(value)) throw new PullFailed('not-a-list', 'The server answered with something else than its list.')
  return value.map(objectOf)
}

/** All rows of a server's list. Rejects with PullFailed; then there are none. `row` is the position in the list, from 1. */
export async function pullRows({ address, ...more }: Pull, askServer: AskServer, notes: Notes): Promise<FileRow[]> {
  const pull: Pull = { ...more, address: address.replace(/\/+$/, '') }
  const ask = async (path: string, query: Readonly<Record<string, string | number>>, headers: Readonly<Record<string, string>> = {}) => {
    const url = urlOf(`${pull.address}${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
    const answer = await askServer(url, headers)
    if (typeof answer === 'string') throw new PullFailed(answer, NO_ANSWER[answer])
    return parsed(answer)
  }
  const rows = await LISTS[pull.server](pull, ask, notes)
  if (rows.length > MOST_ITEMS) throw new PullFailed('too-many-rows', `The server lists more than ${MOST_ITEMS} items.`)
  return rows
}

type Ask = (path: string, query: Readonly<Record<string, string | number>>, headers?: Readonly<Record<string, string>>) => Promise<unknown>

const LISTS: Readonly<Record<MediaServer, (pull: Pull, ask: Ask, notes: Notes) => Promise<FileRow[]>>> = {
  async wvp({ address, credential = '' }, ask, notes) {
    // Its tokens are JWTs, its API keys are not.
    const headers: Record<string, string> =
      credential === '' ? {} : { [credential.split('.').length === 3 ? 'access-token' : 'api-key']: credential }
    const items: Item[] = []
    for (let page = 1; page <= MOST_PAGES; page++) {
      const data = objectOf(accepted(await ask('/api/common/channel/list', { page, count: PAGE }, headers)).data)
      const list = listOf(data.list)
      items.push(...list)
      if (list.length === 0 || items.length >= Number(data.total ?? 0)) break
    }
    return items.flatMap((item, i) => {
      const gbCode = textOf(item.gbDeviceId)
      if (/^\d{2,20}$/.test(gbCode) && !isCameraCode(gbCode)) {
        notes.skipped++
        return []
      }
      const bearing = DIRECTIONS[Number(item.gbDirectionType)]
      const placed = Number(item.gbLongitude) !== 0 && Number(item.gbLatitude) !== 0
      return rowOf(i + 1, {
        ...{ gbCode, name: textOf(item.gbName), backend: 'wvp', source: `${address}/channel/${encodeURIComponent(textOf(item.gbId))}` },
        ...(placed && { lng: textOf(item.gbLongitude), lat: textOf(item.gbLatitude) }),
        ...(bearing !== undefined && { bearing: String(bearing) }),
      })
    })
  },

  async mediamtx({ address, playAddress, credential }, ask) {
    const headers: Record<string, string> =
      credential === undefined ? {} : { authorization: `Basic ${Buffer.from(credential).toString('base64')}` }
    const items: Item[] = []
    for (let page = 0; page < MOST_PAGES; page++) {
      const answer = objectOf(await ask('/v3/paths/list', { page, itemsPerPage: PAGE }, headers))
      items.push(...listOf(answer.items))
      if (page + 1 >= Number(answer.pageCount ?? 0)) break
    }
    const played = playAddress ?? withPort(address, '8888')
    return items.flatMap((item, i) => streamRow(i + 1, textOf(item.name), 'mediamtx', `${played}/${textOf(item.name)}`))
  },

  async zlmediakit({ address, playAddress = address, credential = '' }, ask) {
    const streams = new Map<string, string>()
    // One stream is listed once for each protocol it is offered by.
    for (const item of listOf(accepted(await ask('/index/api/getMediaList', { secret: credential })).data ?? []))
      streams.set(`${textOf(item.app)}/${textOf(item.stream)}`, textOf(item.stream))
    return [...streams].flatMap(([path, stream], i) => streamRow(i + 1, stream, 'zlmediakit', `${playAddress}/${path}`))
  },
}

/** An answer of WVP or ZLMediaKit; both say 0 when all is well. */
function accepted(answer: unknown): Item {
  const { code, ...rest } = objectOf(answer)
  if (code !== 0)
    throw new PullFailed(
      'server-refused',
      `The server refused with code ${textOf(code).slice(0, 10) || 'unknown'}: is the credential right?`,
    )
  return rest
}

function urlOf(text: string): URL {
  if (!URL.canParse(text)) throw new PullFailed('bad-address', NO_ANSWER['bad-address'])
  return new URL(text)
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new PullFailed('not-json', 'The server did not answer with JSON.')
  }
}

function withPort(address: string, port: string): string {
  const url = urlOf(address)
  return `${url.protocol}//${url.hostname}:${port}`
}

const rowOf = (row: number, cells: Cells): FileRow[] => [
  { row, cells: Object.fromEntries(Object.entries(cells).filter(([, text]) => text !== '')) },
]

/** A stream tells neither name nor place: it belongs to the camera that is registered under its name, id or code. */
const streamRow = (row: number, stream: string, backend: string, source: string): FileRow[] =>
  /^\d{20}$/.test(stream) ? rowOf(row, { gbCode: stream, backend, source }) : rowOf(row, { id: stream, backend, source })
