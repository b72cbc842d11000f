import { expect, test } from 'vitest'
import { blindnessOf, countsOf, worstFirst } from './health.ts'

const camera = (id: string, grid = 'g1') => ({ id, grid })
const states = new Map(
  (['live', 'answering', 'frozen', 'denied', 'offline', 'stalled', 'unchecked'] as const).map((state) => [state as string, { state }]),
)

test('what nobody has looked at is neither online nor offline, and a bad picture is there all the same', () => {
  const cameras = [...states.keys(), 'no-row'].map((id) => camera(id))
  expect(countsOf(cameras, states)).toEqual({ total: 8, online: 4, bad: 2, offline: 2, unchecked: 2 })
  expect(countsOf([], states)).toEqual({ total: 0, online: 0, bad: 0, offline: 0, unchecked: 0 })
})

test('the least online comes first, and what is not known last', () => {
  const lines = [{ known: 0 }, { known: 9, online: 1, well: 0.5 }, { known: 9, online: 0.2, well: 0.2 }, { known: 9, online: 1, well: 0.4 }]
  expect(worstFirst(lines).map(({ well }) => well)).toEqual([0.2, 0.4, 0.5, undefined])
})

test('of those of which nothing is known the larger departments come first, and the cameras of none last', () => {
  const lines = [
    { known: 0, cameras: 9 },
    { known: 0, department: '教育局', cameras: 3 },
    { known: 0, department: '公安局', cameras: 5 },
  ]
  expect(worstFirst(lines).map(({ department }) => department)).toEqual(['公安局', '教育局', undefined])
})

test('a grid that no online camera reaches into is told apart from one whose cameras nobody has looked at', () => {
  const grids = new Map(['g1', 'g2', 'g3'].map((code, i) => [code, { name: `${i} 网格`, village: 'v1', township: 't1', area: i + 1 }]))
  const dark = { seen: 0, perhaps: 0, blind: 1, cameras: 0 }
  const found = blindnessOf(
    [
      { grid: 'g1', seen: 0.5, perhaps: 0, blind: 0.5, cameras: 2 },
      { grid: 'g2', ...dark },
      { grid: 'g3', ...dark },
    ],
    grids,
    new Map([
      ['t1', { name: '云山街道' }],
      ['v1', { name: '黄龙洞村' }],
    ]),
    [camera('live'), camera('unchecked', 'g2'), camera('offline', 'g3')],
    states,
  )
  expect(found.lines.map(({ grid, registered, unchecked }) => [grid, registered, unchecked])).toEqual([
    ['g2', 1, 1],
    ['g3', 1, 0],
    ['g1', 1, 0],
  ])
  expect(found).toMatchObject({ without: 2, perhapsSeen: 1 })
  expect(found.lines[0]).toMatchObject({ township: '云山街道', name: '黄龙洞村 1 网格' })
  // By area: half of 1, and all of 2 and 3, of 6 km².
  expect(found.blind).toBeCloseTo(5.5 / 6)
  expect(blindnessOf([], grids, new Map(), [], states).blind).toBeUndefined()
})
