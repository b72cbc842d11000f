import { expect, test } from 'vitest'
import { RowTexts } from './row-texts.ts'

test('the text of changes is their JSON: again from what is kept, of removed rows, and of one object under two keys', () => {
  const texts = new RowTexts()
  const [row, empty] = [{ name: '“兰江”' }, { count: 0 }]
  for (let again = 0; again < 2; again++)
    for (const changes of [
      { areas: [['a', row]] },
      {
        areas: [['b', empty]],
        tallies: [
          ['c', empty],
          ['d', null],
        ],
      },
      {},
    ] as const)
      expect(texts.json(changes as never)).toBe(JSON.stringify(changes))
})
