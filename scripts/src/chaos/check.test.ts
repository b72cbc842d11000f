/** The checker can fail: each kind of damage is found, and an undamaged run is let through. */
import { PROJECTIONS } from '@orchid/shared/domain/index'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import { type Key, type Row, Tables } from '@orchid/shared/kernel/projection'
import { describe, expect, test } from 'vitest'
import { checkJournal, compare, type Sighting } from './check.ts'
import type { Acknowledged } from './ledger.ts'

const GRIDS = ['330781101001001', '330781109001001'] as const

/** A visit and a hazard with its incident in each round. */
function journal(): JournalEvent[] {
  const events: JournalEvent[] = []
  const add = (type: string, area: string, id: string, data: object, more: object = {}): void => {
    const seq = events.length + 1
    events.push({ seq, recordedAt: 1_700_000_000_000 + seq, type, area, subject: `x:${seq}`, sender: 's', id, data, ...more })
  }
  for (let round = 0; round < 5; round++)
    for (const grid of GRIDS) {
      add('patrol.recorded', grid, `${grid}-${round}-a`, { kind: 'person', grid, title: '走访' })
      add('patrol.recorded', grid, `${grid}-${round}-b`, { kind: 'hazard', grid, title: '护栏缺损', level: 'yellow' })
      const incident = `i${events.length}`
      const source = { sender: 's', id: `${grid}-${round}-b` }
      const about = { incident, kind: 'hazard', level: 'yellow', grid, title: '护栏缺损', source, dueAt: 1 }
      add('incident.reported', grid, `${grid}-${round}-b`, about, { no: round + 1 })
    }
  return events
}

const acknowledgements = (events: readonly JournalEvent[]): Acknowledged[] =>
  events
    .filter((event) => event.type === 'patrol.recorded')
    .map(({ sender, id, seq, data }) => {
      const { kind, title } = data as { kind: string; title: string }
      return { sender, id, seq, type: 'patrol.recorded', content: { kind, title }, opens: kind === 'hazard' }
    })

function sight(
  events: readonly JournalEvent[],
  cursor: number,
  area: string,
): Omit<Sighting, 'tables'> & { readonly tables: Map<string, Map<Key, Row>> } {
  const tables = new Tables(PROJECTIONS)
  for (const event of events.slice(0, cursor)) tables.fold(event)
  const held = ['patrolFeed', 'incidents', 'gridTallies'].map((name) => [name, new Map(tables.entries(name, area))] as const)
  return { who: 'wall', area, cursor, tables: new Map(held) }
}

describe('the journal', () => {
  const events = journal()
  const acknowledged = acknowledgements(events)
  const check = (damaged: readonly JournalEvent[]) => checkJournal(damaged, acknowledged)

  test('of an undamaged run passes', () => expect(check(events)).toEqual({ lost: [], doubled: [], gaps: [] }))
  test('that lost its tail has lost acknowledged ids', () => expect(check(events.slice(0, -2)).lost).toHaveLength(1))
  test('that lost an entry in the middle has a gap', () => {
    const { gaps, lost } = check(events.filter((event) => event.seq !== 7))
    expect(gaps.length).toBeGreaterThan(0)
    expect(lost.length).toBeGreaterThan(0)
  })
  test('that holds another entry in its place has lost one', () => {
    const other = events.map((event) => (event.seq === 4 ? { ...event, id: 'other' } : event))
    expect(check(other).lost).toEqual([expect.stringContaining('other is')])
  })
  test('that holds another content has lost one', () => {
    const other = events.map((event) => (event.seq === 4 ? { ...event, data: { ...(event.data as object), title: '别的' } } : event))
    expect(check(other).lost).toEqual([expect.stringContaining('another title')])
  })
  test('whose hazard opened no incident has lost half of the append', () => {
    const other = events.map((event) => (event.seq === 3 ? { ...event, type: 'incident.accepted' } : event))
    expect(check(other).lost).toEqual([expect.stringContaining('no incident')])
  })
  test('that holds an id once more has it doubled', () => {
    const first = events[0] as JournalEvent
    expect(check([...events, { ...first, seq: events.length + 1 }]).doubled).toHaveLength(1)
  })
  test('that holds an id twice side by side has it doubled', () => {
    const last = events.at(-1) as JournalEvent
    expect(check([...events, { ...last, seq: events.length + 1 }]).doubled).toHaveLength(1)
  })
})

describe('a sighting', () => {
  const events = journal()
  const differences = (sighting: Sighting) => compare(events, [sighting]).differences

  test.each([
    [30, '330781'],
    [17, '330781'],
    [30, '330781109'],
    [0, '330781'],
  ])('at %i in %s that is right passes', (cursor, area) => expect(differences(sight(events, cursor, area))).toEqual([]))
  test('that lacks a row is found', () => {
    const seen = sight(events, 20, '330781')
    seen.tables.get('patrolFeed')?.delete('8')
    expect(differences(seen)).toEqual([expect.objectContaining({ table: 'patrolFeed', key: '8', shown: undefined })])
  })
  test('that shows a row of another area is found', () => {
    const seen = sight(events, 20, '330781109')
    const foreign = sight(events, 20, '330781').tables.get('patrolFeed')?.get('1') as Row
    seen.tables.get('patrolFeed')?.set('1', foreign)
    expect(differences(seen)).toEqual([expect.objectContaining({ key: '1', expected: undefined })])
  })
  test('that shows an old row is found', () => {
    const seen = sight(events, 20, '330781')
    const old = sight(events, 6, '330781').tables.get('gridTallies')?.get(GRIDS[0]) as Row
    seen.tables.get('gridTallies')?.set(GRIDS[0], old)
    expect(differences(seen)).toEqual([expect.objectContaining({ table: 'gridTallies', key: GRIDS[0] })])
  })
  test('of rows that belong to another cursor is found', () => {
    expect(differences({ ...sight(events, 20, '330781'), cursor: 21 }).length).toBeGreaterThan(0)
  })
  test('beyond the end of the journal is found', () => {
    expect(differences({ ...sight(events, 20, '330781'), cursor: 99 }).length).toBeGreaterThan(0)
  })
})
