/** Lists of cameras as files or from media servers: received, read, judged, stored; one at a time. */
import type { Identity } from '@orchid/shared/domain/access/roles'
import type { Defaults } from '@orchid/shared/domain/cameras/sheet'
import type { CameraImportAnswer } from '@orchid/shared/protocol/api'
import { CameraImport, type Registry, type Tally } from './camera-import.ts'
import { type FileRow, type Notes, UnreadableFile } from './file-rows.ts'
import { type AskServer, type Pull, PullFailed, pullRows } from './pull-lists.ts'
import { type Encoding, encodingOf, type Format, formatOf, readFile } from './read-file.ts'
import { MOST_BYTES, receive, TooLarge, type Upload } from './upload.ts'

/** Files of one import: the messages of a catalog, each saved by itself. */
const MOST_FILES = 100

/** A "no" to the import as a whole; `tally` where rows were looked at. Nothing was stored. */
export interface ImportRefused {
  readonly status: 400 | 413 | 422 | 429
  readonly code: string
  readonly message: string
  readonly tally?: Pick<CameraImportAnswer, keyof Tally>
}

export interface ImportOptions {
  readonly who: Identity
  readonly defaults: Defaults
  /** Nothing is stored unless every row can be. */
  readonly whole: boolean
  readonly preview: boolean
  readonly reason?: string
  /** Label of the files' encoding, where declared. */
  readonly encoding?: string
  readonly progress?: (step: 'check' | 'store', rows: number) => void
}

export interface Part {
  /** Label in the content type, where there is one. */
  readonly charset?: string
  readonly body: AsyncIterable<Buffer | string>
}

const BUSY: ImportRefused = { status: 429, code: 'import-running', message: 'Another import is under way: try again when it is done.' }

interface Received extends Upload {
  readonly charset?: string
}

export class CameraLists {
  readonly #registry: Registry
  readonly #folder: string
  readonly #askServer: AskServer
  #busy = false

  /** `folder`: where a body waits while it is read, in a file without a name. `askServer`: how media servers are spoken to. */
  constructor(registry: Registry, { folder, askServer }: { folder: string; askServer: AskServer }) {
    this.#registry = registry
    this.#folder = folder
    this.#askServer = askServer
  }

