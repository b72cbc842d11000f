/** Rows of a list into the camera registry: what is new is registered, what differs is edited, what is the same stays as it is. */
import type { Identity } from '@orchid/shared/domain/access/roles'
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import type { EditCamera, RegisterCamera } from '@orchid/shared/domain/cameras/commands'
import type { CameraCodeRow, CameraRow } from '@orchid/shared/domain/cameras/projections'
import { type Defaults, type Draft, isFault, readCells } from '@orchid/shared/domain/cameras/sheet'
import { COMMANDS } from '@orchid/shared/domain/index'
import type { Command } from '@orchid/shared/kernel/command'
import { within } from '@orchid/shared/kernel/geo'
import type { Row, Tables } from '@orchid/shared/kernel/projection'
import type { RefusedRow } from '@orchid/shared/protocol/api'
import type { FileRow } from './file-rows.ts'
import { gridFinder } from './place-grids.ts'
import { Turns } from './turns.ts'

/** Rows settled together; between batches the reports of others go first. */
const BATCH = 100
/** Refusals that are told one by one; beyond them they are only counted. */
const MOST_REFUSED = 1_000

export interface Tally {
  created: number
  updated: number
  unchanged: number
  refused: RefusedRow[]
  refusedCount: number
}

/** What may be asked of the registry here; the dispatcher, or a journal opened by hand. */
export interface Registry {
  readonly tables: Tables
  /** Why the rules would refuse this now; undefined when they would not. */
  judge(ask: Asked, who: Identity): { readonly code: string; readonly path?: string; readonly message: string } | undefined
  /** Carries several out; gives what was refused of each. Rejects with JournalUnavailable: then it is unknown, and the same list may come again. */
  carryOut(
    asks: readonly Asked[],
    who: Identity,
  ): Promise<({ readonly code: string; readonly path?: string; readonly message: string } | undefined)[]>
  /** A name for a value that tells nothing of it: an address is part of it. */
  digest(value: unknown): string
  /** The sealed address of a camera. */
  sourceOf(id: string): Promise<string | undefined>
  /** Why data are not as the command's schema says; undefined when they are. */
  check(command: 'camera.register' | 'camera.edit', data: object): { readonly path: string; readonly message: string } | undefined
}

export type Asked =
  | { readonly command: 'camera.register'; readonly id: string; readonly data: RegisterCamera }
  | { readonly command: 'camera.edit'; readonly id: string; readonly data: EditCamera }

export const commandOf = (name: Asked['command']): Command<never> => COMMANDS[name] as unknown as Command<never>

export interface Options {
  readonly who: Identity
  readonly defaults: Defaults
  /** Why, for the journal. */
  readonly reason: string
  /** Only looks: nothing is stored. */
  readonly preview: boolean
  /** Called now and then with the number of rows read so far. */
  readonly progress?: (rows: number) => void
}

type Planned = { readonly ask: Asked } | 'unchanged' | Omit<RefusedRow, 'row'>

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b)

/** One list, or several that belong together: an id or code may stand in them once. */
export class CameraImport {
  readonly tally: Tally = { created: 0, updated: 0, unchanged: 0, refused: [], refusedCount: 0 }
  readonly #registry: Registry
  readonly #options: Options
  readonly #gridAt: ReturnType<typeof gridFinder>
  readonly #seen = new Map<string, number>()
  #rows = 0

  constructor(registry: Registry, options: Options) {
    this.#registry = registry
    this.#options = options
    const { area } = options.who
    this.#gridAt = gridFinder(registry.tables.entries('grids', area.slice(0, 6)).map(([, row]) => row as GridRow))
  }

