import { PROJECTIONS } from '@orchid/shared/domain/index'
import { Tables } from '@orchid/shared/kernel/projection'
import { describe, expect, test } from 'vitest'
import { readWatch } from './watch.ts'

const known = new Tables(PROJECTIONS)
const read = (message: unknown, scope = '330781') => readWatch(message, scope, known)

describe('a watch message', () => {
  test.each([
    null,
    undefined,
    7,
    'grids',
    [],
    {},
    { tables: 'grids' },
    { tables: [] },
    { tables: [{}] },
    { tables: ['__proto__'] },
    { tables: ['constructor'] },
    { tables: ['nope'] },
    { tables: ['grids'], area: [] },
    { tables: ['grids'], area: '33' },
    { tables: ['grids'], area: '*' },
    { tables: ['grids'], cursor: -1 },
    { tables: ['grids'], cursor: 1e99, epoch: 'x' },
    { tables: ['grids'], cursor: 1.5, epoch: 'x' },
    { tables: ['grids'], epoch: {} },
    { tables: ['grids'], surprise: 1 },
    { tables: Array.from({ length: 41 }, () => 'grids') },
  ])('%j is invalid', (message) => expect(read(message)).toBe('invalid'))
  test('an area outside the scope is forbidden, one inside is taken', () => {
    expect(read({ tables: ['grids'], area: '330781001' }, '330781109')).toBe('forbidden')
    expect(read({ tables: ['grids'], area: '330782' })).toBe('forbidden')
    expect(read({ tables: ['grids'], area: '330781109' })).toMatchObject({ area: '330781109' })
  })
  test('tables of the whole city are forbidden to a township, by name', () => {
    expect(read({ tables: ['cityTally'] }, '330781109')).toEqual({ forbidden: ['cityTally'] })
    expect(read({ tables: ['grids', 'sources', 'cityTally'] }, '330781109')).toEqual({ forbidden: ['sources', 'cityTally'] })
  })
  test('a cursor counts only together with its epoch', () => {
    expect(read({ tables: ['grids'], cursor: 5 })).toMatchObject({ from: undefined })
    expect(read({ tables: ['grids'], cursor: 5, epoch: 'e' })).toMatchObject({ from: { cursor: 5, epoch: 'e' } })
  })
})
