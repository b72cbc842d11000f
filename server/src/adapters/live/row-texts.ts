/** Rows as the JSON that stands in a frame, made once: clients at different cursors get mostly the same rows. */
import type { Key, Row } from '@orchid/shared/kernel/projection'
import type { Changes } from '@orchid/shared/protocol/live'

/** Rows whose text is kept: those of some frames, about a MB. */
const MOST = 4_000

export class RowTexts {
  /** `[key,row]` of each. A row is never changed in place: another version of it is another object. */
  readonly #texts = new Map<Row, { readonly key: Key; readonly text: string }>()

  /** `changes` as JSON. */
  json(changes: Changes): string {
    const tables = Object.entries(changes).map(
      ([name, rows]) =>
        `${JSON.stringify(name)}:[${rows.map(([key, row]) => (row ? this.#text(key, row) : JSON.stringify([key, null]))).join()}]`,
    )
    return `{${tables.join()}}`
  }

  #text(key: Key, row: Row): string {
    const held = this.#texts.get(row)
    // One object may stand under two keys.
    if (held?.key === key) return held.text
    if (this.#texts.size >= MOST) this.#texts.clear()
    const text = JSON.stringify([key, row])
    this.#texts.set(row, { key, text })
    return text
  }
}
