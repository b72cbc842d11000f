/** What is known, what is shown, and when the two differ. */
import type { Row } from '@orchid/shared/kernel/projection'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { emptyHeld } from './cursor-rule.ts'
import type { LiveSource, SourceHandlers } from './source.ts'
import { useLive } from './store.ts'

const NOW = Date.UTC(2026, 10, 24, 6, 32, 0)
/** How long a busy machine may take, in milliseconds; waiting ends as soon as what is waited for is there. */
const PATIENCE = 10_000

class Source implements LiveSource {
  readonly held = emptyHeld(['incidents'])
  handlers: SourceHandlers | undefined
  start(handlers: SourceHandlers): void {
    this.handlers = handlers
    handlers.status('open')
  }
  stop(): void {
    this.handlers = undefined
  }
  tell(key: string, row: object): void {
    this.held.cursor++
    this.held.tables.get('incidents')?.set(key, row as Row)
    this.handlers?.changed(['incidents'])
  }
}

let source: Source
let live: ReturnType<typeof useLive>
const keys = (): string[] => [...live.useTable('incidents').value.keys()]
const settle = async (): Promise<void> => {
  await vi.waitFor(() => expect(live.cursor).toBe(source.held.cursor), PATIENCE)
  await nextTick()
}

beforeEach(async () => {
  vi.stubGlobal('document', { hidden: true })
  setActivePinia(createPinia())
  live = useLive()
  source = new Source()
  live.start(source)
  live.heardTime(NOW)
  source.tell('a', { kind: 'hazard' })
  await settle()
  return () => {
    live.stop()
    vi.unstubAllGlobals()
  }
})

test('rows that come are shown', async () => {
  source.tell('b', { kind: 'dispute' })
  await settle()
  expect(keys()).toEqual(['a', 'b'])
})

test('while the picture stands still, what comes is known and not shown; then all of it is shown', async () => {
  await vi.waitFor(() => expect(live.time).toBeDefined(), PATIENCE)
  live.hold(true)
  expect(live.frozenAt).toBeGreaterThanOrEqual(NOW)
  const { now } = live
  source.tell('b', { kind: 'hazard' })
  await settle()
  expect(keys()).toEqual(['a'])
  expect([...live.useCurrent('incidents').value.keys()]).toEqual(['a', 'b'])
  expect(live.now).toBe(now)
  live.hold(false)
  expect(keys()).toEqual(['a', 'b'])
  expect(live.frozenAt).toBeUndefined()
})

test('a veil leaves rows out and puts others in their place, also over a picture that stands still', async () => {
  await vi.waitFor(() => expect(live.time).toBeDefined(), PATIENCE)
  source.tell('b', { kind: 'dispute', title: '张三' })
  await settle()
  live.hold(true)
  live.drawThrough((_table, row) => ((row as unknown as { kind: string }).kind === 'dispute' ? undefined : row))
  expect(keys()).toEqual(['a'])
  live.drawThrough((_table, row) => ({ ...row, title: '—' }) as Row)
  expect(live.useTable('incidents').value.get('b')).toMatchObject({ title: '—' })
  live.drawThrough(undefined)
  expect(live.useTable('incidents').value.get('b')).toMatchObject({ title: '张三' })
})

test('deadlines do not run on over rows that are old: the shown time stands where they do, the clock goes on', async () => {
  const beat = (journalAwaySince?: number): void =>
    source.handlers?.beat({
      epoch: 'e',
      head: 0,
      serverTime: (live.time ?? 0) + 10,
      ...(journalAwaySince !== undefined && { journalAwaySince }),
    })
  beat(NOW - 30_000)
  await vi.waitFor(() => expect(live.now).toBe(NOW - 30_000), PATIENCE)
  const { time } = live
  await vi.waitFor(() => expect(live.time).toBeGreaterThan(time as number), PATIENCE)
  expect(live.now).toBe(NOW - 30_000)
  beat()
  await vi.waitFor(() => expect(live.now).toBe(live.time), PATIENCE)
})

test('in the moment in which the link is lost, not a second later, the shown time is that of the rows', async () => {
  await vi.waitFor(() => expect(live.link.dataAt).toBeDefined(), PATIENCE)
  const rows = Math.floor((live.link.dataAt as number) / 1000) * 1000
  await vi.waitFor(() => expect(live.now).toBeGreaterThan(rows), PATIENCE)
  const later = performance.now() + 60_000
  const silence = vi.spyOn(performance, 'now').mockImplementation(() => later)
  source.handlers?.status('down')
  silence.mockRestore()
  expect(live.link.state).toBe('lost')
  expect(live.now).toBe(rows)
})
