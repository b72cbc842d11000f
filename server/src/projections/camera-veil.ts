/** What a reader may not know of cameras beyond its clearance: the same rule for tables, live rows, figures and events. */
import { CLASSIFICATIONS, type Classification } from '@orchid/shared/domain/cameras/events'
import { classifiedKey } from '@orchid/shared/domain/cameras/projections'
import type { CameraSet } from '@orchid/shared/domain/cameras/set-events'
import type { CameraSetRow } from '@orchid/shared/domain/cameras/set-projections'
import type { Key, Row } from '@orchid/shared/kernel/projection'
import type { LiveState } from './live-state.ts'

const CLASSIFIED = 'classifiedCameras'
/** Tables with one row for a camera, by its id. */
const BY_CAMERA: ReadonlySet<string> = new Set(['cameras', 'cameraStates', 'cameraUptime'])
/** Tables of lists of cameras. */
const SETS: ReadonlySet<string> = new Set(['cameraSets', 'favourites'])

type Known = Pick<LiveState, 'tables' | 'touched'>

/** Whether the rows of a table depend on the clearance of who reads them. */
export const isVeiled = (table: string): boolean => BY_CAMERA.has(table) || SETS.has(table)

/** Whether the rows of a table are lists of cameras. */
export const isCameraList = (table: string): boolean => SETS.has(table)

/** Position of the last classification; 0 while no camera of the city ever had one: then nothing is kept from anybody. */
export const veiledAt = ({ tables }: Known): number => tables.touchedSeq(CLASSIFIED)

export class CameraVeil {
  readonly #known: Known
  readonly #from: number
  readonly #beyond: readonly Classification[]
  /** Classified keys touched since the cursor, and whether they were held at it. */
  readonly #held = new Map<Key, boolean>()
  /** As they were at the cursor, by table and key; made when first asked for. */
  #lists: ReadonlyMap<string, CameraSetRow | undefined> | undefined
  /** Cameras whose classification changed since the cursor. */
  readonly changed = new Set<string>()

  private constructor(known: Known, reach: Classification, from: number) {
    this.#known = known
    this.#from = from
    this.#beyond = CLASSIFICATIONS.slice(CLASSIFICATIONS.indexOf(reach) + 1)
    if (veiledAt(known) <= from) return
    for (const { table, key, before } of known.touched.since(from)) {
      if (table !== CLASSIFIED) continue
      this.changed.add(key.slice(key.indexOf(' ') + 1))
      if (!this.#held.has(key)) this.#held.set(key, before !== undefined)
    }
  }

  /** The veil before who finds cameras up to `reach`, with what changed since the cursor `from`; undefined where nothing is kept from them. */
  static before(known: Known, reach: Classification, from = Number.POSITIVE_INFINITY): CameraVeil | undefined {
    if (reach === CLASSIFICATIONS.at(-1)) return undefined
    return known.tables.size(CLASSIFIED) > 0 || veiledAt(known) > from ? new CameraVeil(known, reach, from) : undefined
  }

  /** Whether this camera may not be found. */
  hides(id: string): boolean {
    return this.#beyond.some((classification) => this.#known.tables.get(CLASSIFIED, classifiedKey(classification, id)) !== undefined)
  }

  /** Whether it could not be found at the cursor either. */
  #hid(id: string): boolean {
    return this.#beyond.some((classification) => {
      const key = classifiedKey(classification, id)
      return this.#held.get(key) ?? this.#known.tables.get(CLASSIFIED, key) !== undefined
    })
  }

  /** The row as it may be seen; undefined: not at all. */
  shown(table: string, key: Key, row: Row): Row | undefined {
    if (BY_CAMERA.has(table)) return this.hides(key) ? undefined : row
    return SETS.has(table) ? this.shownSet(row as CameraSetRow & Row) : row
  }

  /** A set with the cameras that may be found, and who bound these; undefined where none may be. */
  shownSet<S extends Pick<CameraSet, 'cameras'> & { readonly binders?: Readonly<Record<string, string>> }>(set: S): S | undefined {
    const cameras = set.cameras.filter((id) => !this.hides(id))
    if (cameras.length === set.cameras.length) return set
    if (cameras.length === 0) return undefined
    const binders = set.binders && Object.fromEntries(Object.entries(set.binders).filter(([id]) => !this.hides(id)))
    return { ...set, cameras, ...(binders && { binders }) }
  }

  /** Whether the row of a table could be seen at the cursor. */
  wasShown(table: string, key: Key): boolean {
    if (BY_CAMERA.has(table)) return !this.#hid(key)
    return !SETS.has(table) || (this.#listAtCursor(table, key)?.cameras.some((id) => !this.#hid(id)) ?? false)
  }

  /** A list as it was at the cursor; undefined: it was not there. */
  #listAtCursor(table: string, key: Key): CameraSetRow | undefined {
    this.#lists ??= this.#touchedLists()
    const name = `${table} ${key}`
    return this.#lists.has(name) ? this.#lists.get(name) : this.#known.tables.get<CameraSetRow>(table, key)
  }

  /** The lists that were touched since the cursor, as they were at it. */
  #touchedLists(): ReadonlyMap<string, CameraSetRow | undefined> {
    const lists = new Map<string, CameraSetRow | undefined>()
    for (const { table, key, row } of this.#known.touched.since(this.#from)) {
      if (!SETS.has(table)) continue
      const name = `${table} ${key}`
      if (!lists.has(name)) lists.set(name, row as CameraSetRow | undefined)
    }
    return lists
  }

  /** Rows that show something else since classifications changed. */
  *turned(tables: ReadonlySet<string>): Generator<readonly [table: string, key: Key]> {
    if (this.changed.size === 0) return
    for (const table of BY_CAMERA) if (tables.has(table)) for (const id of this.changed) yield [table, id]
    for (const table of SETS) {
      if (!tables.has(table)) continue
      for (const [key, row] of this.#known.tables.entries(table, ''))
        if ((row as CameraSetRow).cameras.some((id) => this.changed.has(id))) yield [table, key]
    }
  }
}
