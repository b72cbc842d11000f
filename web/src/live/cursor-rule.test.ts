/** 2,000 random histories: frames dropped, doubled, delayed and conflated, links cut, histories rewritten; the tables stay right. */
import type { Row } from '@orchid/shared/kernel/projection'
import type { Frame } from '@orchid/shared/protocol/live'
import { describe, expect, test } from 'vitest'
import { emptyHeld, isBehind, takeAnswer, takeFrame } from './cursor-rule.ts'

/** Small seeded generator (mulberry32): the same seed gives the same history. */
function seeded(seed: number): (below: number) => number {
  let a = seed >>> 0
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const row = (seq: number): Row => ({ updatedSeq: seq })

/** The server's side reduced to what the rule sees: the table at every cursor, and which key each event touched. */
class History {
  readonly epoch: string
  readonly touched: string[] = ['']
  readonly states: Map<string, Row>[] = [new Map()]
  constructor(epoch: string) {
    this.epoch = epoch
  }
  get head(): number {
    return this.touched.length - 1
  }
  add(key: string, remove: boolean): void {
    const next = new Map(this.states[this.head])
    if (remove) next.delete(key)
    else next.set(key, row(this.head + 1))
    this.touched.push(key)
    this.states.push(next)
  }
  /** Rows touched after `from`, as they are at `to`. */
  changes(from: number, to: number): Frame['tables'] {
    const keys = new Set(this.touched.slice(from + 1, to + 1))
    return { t: [...keys].map((key) => [key, this.states[to]?.get(key) ?? null] as const) }
  }
}

function run(seed: number, ignoreOld = true): boolean {
  const rnd = seeded(seed)
  let history = new History('e0')
  let sentTo = 0
  const held = emptyHeld(['t'])
  let inFlight: Frame[] = []
  const right = (): boolean => {
    const truth = held.epoch === history.epoch ? history.states[held.cursor] : undefined
    const mine = held.tables.get('t')
    return !truth || JSON.stringify([...truth].sort()) === JSON.stringify([...(mine ?? [])].sort())
  }
  const watch = (): void => {
    const to = history.head
    const tail = held.epoch === history.epoch && held.cursor <= to && rnd(4) > 0
    const tables = tail ? history.changes(held.cursor, to) : { t: [...(history.states[to] ?? [])] }
    takeAnswer(held, { epoch: history.epoch, cursor: to, mode: tail ? 'tail' : 'snapshot', tables })
    sentTo = to
  }
  const take = (frame: Frame): void => {
    if (!ignoreOld && frame.epoch === held.epoch && frame.to <= held.cursor)
      takeFrame(held, { ...frame, to: held.cursor + 1, from: held.cursor })
    else if (takeFrame(held, frame) === 'gap') watch()
  }
  watch()
  for (let step = 0; step < 40; step++) {
    const what = rnd(100)
    if (what < 40) history.add(`k${rnd(6)}`, rnd(4) === 0)
    else if (what < 65 && history.head > sentTo) {
      const to = sentTo + 1 + rnd(history.head - sentTo)
      const from = Math.max(0, sentTo - rnd(3))
      inFlight.push({ epoch: history.epoch, from, to, tables: history.changes(from, to) })
      sentTo = to
    } else if (what < 85 && inFlight.length > 0) {
      const [frame] = inFlight.splice(rnd(inFlight.length), 1) as [Frame]
      take(frame)
      if (rnd(4) === 0) inFlight.push(frame)
    } else if (what < 90 && inFlight.length > 0) inFlight.splice(rnd(inFlight.length), 1)
    else if (what < 95) watch()
    else if (what < 97) {
      const old = history
      history = new History(`e${step}`)
      for (const key of old.touched.slice(1, 1 + rnd(old.head + 1))) history.add(key, false)
      sentTo = history.head
      if (rnd(2)) watch()
    }
    if (!right()) return false
  }
  if (isBehind(held, { epoch: history.epoch, head: history.head, serverTime: 0 })) watch()
  inFlight = inFlight.filter((frame) => frame.epoch === history.epoch)
  for (const frame of inFlight) take(frame)
  return right() && held.cursor === history.head && held.epoch === history.epoch
}

describe('cursor rule', () => {
  test('2,000 random histories end equal to the server at its head, and are right at every step', () => {
    const wrong = Array.from({ length: 2000 }, (_, seed) => seed).filter((seed) => !run(seed))
    expect(wrong).toEqual([])
  })

  test('control: without ignoring old frames histories go wrong', () => {
    const wrong = Array.from({ length: 500 }, (_, seed) => seed).filter((seed) => !run(seed, false))
    expect(wrong.length).toBeGreaterThan(50)
  })

  test('a frame of another epoch, or not newer than the cursor, changes nothing', () => {
    const held = emptyHeld(['t'])
    takeAnswer(held, { epoch: 'a', cursor: 5, mode: 'snapshot', tables: { t: [['k', row(5)]] } })
    expect(takeFrame(held, { epoch: 'b', from: 5, to: 6, tables: { t: [['k', null]] } })).toBe('ignored')
    expect(takeFrame(held, { epoch: 'a', from: 3, to: 5, tables: { t: [['k', null]] } })).toBe('ignored')
    expect(takeFrame(held, { epoch: 'a', from: 6, to: 7, tables: {} })).toBe('gap')
    expect(held).toMatchObject({ epoch: 'a', cursor: 5 })
    expect(held.tables.get('t')?.get('k')).toEqual(row(5))
  })

  test('a snapshot leaves nothing of before', () => {
    const held = emptyHeld(['t', 'u'])
    takeAnswer(held, { epoch: 'a', cursor: 1, mode: 'snapshot', tables: { t: [['k', row(1)]], u: [['x', row(1)]] } })
    takeAnswer(held, { epoch: 'b', cursor: 0, mode: 'snapshot', tables: {} })
    expect([...held.tables.values()].map((table) => table.size)).toEqual([0, 0])
  })

  test('behind: only when the previous beat named a head we have not reached', () => {
    const held = emptyHeld(['t'])
    expect(isBehind(held, { epoch: 'a', head: 3, serverTime: 0 })).toBe(false)
    takeAnswer(held, { epoch: 'a', cursor: 3, mode: 'snapshot', tables: {} })
    expect(isBehind(held, undefined)).toBe(false)
    expect(isBehind(held, { epoch: 'a', head: 3, serverTime: 0 })).toBe(false)
    expect(isBehind(held, { epoch: 'a', head: 4, serverTime: 0 })).toBe(true)
    expect(isBehind(held, { epoch: 'b', head: 1, serverTime: 0 })).toBe(true)
  })
})
