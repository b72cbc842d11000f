/** Words lead to cameras: code, name, reading, surroundings, in this order; signs of patterns are only signs. */
import { expect, test } from 'vitest'
import { find, type Searchable, wordsIn } from './search.ts'

const one = (id: string, name: string, more: Partial<Searchable> = {}): Searchable => ({
  ...{ id, name, initials: '', reading: '', codes: [id], around: '', ...more },
})
const all = [
  one('c1', '马涧桥头', {
    initials: 'mjqt',
    reading: 'majianqiaotou',
    codes: ['c1', '33078100001320000001'],
    around: '马涧镇\n下杜村\n网格员',
  }),
  one('c2', '兰江马涧路口', { initials: 'ljmjlk', reading: 'lanjiangmajianlukou', around: '兰江街道' }),
  one('c3', '水亭 a.b*c', { initials: 'sta.b*c', reading: 'shuitinga.b*c', around: '马涧镇\n水务局' }),
]
const ids = (question: string) => find(wordsIn(question), all).map(({ id }) => id)

test.each([
  ['马涧', ['c1', 'c2', 'c3']],
  ['mj', ['c1', 'c2']],
  ['MJQT', ['c1']],
  ['majian', ['c2', 'c1']],
  ['33078100001320000001', ['c1']],
  ['０００１', ['c1']],
  ['网格员', ['c1']],
  ['马涧 网格员', ['c1']],
  ['马涧、水务局', ['c3']],
  ['马涧 不存在', []],
  ['.*', []],
  ['a.b', ['c3']],
  ['a_b', []],
  ['%', []],
])('%s', (question, expected) => expect(ids(question)).toEqual(expected))

test('many words are cut off, none finds all', () => {
  expect(wordsIn('a b c d e f g h i j a')).toHaveLength(8)
  expect(find([], all)).toHaveLength(3)
})
