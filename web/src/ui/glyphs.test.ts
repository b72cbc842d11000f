import { expect, test } from 'vitest'
import { textOf } from './glyphs.ts'

test('texts are gathered from any depth, whatever stands between', () => {
  expect(textOf({ a: '连接', b: { c: '中断', d: [7, null, '截至'] } })).toBe('连接中断截至')
})
