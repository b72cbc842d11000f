import { expect, test } from 'vitest'
import { equalSeams, readSetup, setupQuery } from './wall-setup.ts'

test('a wall that was never set up has 54 rows and no seams', () => {
  expect(readSetup('', null)).toEqual({ rows: 54, seams: [] })
})

test('what was kept counts, and the address wins over it', () => {
  const kept = '{"rows":41,"seams":[50]}'
  expect(readSetup('?kiosk=1', kept)).toEqual({ rows: 41, seams: [50] })
  expect(readSetup('?rows=48&seams=66.7,33.3', kept)).toEqual({ rows: 48, seams: [33.3, 66.7] })
})

test('an empty list of seams in the address takes them away for once', () => {
  expect(readSetup('?seams=', '{"seams":[50]}').seams).toEqual([])
})

test('nonsense counts as not given', () => {
  for (const kept of ['', 'null', '[]', '{', '{"rows":"many","seams":"x"}', '{"rows":4,"seams":[0,100]}'])
    expect(readSetup('?rows=1e9&seams=a,b', kept)).toEqual({ rows: 54, seams: [] })
})

test('three displays side by side have two seams', () => {
  expect(equalSeams(3)).toEqual([33.3, 66.7])
  expect(equalSeams(1)).toEqual([])
})

test('a set-up reads back from the address it is written to', () => {
  const setup = { rows: 41, seams: [33.3, 66.7] }
  expect(readSetup(`?${setupQuery(setup)}`, null)).toEqual(setup)
  expect(setupQuery({ rows: 54, seams: [] })).toBe('rows=54')
})
