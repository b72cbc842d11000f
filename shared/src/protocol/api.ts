/** Bodies of the HTTP interface that both sides name: problems, results of a batch, answers of commands, the session. */
import type { Role } from '../domain/access/roles.ts'
import type { Crs } from '../kernel/geo.ts'
import type { Key, Row } from '../kernel/projection.ts'

/** RFC 9457 problem details; `path` is a JSON Pointer into the request body. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
  readonly results?: readonly ItemResult[]
}

/** What became of one entry of a batch; `index` is its position (of its line in NDJSON), from 0. */
export interface ItemResult {
  readonly index: number
  readonly id?: string
  readonly status: 'stored' | 'duplicate' | 'refused'
  readonly seq?: number
  readonly error?: { readonly code: string; readonly path: string; readonly message: string }
}

export interface CommandAnswer {
  readonly seq: number
  readonly id: string
  readonly duplicate: boolean
}

/** A page of a table in the caller's scope; `next` is the `after` of the following page. */
export interface TablePage {
  readonly rows: readonly (readonly [Key, Row])[]
  readonly next?: Key
}

/** A row of a list of cameras that cannot be taken. */
export interface RefusedRow {
  /** As the format counts: lines of a CSV and rows of a sheet with the titles as 1, features and catalog items from 1. */
  readonly row: number
  /** Number of the file, from 1, where several came. */
  readonly file?: number
  readonly column?: string
  readonly code: string
  readonly message: string
}

/** What an import of cameras did, or with `preview` would do. */
export interface CameraImportAnswer {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  /** The first 1,000, in order. */
  readonly refused: readonly RefusedRow[]
  /** All of them. */
  readonly refusedCount: number
  readonly preview: boolean
  /** Titles of columns that were passed over. */
  readonly ignored: readonly string[]
  /** Catalog items that are no cameras: districts, groups, recorders. */
  readonly skipped: number
  /** Items that the catalog's messages promise, and how many came; absent where none promises. */
  readonly promised?: { readonly expected: number; readonly found: number }
}

export interface SessionAnswer {
  readonly account: string
  readonly role: Role
  /** Area code the session is bound to. */
  readonly area: string
}

/** System in which a tile lies: longitude and latitude cut as Web Mercator z/x/y, or `BD09MC`, Baidu's own metres and tiling. */
export type TileCrs = Crs | 'BD09MC'

/** The configured pictures under the map. `GET /api/base/<z>/<x>/<y>` gives a tile, or 204 where there is none (with Retry-After: none now). */
export interface BaseMap {
  /** Another one when the source is another or was written anew; pages ask for tiles with `?v=<version>`, so that none of the old is shown. */
  readonly version: string
  readonly kind: 'folder' | 'pmtiles' | 'tianditu'
  readonly crs: TileCrs
  readonly minZoom: number
  readonly maxZoom: number
  /** `light`: drawn on a light ground, shown inverted. `dark`: a dark map or a photograph, shown as it is. */
  readonly look: 'light' | 'dark'
  /** Source and review number as the provider wants them shown. */
  readonly attribution?: string
}

/** Without `base` nothing is configured and the map is our own drawing. */
export interface BaseAnswer {
  readonly base?: BaseMap
}
