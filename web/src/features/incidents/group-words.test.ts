import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { expect, test } from 'vitest'
import { groupWords, type Naming } from './group-words.ts'
import { grouped } from './grouping.ts'
import { incident, NOW } from './rows.fixture.ts'

const naming: Naming = {
  township: (code) => (code.startsWith('330781001') ? '云山街道' : '马涧镇'),
  grid: () => '天福山社区·3 网格',
  priority: (priority) => ['特急', '紧急', '一般', '提示'][priority - 1] as string,
}
const say = (over: (i: number) => Partial<IncidentRow>, n = 12) => {
  const rows = Array.from({ length: n }, (_, i) =>
    incident({ no: i + 1, openedAt: NOW, state: 'reported', title: '加油站泄漏', ...over(i) }),
  )
  const words = grouped(rows, NOW).map((entry) => groupWords(entry, naming, 'zh-CN'))
  return JSON.parse(JSON.stringify(words).replaceAll('\u2009', ' '))
}

test('how many, where, what', () =>
  expect(say((i) => (i < 4 ? { priority: 2 } : {}))).toEqual([
    { title: '12 起同类 云山街道 加油站泄漏', urgent: '', rest: ['紧急 4', '一般 8', '待受理 12', '天福山社区·3 网格'] },
  ]))

test('every 特急 by its number', () =>
  expect(say((i) => (i % 2 || i > 9 ? { priority: 1, level: 'red' } : {}))[0]).toMatchObject({
    urgent: '特急 7：2 4 6 8 10–12 号',
    rest: ['一般 5', '待受理 12', '天福山社区·3 网格'],
  }))

test('over several townships by how many', () =>
  expect(say((i) => ({ grid: `330781${String((i % 12) + 1).padStart(3, '0')}001001` }))[0]).toMatchObject({
    title: '12 起同类 加油站泄漏',
    rest: ['一般 12', '待受理 12', '12 个乡镇街道'],
  }))
