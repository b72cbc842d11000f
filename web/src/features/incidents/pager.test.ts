import { describe, expect, test } from 'vitest'
import { type FeedItem, firstPage, pinned, TURN, turn } from './pager.ts'

const items = (n: number): FeedItem[] => Array.from({ length: n }, (_, i) => ({ id: `i${i}`, priority: 3 }))

describe('特急 on every page', () => {
  const list: FeedItem[] = [{ id: 'fire', priority: 1 }, ...items(3), { id: 'leak', priority: 1 }]
  test('stand on top in the order of the feed, the rest below', () => {
    const { top, rest } = pinned(list, 9)
    expect([top, rest].map((rows) => rows.map((row) => row.id))).toEqual([
      ['fire', 'leak'],
      ['i0', 'i1', 'i2'],
    ])
  })
  test('leave two rows to the others, and none of them is lost', () => {
    const { top, rest } = pinned(list, 3)
    expect([top.map((row) => row.id), rest.length]).toEqual([['fire'], 4])
    expect(pinned(list, 1).top).toEqual([])
  })
})

describe('feed pages', () => {
  test('turn every ten seconds and come round', () => {
    const list = items(25)
    let pager = firstPage(list, 0)
    const pages = [1, 2, 3, 4].map((n) => {
      pager = turn(pager, list, 10, n * TURN)
      return pager.page
    })
    expect(pages).toEqual([1, 2, 0, 1])
  })
  test('do not turn early, nor when there is one page', () => {
    const list = items(5)
    const pager = firstPage(list, 0)
    expect(turn(pager, list, 10, TURN - 1)).toBe(pager)
    expect(turn(pager, list, 10, TURN).page).toBe(0)
  })
  test('a new 特急 is brought up at once and keeps its turn', () => {
    const list = items(25)
    let pager = turn(firstPage(list, 0), list, 10, TURN)
    expect(pager.page).toBe(1)
    const more: FeedItem[] = [{ id: 'fire', priority: 1 }, ...list]
    pager = turn(pager, more, 10, TURN + 500)
    expect(pager.page).toBe(0)
    expect(turn(pager, more, 10, 2 * TURN).page).toBe(0)
    pager = turn(pager, more, 10, 2 * TURN + 600)
    expect([pager.page, pager.seen.has('fire')]).toEqual([1, true])
  })
  test('a new ordinary one is brought up too, but waits for an unseen urgent one', () => {
    const list = items(25)
    let pager = firstPage(list, 0)
    const more: FeedItem[] = [...list, { id: 'new', priority: 4 }]
    pager = turn(pager, more, 10, 1_000)
    expect(pager.page).toBe(2)
    const most: FeedItem[] = [{ id: 'urgent', priority: 2 }, ...more]
    pager = turn(pager, most, 10, 2_000)
    expect(pager.page).toBe(0)
    pager = turn(pager, most, 10, 2_000 + TURN)
    expect(pager.page).toBe(2)
  })
  test('closing rows never leaves an empty page', () => {
    const list = items(25)
    const pager = { ...firstPage(list, 0), page: 2 }
    expect(turn(pager, list.slice(0, 8), 10, 100).page).toBe(0)
  })
})
