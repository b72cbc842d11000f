/** The rows a screen draws, swapped in at most once per animation frame, with cursor, clock and the state of the link. */
import type { Row } from '@orchid/shared/kernel/projection'
import type { Beat } from '@orchid/shared/protocol/live'
import { defineStore } from 'pinia'
import { markRaw, ref, type ShallowRef, shallowRef } from 'vue'
import { type Heard, type LinkState, linkState } from './link.ts'
import { ServerClock } from './server-clock.ts'
import type { LiveSource, SourceStatus } from './source.ts'

export interface Link {
  readonly state: LinkState
  /** Epoch ms by the server's clock since which it is in this state; undefined while the server's time is unknown. */
  readonly since: number | undefined
  /** Epoch ms up to which the rows are known to be complete; undefined before the first snapshot. */
  readonly dataAt: number | undefined
}

export type Rows<R extends Row = Row> = ReadonlyMap<string, R>

const NO_ROWS: Rows = new Map()

/** What is drawn of a row: itself, another in its place, or undefined to leave it out. */
export type Veil = (table: string, row: Row) => Row | undefined

interface Table {
  /** What the panels draw. */
  readonly shown: ShallowRef<Rows>
  /** What is known. */
  readonly current: ShallowRef<Rows>
  /** The rows that stand still, while the picture does. */
  still?: Rows | undefined
}

