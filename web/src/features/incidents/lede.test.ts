/** Sentences of the lede, as a duty officer would read them. */
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { describe, expect, test } from 'vitest'
import type { Lang } from '../../ui/format.ts'
import { ledeSentence, ledeSubline } from './lede.ts'
import { incident, NOW } from './rows.fixture.ts'

const NAMES: Record<string, string> = { '330781001': '云山街道', '330781109': '梅江镇', '330781102': '马涧镇' }
const say = (incidents: IncidentRow[], { current = true, lang = 'zh-CN' as Lang } = {}): string =>
  ledeSentence({ incidents, township: (code) => NAMES[code.slice(0, 9)] ?? '某地', now: NOW, current }, lang).replaceAll('\u2009', ' ')

const fire = incident({
  no: 1,
  level: 'red',
  priority: 1,
  state: 'reported',
  title: '楼道电动车起火',
  openedAt: NOW - 17 * 60_000,
  dueAt: NOW - 161_000,
})
const smoke = incident({ no: 2, level: 'red', priority: 1, grid: '330781109001001', title: '林区烟雾', dueAt: NOW + 252_000 })
const urgent = (no: number): IncidentRow => incident({ no, priority: 2, overdue: true })

describe('the worst comes first, with place and step', () => {
  test('two 特急 and three 紧急', () => {
    expect(say([urgent(3), smoke, urgent(4), fire, urgent(5)])).toBe(
      '2 起特急：云山街道楼道电动车起火受理超时 2 分 41 秒，梅江镇林区烟雾处置余 4 分 12 秒；另有 3 起紧急在办。',
    )
  })
  test('one 特急 alone', () => expect(say([smoke])).toBe('1 起特急：梅江镇林区烟雾处置余 4 分 12 秒。'))
  test('the place is not said twice', () =>
    expect(say([{ ...smoke, title: '梅江镇林区烟雾' }])).toBe('1 起特急：梅江镇林区烟雾处置余 4 分 12 秒。'))
  test('three and more are told by number and place, none left out', () =>
    expect(say([fire, smoke, { ...smoke, id: 'x', no: 7, grid: '330781102001001', dueAt: NOW + 3_600_000 * 5 }])).toBe(
      '3 起特急：1 号云山街道受理超时 2 分 41 秒，2 号梅江镇处置余 4 分 12 秒，7 号马涧镇处置余 5 时。',
    ))
  test('a long title is cut, so that the sentence stays one', () =>
    expect(say([{ ...smoke, title: '某某某某某某某某某某某某某某某某某' }])).toBe(
      '1 起特急：梅江镇某某某某某某某某某某…处置余 4 分 12 秒。',
    ))
  test('disputes have days', () =>
    expect(say([{ ...smoke, kind: 'dispute', title: '排水纠纷', dueAt: NOW + 76 * 3_600_000 }])).toBe(
      '1 起特急：梅江镇排水纠纷处置余 3 天 4 时。',
    ))
})

describe('平稳 is said rarely', () => {
  test('never while a 特急 or 紧急 is open', () => {
    expect(say([fire])).not.toContain('平稳')
    expect(say([urgent(3)])).toBe('1 起紧急在办，无特急。')
    expect(say([urgent(3), incident({ no: 9 })])).toBe('1 起紧急在办，无特急；1 起一般事件按时限办理。')
  })
  test('only routine', () => expect(say([incident()])).toBe('全市平稳，无特急、无紧急；1 起一般事件按时限办理。'))
  test('nothing open; closed ones do not count', () =>
    expect(say([incident({ state: 'closed', priority: 1 })])).toBe('全市平稳，无未办结事件。'))
  test('never when the data is old', () => {
    expect(say([], { current: false })).toBe('暂无最新数据，不能判断是否平稳。')
    expect(say([incident()], { current: false })).toBe('截至 14:32:00：无特急、无紧急；1 起一般事件按时限办理。')
  })
  test('old rows are told with their time, the worst first all the same', () => {
    expect(say([smoke], { current: false })).toBe('截至 14:32:00：1 起特急：梅江镇林区烟雾处置余 4 分 12 秒。')
    expect(say([urgent(3)], { current: false, lang: 'en' })).toMatch(/^As of 14:32:00: 1 urgent/)
  })
})

test('English', () =>
  expect(say([fire, urgent(3)], { lang: 'en' })).toBe(
    '1 critical: 云山街道 楼道电动车起火, acceptance 2 min 41 s overdue. Also 1 urgent in hand.',
  ))

test('the line below', () =>
  expect(ledeSubline({ grids: 776, patrolled: 642, red: 7, yellow: 46 }, 'zh-CN').replaceAll('\u2009', ' ')).toBe(
    '776 个网格，今日已巡查 642 个；红色隐患 7 处，黄色隐患 46 处。',
  ))
