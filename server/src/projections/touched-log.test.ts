import { describe, expect, test } from 'vitest'
import { TouchedLog } from './touched-log.ts'

const entry = (seq: number, key: string) => ({ seq, table: 't', key, before: undefined, after: '330781' })

describe('the touched log', () => {
  test('gives what was touched after a cursor, oldest first', () => {
    const log = new TouchedLog(10, 0)
    for (const seq of [1, 2, 2, 3]) log.add(entry(seq, `k${seq}`))
    expect([...log.since(1)].map((t) => t.key)).toEqual(['k2', 'k2', 'k3'])
    expect([...log.since(3)]).toEqual([])
  })
  test('forgets the oldest, says so, and never keeps a seq in part', () => {
    const log = new TouchedLog(10, 0)
    for (let seq = 1; seq <= 40; seq++) for (const part of ['a', 'b', 'c']) log.add(entry(seq, part))
    expect(log.reaches(0)).toBe(false)
    expect(log.reaches(40)).toBe(true)
    let from = 40
    while (log.reaches(from - 1)) from--
    expect([...log.since(from)].length).toBe((40 - from) * 3)
  })
  test('a log that begins at a cursor does not reach below it', () => {
    const log = new TouchedLog(10, 7)
    expect(log.reaches(6)).toBe(false)
    expect(log.reaches(7)).toBe(true)
  })
})
