/** What every reader of a file gives: rows of texts, notes on the file, or why the file cannot be read at all. */
import type { Cells } from '@orchid/shared/domain/cameras/sheet'

/** The file as a whole cannot be read; nothing of it is taken. The message tells why and, where known, where. */
export class UnreadableFile extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** One row as it stands: its texts, or why it has none. `row` counts as the format does; see `Format`. */
export type FileRow =
  | { readonly row: number; readonly cells: Cells }
  | { readonly row: number; readonly fault: { readonly code: string; readonly message: string } }

/** What the reader learns about the file besides its rows. */
export interface Notes {
  /** Titles of columns that are none of ours. */
  ignored: string[]
  /** Whether rows or the file name a coordinate system of their own. */
  hasCrs: boolean
  /** Catalog items that are no cameras: districts, groups, recorders. */
  skipped: number
  /** Items a catalog promises, and how many of them are in the file. */
  promised?: { readonly expected: number; readonly found: number }
}

/** Cells longer than this are no text of a registry. */
export const LONGEST = 2_000