  /** Takes rows one after another. Rejects with what the rows reject with, or JournalUnavailable; what was stored by then stays. */
  async take(rows: AsyncIterable<FileRow>, file?: number): Promise<void> {
    const turns = new Turns()
    let waiting: { row: number; planned: Planned | Promise<Planned> }[] = []
    const settle = async (): Promise<void> => {
      const batch = waiting
      waiting = []
      // Sealed addresses are asked for together.
      const planned = await Promise.all(batch.map((each) => each.planned))
      const asked = planned.flatMap((plan, i) => (typeof plan === 'object' && 'ask' in plan ? [{ ask: plan.ask, i }] : []))
      const outcomes: (Omit<RefusedRow, 'row'> | Asked | 'unchanged')[] = planned.map((plan) =>
        typeof plan === 'object' && 'ask' in plan ? plan.ask : plan,
      )
      for (const [n, no] of (await this.#store(asked.map(({ ask }) => ask))).entries())
        if (no) outcomes[(asked[n] as (typeof asked)[number]).i] = refusal(no)
      for (const [i, outcome] of outcomes.entries())
        this.#count(outcome, { row: (batch[i] as (typeof batch)[number]).row, ...(file !== undefined && { file }) })
    }
    for await (const row of rows) {
      const planned = 'fault' in row ? row.fault : this.#plan(row)
      // Its failure is told by the batch; one that comes before must not look unheard.
      if (planned instanceof Promise) planned.catch(() => undefined)
      waiting.push({ row: row.row, planned })
      if (waiting.length >= BATCH) await settle()
      if (++this.#rows % 1_000 === 0) this.#options.progress?.(this.#rows)
      await turns.give()
    }
    await settle()
    this.#options.progress?.(this.#rows)
  }

  #count(outcome: Omit<RefusedRow, 'row'> | Asked | 'unchanged', place: Pick<RefusedRow, 'row' | 'file'>): void {
    if (outcome === 'unchanged') this.tally.unchanged++
    else if ('command' in outcome) this.tally[outcome.command === 'camera.register' ? 'created' : 'updated']++
    else {
      this.tally.refusedCount++
      if (this.tally.refused.length < MOST_REFUSED) this.tally.refused.push({ ...place, ...outcome })
    }
  }

  #store(asks: readonly Asked[]): Promise<(ReturnType<Registry['judge']> | undefined)[]> {
    const { who, preview } = this.#options
    if (asks.length === 0) return Promise.resolve([])
    return preview ? Promise.resolve(asks.map((ask) => this.#registry.judge(ask, who))) : this.#registry.carryOut(asks, who)
  }

  #plan({ row, cells }: Extract<FileRow, { cells: unknown }>): Planned | Promise<Planned> {
    const { tables } = this.#registry
    const { who, defaults, reason } = this.#options
    const draft = readCells(cells, defaults)
    if (isFault(draft)) return draft
    const holder = draft.gbCode === undefined ? undefined : tables.get<CameraCodeRow & Row>('cameraCodes', draft.gbCode)
    const id = draft.id ?? holder?.id ?? draft.gbCode
    if (id === undefined) return { column: 'id', code: 'id-missing', message: 'id or gbCode must be given' }
    for (const name of [`id ${id}`, ...(draft.gbCode === undefined ? [] : [`gbCode ${draft.gbCode}`])]) {
      const before = this.#seen.get(name)
      if (before !== undefined)
        return { column: name.split(' ')[0] as string, code: 'twice', message: `${name} stands in row ${before} already` }
    }
    this.#seen.set(`id ${id}`, row)
    if (draft.gbCode !== undefined) this.#seen.set(`gbCode ${draft.gbCode}`, row)
    const known = tables.get<CameraRow>('cameras', id)
    if (known && !within(who.area, known.grid))
      return { column: 'id', code: 'id-taken', message: 'this id or code belongs to a camera outside the area you may write' }
    return known ? this.#edit(known, draft, reason) : this.#register(id, draft, defaults)
  }

  #register(id: string, draft: Draft, defaults: Defaults): Planned {
    const { name, position } = draft
    if (name === undefined) return { column: 'name', code: 'name-missing', message: 'name is missing, and no such camera is registered' }
    if (!position) return { column: 'lng', code: 'position-missing', message: 'lng and lat are missing, and no such camera is registered' }
    const grid = draft.grid ?? this.#gridAt(position)
    if (!grid) return { column: 'grid', code: 'no-grid', message: 'the position lies in no grid, and the row names none' }
    const siteKind = draft.siteKind ?? defaults.siteKind
    if (!siteKind)
      return { column: 'siteKind', code: 'kind-missing', message: 'siteKind is missing: name it in a column or for the whole file' }
    const data: RegisterCamera = {
      people: [],
      backend: defaults.backend ?? 'gateway',
      subStream: false,
      ...(draft as Omit<Draft, 'people'> & { people?: RegisterCamera['people'] }),
      id,
      name,
      position,
      grid,
      siteKind,
    }
    return this.#asked('camera.register', data, 0)
  }

  #edit(known: CameraRow, draft: Draft, reason: string): Planned | Promise<Planned> {
    const { id: _, source, ...fields } = draft
    const moved = fields.position && differs(fields.position, known.position)
    if (moved && fields.grid === undefined) {
      const grid = this.#gridAt(fields.position as NonNullable<Draft['position']>)
      if (!grid) return { column: 'grid', code: 'no-grid', message: 'the position lies in no grid, and the row names none' }
      fields.grid = grid
    }
    const now = known as unknown as Readonly<Record<string, unknown>>
    const changed = Object.entries(fields).filter(([field, value]) => differs(value, now[field]))
    const plan = (readdressed: boolean): Planned => {
      if (changed.length === 0 && !readdressed) return 'unchanged'
      const data = { id: known.id, ...Object.fromEntries(changed), ...(readdressed && { source }), reason } as EditCamera
      return this.#asked('camera.edit', data, known.updatedSeq)
    }
    return source === undefined ? plan(false) : this.#registry.sourceOf(known.id).then((sealed) => plan(sealed !== source))
  }

  /** The id follows from what is asked and of which state: a list that comes again after an unknown answer stores nothing twice. */
  #asked<N extends Asked['command']>(command: N, data: Extract<Asked, { command: N }>['data'], version: number): Planned {
    const wrong = this.#registry.check(command, data)
    if (wrong) return refusal({ code: 'invalid', ...wrong })
    const id = `import-${this.#registry.digest([command, version, data])}`
    return { ask: { command, id, data } as unknown as Asked }
  }
}

/** A refusal of the rules or the schema, in the words of a table. */
function refusal({ code, path = '', message }: { code: string; path?: string; message: string }): Omit<RefusedRow, 'row'> {
  const field = path.replace(/^\/data/, '').split('/')[1]
  return { code, message, ...(field && { column: field === 'position' ? 'lng' : field }) }
}