export const useLive = defineStore('live', () => {
  const tables = new Map<string, Table>()
  const clock = markRaw(new ServerClock(() => performance.now()))
  const cursor = ref(0)
  const epoch = ref<string>()
  const link = shallowRef<Link>({ state: 'connecting', since: undefined, dataAt: undefined })
  const session = ref<'unknown' | 'known' | 'none'>('unknown')
  /** Epoch ms at which the server found that history was lost or rewritten. */
  const historyLostAt = ref<number>()
  /** Build of the pages the server gives; undefined until it was heard. */
  const build = ref<string>()
  /** How often in a row the link was tried and failed. */
  const failures = ref(0)
  /** Epoch ms by the server's clock, stepping each second; undefined until the server was heard. */
  const time = ref<number>()
  /** The same for what is shown: stands still while the picture is frozen or the rows are old. */
  const now = ref<number>()
  /** Epoch ms at which the shown rows were frozen; undefined while they are live. */
  const frozenAt = ref<number>()

  let source: LiveSource | undefined
  let heard: Heard = { status: 'connecting', startedAt: performance.now(), heardAt: undefined, hasRows: false, journalAwaySince: undefined }
  let dataAt: number | undefined
  let drawing = false
  let ticking: ReturnType<typeof setTimeout> | undefined
  let holding = false
  let veil: Veil | undefined
  const dirty = new Set<string>()

  function tableOf(name: string): Table {
    let table = tables.get(name)
    if (!table) {
      table = { shown: shallowRef(NO_ROWS), current: shallowRef(NO_ROWS) }
      tables.set(name, table)
    }
    return table
  }
  /** Rows of one table by key as they are shown; empty until they came. */
  const useTable = <R extends Row>(name: string): ShallowRef<Rows<R>> => tableOf(name).shown as ShallowRef<Rows<R>>
  /** Rows of one table as they are known, also while the picture is frozen. */
  const useCurrent = <R extends Row>(name: string): ShallowRef<Rows<R>> => tableOf(name).current as ShallowRef<Rows<R>>

  function judge(): void {
    const at = clock.now()
    const state = linkState(heard, performance.now())
    const before = link.value
    const shownDataAt = state === 'journal-away' ? heard.journalAwaySince : dataAt
    if (state === before.state && shownDataAt === before.dataAt && before.since !== undefined) return
    const since = state === 'journal-away' ? heard.journalAwaySince : state === before.state ? (before.since ?? at) : at
    link.value = { state, since, dataAt: shownDataAt }
    // Not only at the next second: until then rows would be told to be of a time at which nobody knew them.
    if (frozenAt.value === undefined) now.value = shownTime()
  }

  /** Swaps the changed tables, the cursor and the clock together, so that no panel is ahead of another. */
  function commit(): void {
    drawing = false
    if (!source) return
    const { held } = source
    for (const name of dirty) {
      const rows = held.tables.get(name)
      if (!rows) continue
      const table = tableOf(name)
      table.current.value = new Map(rows)
      if (!holding) table.shown.value = veiled(name, table.current.value)
    }
    dirty.clear()
    cursor.value = held.cursor
    epoch.value = held.epoch
    standStill()
  }

  function veiled(name: string, rows: Rows): Rows {
    if (!veil) return rows
    const drawn = new Map<string, Row>()
    for (const [key, row] of rows) {
      const instead = veil(name, row)
      if (instead) drawn.set(key, instead)
    }
    return drawn
  }

  const redraw = (): void => {
    for (const [name, { shown, current, still }] of tables) shown.value = veiled(name, still ?? current.value)
  }

  /** The first rows that are there while the picture shall stand still are those it keeps. */
  function standStill(): void {
    if (!holding || frozenAt.value !== undefined || time.value === undefined || cursor.value === 0) return
    frozenAt.value = dataAt ?? time.value
    now.value = frozenAt.value
    for (const table of tables.values()) table.still = table.current.value
    redraw()
  }

  /** Holds the shown rows and their time still, or shows again what is known. What comes meanwhile is known and not shown. */
  function hold(on: boolean): void {
    if (holding === on) return
    holding = on
    frozenAt.value = undefined
    now.value = shownTime()
    for (const table of tables.values()) table.still = undefined
    if (on) standStill()
    else redraw()
  }

  /** Puts something between the rows and whoever draws them. */
  function drawThrough(next: Veil | undefined): void {
    veil = next
    redraw()
  }

  function draw(): void {
    if (drawing) return
    drawing = true
    // A hidden page gets no animation frames; it must still not grow stale for whoever reads its numbers.
    if (document.hidden) setTimeout(commit, 200)
    else requestAnimationFrame(commit)
  }

  /** Deadlines of old rows do not run on as if they were known: the time stands where the rows do. */
  function shownTime(): number | undefined {
    const { state, dataAt: at } = link.value
    return (state === 'lost' || state === 'journal-away') && at !== undefined ? Math.floor(at / 1000) * 1000 : time.value
  }

  function tick(): void {
    const at = clock.now()
    time.value = at === undefined ? undefined : Math.floor(at / 1000) * 1000
    judge()
    if (frozenAt.value === undefined) now.value = shownTime()
    standStill()
    ticking = setTimeout(tick, at === undefined ? 250 : 1000 - (at % 1000) + 4)
  }

  /** As soon as the time is known it is shown: rows without it would be drawn twice. */
  function tickOnce(): void {
    if (time.value !== undefined) return
    clearTimeout(ticking)
    tick()
  }

  function changed(names: Iterable<string>): void {
    for (const name of names) dirty.add(name)
    heard = { ...heard, hasRows: true, heardAt: performance.now() }
    dataAt = clock.now() ?? dataAt
    draw()
  }

  function beat(message: Beat): void {
    clock.heard(message.serverTime)
    const held = source?.held
    if (held && held.epoch === message.epoch && held.cursor >= message.head) dataAt = message.serverTime
    heard = { ...heard, heardAt: performance.now(), journalAwaySince: message.journalAwaySince }
    historyLostAt.value = message.historyLostAt
    build.value = message.build
    tickOnce()
  }

  function status(next: SourceStatus): void {
    if (next === 'no-session') session.value = 'none'
    if (next === 'open') session.value = 'known'
    if (next === 'open') failures.value = 0
    else if (next === 'down') failures.value++
    heard = { ...heard, status: next }
    judge()
  }

  function start(from: LiveSource): void {
    stop()
    source = markRaw(from)
    heard = { status: 'connecting', startedAt: performance.now(), heardAt: undefined, hasRows: false, journalAwaySince: undefined }
    session.value = 'unknown'
    tick()
    from.start({ changed, beat, status })
  }

  function stop(): void {
    clearTimeout(ticking)
    source?.stop()
    source = undefined
  }

  /** The server said its time in an answer over HTTP. */
  function heardTime(serverTime: number): void {
    clock.heard(serverTime)
    tickOnce()
  }

  return {
    useTable,
    useCurrent,
    cursor,
    epoch,
    link,
    session,
    historyLostAt,
    failures,
    build,
    time,
    now,
    frozenAt,
    hold,
    drawThrough,
    start,
    stop,
    heardTime,
  }
})

/** Rows of one live table by key. */
export const useTable = <R extends Row>(name: string): ShallowRef<Rows<R>> => useLive().useTable<R>(name)
