/** Bodies of the HTTP interface that both sides name: problems, results of a batch, answers of commands, the session. */
import type { Role } from '../domain/access/roles.ts'
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

export interface SessionAnswer {
  readonly account: string
  readonly role: Role
  /** Area code the session is bound to. */
  readonly area: string
}
