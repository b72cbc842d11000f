import { describe, expect, test } from 'vitest'
import type { JournalEvent } from './event.ts'
import { type Projection, type Row, Tables } from './projection.ts'

interface Note extends Row {
  readonly at: string
}
const notes: Projection<Note> = {
  name: 'notes',
  version: 1,
  scope: 'area',
  eventTypes: ['noted', 'torn'],
  newest: { township: 2, city: 3 },
  keys: (event) => [String((event.data as { key?: string }).key ?? event.seq)],
  evolve: (_row, event) => (event.type === 'torn' ? null : { at: event.area, updatedSeq: event.seq }),
  area: (row) => row.at,
}
const plain: Projection<Note> = { ...notes, name: 'plain' }
delete (plain as { newest?: unknown }).newest

const event = (seq: number, type: string, area: string, data = {}): JournalEvent => ({
  seq,
  type,
  area,
  subject: 's',
  data,
  recordedAt: seq,
  sender: 'x',
  id: `e${seq}`,
})

describe('tables', () => {
  test('a gap in the journal is never folded over', () => {
    const t = new Tables([plain as never])
    t.fold(event(1, 'noted', 'a'))
    expect(() => t.fold(event(3, 'noted', 'a'))).toThrow(RangeError)
    expect(t.cursor).toBe(1)
  })
  test('a touch tells the area before and after; a removed row leaves only the one before', () => {
    const t = new Tables([plain as never])
    const touches: unknown[] = []
    const note = (e: JournalEvent) => t.fold(e, (table, key, before, after) => touches.push([table, key, before, after]))
    note(event(1, 'noted', '330781001', { key: 'k' }))
    note(event(2, 'torn', '330781001', { key: 'k' }))
    note(event(3, 'torn', '330781001', { key: 'never' }))
    expect(touches).toEqual([
      ['plain', 'k', undefined, '330781001'],
      ['plain', 'k', '330781001', undefined],
    ])
  })
  test('a bounded table keeps the newest of each township and of the city', () => {
    const t = new Tables([notes as never])
    for (let seq = 1; seq <= 6; seq++) t.fold(event(seq, 'noted', seq === 1 ? '330781002001001' : '330781001001001'))
    expect(t.keys('notes', '330781')).toEqual(['4', '5', '6'])
    expect(t.keys('notes', '330781001')).toEqual(['5', '6'])
    expect(t.keys('notes', '330781002')).toEqual(['1'])
    expect(t.size('notes')).toBe(4)
  })
  test('what falls out of a township is touched, so that a part of the township can be told', () => {
    const t = new Tables([notes as never])
    const touches: unknown[] = []
    for (let seq = 1; seq <= 4; seq++)
      t.fold(event(seq, 'noted', `33078100100100${seq}`), (_table, key, before, after) => touches.push([key, before, after]))
    expect(touches).toEqual([
      ['1', undefined, '330781001001001'],
      ['2', undefined, '330781001001002'],
      ['3', undefined, '330781001001003'],
      ['1', '330781001001001', '330781001001001'],
      ['4', undefined, '330781001001004'],
      ['2', '330781001001002', '330781001001002'],
    ])
  })
  test('pages come in the order of numbers, then of text', () => {
    const t = new Tables([plain as never])
    for (const [i, key] of ['10', '9', 'b', 'a', '100'].entries()) t.fold(event(i + 1, 'noted', '330781', { key }))
    expect(t.keys('plain', '330781')).toEqual(['9', 'a', 'b', '10', '100'])
  })
  test('a dump loaded into fresh tables gives the same tables, and goes on alike', () => {
    const a = new Tables([notes, plain] as never)
    for (let seq = 1; seq <= 20; seq++) a.fold(event(seq, 'noted', `33078100${seq % 3}001001`))
    const b = new Tables([notes, plain] as never)
    b.load(a.cursor, JSON.parse(JSON.stringify(a.dump())))
    for (let seq = 21; seq <= 40; seq++) for (const t of [a, b]) t.fold(event(seq, 'noted', `33078100${seq % 3}001001`))
    expect(b.dump()).toEqual(a.dump())
    expect(b.keys('notes', '330781')).toEqual(a.keys('notes', '330781'))
  })
  test('a dump of other projections is not loaded', () => {
    const a = new Tables([notes as never])
    expect(() => new Tables([{ ...notes, version: 2 } as never]).load(0, a.dump())).toThrow(RangeError)
  })
})
