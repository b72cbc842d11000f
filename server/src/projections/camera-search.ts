/** Cameras ready to be searched by words, readings included; kept in step with the tables when somebody asks. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CameraRow } from '@orchid/shared/domain/cameras/projections'
import { find, plainText, type Searchable, wordsIn } from '@orchid/shared/domain/cameras/search'
import { wordsOf } from '@orchid/shared/domain/cameras/sheet'
import { within } from '@orchid/shared/kernel/geo'
import type { Row, Tables } from '@orchid/shared/kernel/projection'
import { pinyin } from 'pinyin-pro'

/** Milliseconds of work between two turns of others. A name costs some 50 µs. */
const PIECE = 5

interface Entry extends Searchable {
  readonly row: CameraRow
}

export class CameraSearch {
  readonly #tables: () => Tables
  #entries = new Map<string, Entry>()
  /** Which state of the tables the entries show. */
  #shown = ''
  #updating: Promise<void> | undefined

  constructor(tables: () => Tables) {
    this.#tables = tables
  }

  /** Cameras inside `scope` that answer all words, the best first. `total` counts them all, `rows` are those from `skip` on. */
  async search(
    question: string,
    { scope, skip, limit, shows = () => true }: { scope: string; skip: number; limit: number; shows?: (row: CameraRow) => boolean },
  ): Promise<{ total: number; rows: CameraRow[] }> {
    await this.#update()
    const own = [...this.#entries.values()].filter(({ row }) => within(scope, row.grid) && shows(row))
    const found = find(wordsIn(question), own)
    return { total: found.length, rows: found.slice(skip, skip + limit).map(({ row }) => row) }
  }

  /** One update at a time; who comes meanwhile waits for the same. */
  async #update(): Promise<void> {
    this.#updating ??= this.#refresh().finally(() => {
      this.#updating = undefined
    })
    await this.#updating
  }

  async #refresh(): Promise<void> {
    const tables = this.#tables()
    const places = `${tables.touchedSeq('areas')} ${tables.touchedSeq('grids')}`
    const shown = `${places} ${tables.touchedSeq('cameras')}`
    if (shown === this.#shown) return
    const same = this.#shown.startsWith(`${places} `)
    const entries = new Map<string, Entry>()
    let began = performance.now()
    for (const [id, row] of tables.entries('cameras', '') as [string, CameraRow][]) {
      const known = this.#entries.get(id)
      entries.set(id, same && known?.row === row ? known : entryOf(row, tables, known))
      if (performance.now() - began < PIECE) continue
      await nextTurn()
      began = performance.now()
    }
    this.#entries = entries
    this.#shown = shown
  }
}

function entryOf(row: CameraRow, tables: Tables, known: Entry | undefined): Entry {
  const { id, gbCode, name, grid, department = '' } = row
  const nameOf = (table: string, code: string): string => tables.get<Row & { name: string }>(table, code)?.name ?? ''
  const around = [
    nameOf('areas', grid.slice(0, 9)),
    nameOf('areas', grid.slice(0, 12)),
    nameOf('grids', grid),
    grid,
    department,
    ...wordsOf(row),
  ]
  return {
    ...{ row, id, name: plainText(name) },
    ...(known?.row.name === name ? { initials: known.initials, reading: known.reading } : readingOf(name)),
    codes: [id, ...(gbCode ? [gbCode] : [])].map(plainText),
    around: plainText(around.join('\n')),
  }
}

/** First letters and whole readings; what is no Chinese character stands for itself, blanks are dropped. */
function readingOf(name: string): Pick<Searchable, 'initials' | 'reading'> {
  const syllables = pinyin(name.normalize('NFKC').replace(/\s/g, ''), { toneType: 'none', type: 'array', v: true }).map((syllable) =>
    syllable.toLowerCase(),
  )
  return { initials: syllables.map((syllable) => syllable[0] ?? '').join(''), reading: syllables.join('') }
}
