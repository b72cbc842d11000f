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

export const useLive = defineStore('live', () => {
  const tables = new Map<string, ShallowRef<Rows>>()
  const clock = markRaw(new ServerClock(() => performance.now()))
  const cursor = ref(0)
  const epoch = ref<string>()
  const link = shallowRef<Link>({ state: 'connecting', since: undefined, dataAt: undefined })
  const session = ref<'unknown' | 'known' | 'none'>('unknown')
  /** Epoch ms at which the server found that history was lost or rewritten. */
  const historyLostAt = ref<number>()
  /** Epoch ms by the server's clock, stepping each second; undefined until the server was heard. */
  const now = ref<number>()

  let source: LiveSource | undefined
  let heard: Heard = { status: 'connecting', startedAt: performance.now(), heardAt: undefined, hasRows: false, journalAwaySince: undefined }
  let dataAt: number | undefined
  let drawing = false
  let ticking: ReturnType<typeof setTimeout> | undefined
  const dirty = new Set<string>()

  /** Rows of one table by key; empty until they came. */
  function useTable<R extends Row>(name: string): ShallowRef<Rows<R>> {
    let table = tables.get(name)
    if (!table) {
      table = shallowRef(NO_ROWS)
      tables.set(name, table)
    }
    return table as ShallowRef<Rows<R>>
  }

  function judge(): void {
    const at = clock.now()
    const state = linkState(heard, performance.now())
    const before = link.value
    const shownDataAt = state === 'journal-away' ? heard.journalAwaySince : dataAt
    if (state === before.state && shownDataAt === before.dataAt && before.since !== undefined) return
    const since = state === 'journal-away' ? heard.journalAwaySince : state === before.state ? (before.since ?? at) : at
    link.value = { state, since, dataAt: shownDataAt }
  }

  /** Swaps the changed tables, the cursor and the clock together, so that no panel is ahead of another. */
  function commit(): void {
    drawing = false
    if (!source) return
    const { held } = source
    for (const name of dirty) {
      const rows = held.tables.get(name)
      if (rows) useTable(name).value = new Map(rows)
    }
    dirty.clear()
    cursor.value = held.cursor
    epoch.value = held.epoch
  }

  function draw(): void {
    if (drawing) return
    drawing = true
    // A hidden page gets no animation frames; it must still not grow stale for whoever reads its numbers.
    if (document.hidden) setTimeout(commit, 200)
    else requestAnimationFrame(commit)
  }

  function tick(): void {
    const at = clock.now()
    now.value = at === undefined ? undefined : Math.floor(at / 1000) * 1000
    judge()
    ticking = setTimeout(tick, at === undefined ? 250 : 1000 - (at % 1000) + 4)
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
    if (now.value === undefined) {
      clearTimeout(ticking)
      tick()
    }
  }

  function status(next: SourceStatus): void {
    if (next === 'no-session') session.value = 'none'
    if (next === 'open') session.value = 'known'
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
  const heardTime = (serverTime: number): void => clock.heard(serverTime)

  return { useTable, cursor, epoch, link, session, historyLostAt, now, start, stop, heardTime }
})

/** Rows of one live table by key. */
export const useTable = <R extends Row>(name: string): ShallowRef<Rows<R>> => useLive().useTable<R>(name)