  /**
   * Takes the parts in, then runs `then` with what carries them out; whatever happens, nothing of them is left.
   * Rejects with JournalUnavailable when storing is unknown: the same files may come again.
   */
  async import<T>(
    parts: AsyncIterable<Part>,
    then: (run: (options: ImportOptions) => Promise<CameraImportAnswer | ImportRefused>) => Promise<T>,
  ): Promise<T | ImportRefused> {
    if (this.#busy) return BUSY
    this.#busy = true
    let ours = true
    // Before the answer goes out: whoever has it may send the next list at once.
    const makeRoom = (): void => {
      if (ours) this.#busy = false
      ours = false
    }
    const files: Received[] = []
    try {
      let room = MOST_BYTES
      for await (const { charset, body } of parts) {
        if (files.length === MOST_FILES) return { status: 413, code: 'too-many', message: `One import takes at most ${MOST_FILES} files.` }
        const upload = await receive(body, this.#folder, room)
        room -= upload.size
        files.push({ ...upload, ...(charset !== undefined && { charset }) })
      }
      if (files.every(({ size }) => size === 0)) return { status: 400, code: 'empty-body', message: 'The body is empty.' }
      return await then((options) => this.#run(() => files.map((file) => listOf(file, options.encoding)), options).finally(makeRoom))
    } catch (error) {
      if (error instanceof TooLarge)
        return { status: 413, code: 'too-large', message: `One import takes at most ${MOST_BYTES / 1024 / 1024} MiB.` }
      throw error
    } finally {
      await Promise.all(files.map((file) => file.close()))
      makeRoom()
    }
  }

  /** Asks a media server for its list, then stores it like a file. Rejects with JournalUnavailable as above. */
  async pull(pull: Pull, options: ImportOptions): Promise<CameraImportAnswer | ImportRefused> {
    if (this.#busy) return BUSY
    this.#busy = true
    try {
      const notes = { skipped: 0, ignored: [], hasCrs: false }
      const rows = await pullRows(pull, this.#askServer, notes)
      const answer = await this.#run(() => [{ label: `${pull.server} 目录`, read: () => given(rows) }], options)
      return 'status' in answer ? answer : { ...answer, skipped: notes.skipped }
    } catch (error) {
      if (!(error instanceof PullFailed)) throw error
      return { status: 422, code: error.code, message: error.message }
    } finally {
      this.#busy = false
    }
  }

  async #run(open: () => readonly List[], options: ImportOptions): Promise<CameraImportAnswer | ImportRefused> {
    try {
      const lists = open()
      if (options.preview) return await this.#pass(lists, options, true)
      if (options.whole) {
        const { refused, refusedCount, promised, unchanged } = await this.#pass(lists, options, true)
        const tally = { created: 0, updated: 0, unchanged, refused, refusedCount }
        if (refusedCount > 0)
          return { status: 422, code: 'rows-refused', message: `Nothing was stored: ${refusedCount} rows cannot be taken.`, tally }
        if (promised && promised.found < promised.expected)
          return {
            ...{ status: 422, code: 'incomplete', tally },
            message: `Nothing was stored: the catalog promises ${promised.expected} items, and ${promised.found} are here.`,
          }
      }
      return await this.#pass(lists, options, false)
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error
      return { status: 422, code: error.code, message: error.message }
    }
  }

  async #pass(lists: readonly List[], options: ImportOptions, preview: boolean): Promise<CameraImportAnswer> {
    const { who, defaults, progress } = options
    const notes: Notes = { ignored: [], hasCrs: false, skipped: 0 }
    const cameras = new CameraImport(this.#registry, {
      who,
      defaults,
      preview,
      reason: options.reason ?? `导入 ${lists[0]?.label}`,
      progress: (rows) => progress?.(preview ? 'check' : 'store', rows),
    })
    let promised: CameraImportAnswer['promised']
    for (const [i, { read }] of lists.entries()) {
      await cameras.take(declared(read(notes), notes, defaults), lists.length > 1 ? i + 1 : undefined)
      // Each file of a catalog repeats the number of the whole.
      if (notes.promised)
        promised = {
          expected: Math.max(promised?.expected ?? 0, notes.promised.expected),
          found: (promised?.found ?? 0) + notes.promised.found,
        }
      delete notes.promised
    }
    return { ...cameras.tally, preview, ignored: notes.ignored.slice(0, 50), skipped: notes.skipped, ...(promised && { promised }) }
  }
}

/** A list that can be read from the start again. */
interface List {
  /** Names it in the journal where no reason is given. */
  readonly label: string
  read(notes: Notes): AsyncIterable<FileRow>
}

/** Throws UnreadableFile when it is of no known form or encoding. */
function listOf(file: Received, declaredEncoding: string | undefined): List {
  const format = formatOf(file.head)
  const encoding = encodingFor(file, format, declaredEncoding)
  return { label: `${format} ${file.digest.slice(0, 8)}`, read: (notes) => readFile(file, format, encoding, notes) }
}

async function* given(rows: readonly FileRow[]): AsyncGenerator<FileRow> {
  yield* rows
}

function encodingFor({ charset }: Received, format: Format, declared: string | undefined): Encoding | undefined {
  // A workbook is XML of its own encoding.
  const label = format === 'xlsx' ? undefined : (declared ?? charset)
  if (label === undefined) return undefined
  const encoding = encodingOf(label)
  if (!encoding) throw new UnreadableFile('encoding', 'The declared encoding is none of UTF-8, GB18030, GBK, GB2312, UTF-16LE.')
  // A client that names UTF-8 out of habit is not believed against the bytes; one that was asked is.
  return declared === undefined && encoding === 'utf-8' ? undefined : encoding
}

/** Ends a file whose positions nobody has declared a system for: one sentence instead of one for each row. */
async function* declared(rows: AsyncIterable<FileRow>, notes: Notes, { crs }: Defaults): AsyncGenerator<FileRow> {
  for await (const row of rows) {
    if ('cells' in row && row.cells.lng !== undefined && !crs && !notes.hasCrs)
      throw new UnreadableFile(
        'crs-missing',
        'The coordinate system of the positions is not declared: name it by crs=WGS84, GCJ02, BD09 or CGCS2000, or in a column crs.',
      )
    yield row
  }
}
