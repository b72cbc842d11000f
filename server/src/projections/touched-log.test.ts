import { describe, expect, test } from 'vitest'
import { TouchedLog } from './touched-log.ts'

const add = (log: TouchedLog, seq: number, key: string): void => log.add(seq, 't', key, undefined)

describe('the touched log', () => {
  test('gives what was touched after a cursor, oldest first', () => {
    const log = new TouchedLog(10, 0)
    for (const seq of [1, 2, 2, 3]) add(log, seq, `k${seq}`)
    expect([...log.since(1)].map((t) => t.key)).toEqual(['k2', 'k2', 'k3'])
    expect([...log.since(3)]).toEqual([])
  })
  test('forgets the oldest, says so, and never serves a seq in part', () => {
    const log = new TouchedLog(10, 0)
    for (let seq = 1; seq <= 40; seq++) for (const part of ['a', 'b', 'c']) add(log, seq, `${seq}${part}`)
    expect(log.reaches(0)).toBe(false)
    expect(log.reaches(40)).toBe(true)
    let from = 40
    while (log.reaches(from - 1)) from--
    expect(from).toBe(37)
    expect([...log.since(from)].map((t) => t.key)).toEqual(['38a', '38b', '38c', '39a', '39b', '39c', '40a', '40b', '40c'])
  })
  test('one entry more than it holds is forgotten by the seq', () => {
    const log = new TouchedLog(3, 0)
    for (const seq of [5, 6, 6]) add(log, seq, 'k')
    expect(log.reaches(0)).toBe(true)
    add(log, 7, 'k')
    expect([log.reaches(4), log.reaches(5)]).toEqual([false, true])
  })
  test('a log that begins at a cursor does not reach below it', () => {
    const log = new TouchedLog(10, 7)
    expect(log.reaches(6)).toBe(false)
    expect(log.reaches(7)).toBe(true)
  })
})
