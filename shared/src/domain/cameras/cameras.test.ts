/** The camera registry: registered once, edited with a reason, retired, and no code twice. */
import { describe, expect, test } from 'vitest'
import type { JournalEvent } from '../../kernel/event.ts'
import { Scenario } from '../../kernel/given.ts'
import { PROJECTIONS } from '../index.ts'
import type { RegisterCamera } from './commands.ts'
import { decideEdit, decideRegister, decideRetire, decideState } from './decide.ts'
import type { CameraEdited } from './events.ts'
import type { CameraRow, CameraStateRow } from './projections.ts'

const [HERE, NEXT, AWAY] = ['330781109001001', '330781109001002', '330781101001001'] as const
const CODE = '33078100001320000001'

const camera = (more: Partial<RegisterCamera> = {}): RegisterCamera => ({
  id: 'c1',
  gbCode: CODE,
  name: '马涧 村口',
  position: [119.61, 29.29],
  bearing: 90,
  fov: 60,
  range: 200,
  siteKind: 'road',
  grid: HERE,
  people: ['grid-worker'],
  backend: 'gateway',
  subStream: false,
  source: 'rtsp://admin:secret@10.1.2.3/1',
  ...more,
})

function city(): Scenario {
  const scenario = new Scenario(PROJECTIONS)
  for (const code of [HERE, NEXT, AWAY])
    scenario.given({
      type: 'grid.defined',
      area: code,
      subject: `grid:${code}`,
      data: { code, name: code, centroid: [119.6, 29.3], boundary: [], area: 1, validFrom: 0 },
    })
  return scenario
}
const registered = (more: Partial<RegisterCamera> = {}): Scenario => {
  const scenario = city()
  expect(scenario.when(decideRegister, camera(more))).toEqual(['camera.registered'])
  return scenario
}
const row = (s: Scenario, id = 'c1') => s.row<CameraRow>('cameras', id)
const last = (s: Scenario) => s.events.at(-1) as JournalEvent

describe('registering', () => {
  test('a camera becomes a row; its address stands neither in the event nor in any row', () => {
    const scenario = registered()
    expect(row(scenario)).toMatchObject({ id: 'c1', gbCode: CODE, grid: HERE })
    expect(JSON.stringify([scenario.events, scenario.tables.dump()])).not.toContain('secret')
  })
  test('what is not known is absent', () => {
    const { gbCode: _, bearing: __, fov: ___, range: ____, ...bare } = camera()
    const scenario = city()
    scenario.when(decideRegister, bare)
    expect(Object.keys(row(scenario) as object)).not.toEqual(expect.arrayContaining(['bearing']))
  })
  test.each([
    ['the same id again', {}, 'already-registered'],
    ['another id with a code that is taken', { id: 'c2' }, 'code-taken'],
    ['an unknown grid', { id: 'c2', grid: '330781109001009' }, 'unknown-grid'],
  ])('%s is refused', (_what, more, code) => {
    expect(registered().when(decideRegister, camera(more))).toBe(code)
  })
  test("from a township: a grid outside it, and an id that is another township's, are refused without a word about it", () => {
    const scenario = registered({ grid: AWAY })
    const scope = { scope: '330781109' }
    expect(scenario.when(decideRegister, camera({ id: 'c2', grid: AWAY }), scope)).toBe('area-forbidden')
    expect(scenario.when(decideRegister, camera({ grid: HERE }), scope)).toBe('id-taken')
  })
})

describe('editing', () => {
  test('only what changes is in the event, before and after, with the reason', () => {
    const scenario = registered()
    const { name } = camera()
    expect(scenario.when(decideEdit, { id: 'c1', reason: '转向', name, bearing: 180, department: '水务局' })).toEqual(['camera.edited'])
    expect(last(scenario)).toMatchObject({
      sender: 'tester',
      data: { before: { bearing: 90 }, after: { bearing: 180, department: '水务局' }, reason: '转向' },
    })
    expect((last(scenario) as CameraEdited).data.after).not.toHaveProperty('name')
    expect(row(scenario)).toMatchObject({ name, bearing: 180, department: '水务局' })
  })
  test('null makes a field unknown again', () => {
    const scenario = registered()
    scenario.when(decideEdit, { id: 'c1', reason: '朝向存疑', bearing: null, gbCode: null })
    expect(row(scenario)).not.toHaveProperty('bearing')
    expect(row(scenario)).not.toHaveProperty('gbCode')
    expect(scenario.row('cameraCodes', CODE)).toBeUndefined()
    expect(scenario.when(decideEdit, { id: 'c1', reason: '再说一遍', bearing: null })).toBe('unchanged')
  })
  test('nothing new is refused; a new address alone is an edit that does not tell it', () => {
    const scenario = registered()
    expect(scenario.when(decideEdit, { id: 'c1', reason: '重复', bearing: 90 })).toBe('unchanged')
    expect(scenario.when(decideEdit, { id: 'c1', reason: '换密码', source: 'rtsp://a:hidden@10.1.2.3/1' })).toEqual(['camera.edited'])
    expect(last(scenario).data).toMatchObject({ source: true, before: {}, after: {} })
    expect(JSON.stringify(scenario.events)).not.toContain('hidden')
  })
  test("a move between townships is told to the whole city's readers only, and row, code and state move along", () => {
    const scenario = registered()
    scenario.when(decideState, { id: 'c1', state: 'live' })
    const { updatedSeq } = scenario.row<CameraStateRow>('cameraStates', 'c1') as CameraStateRow
    scenario.when(decideEdit, { id: 'c1', reason: '迁移', grid: AWAY })
    expect(last(scenario).area).toBe('330781')
    expect(row(scenario)?.grid).toBe(AWAY)
    expect(scenario.row('cameraCodes', CODE)).toMatchObject({ grid: AWAY })
    expect(scenario.row('cameraStates', 'c1')).toMatchObject({ grid: AWAY, state: 'live', updatedSeq })
    scenario.when(decideEdit, { id: 'c1', reason: '迁回', grid: HERE })
    scenario.when(decideEdit, { id: 'c1', reason: '邻格', grid: NEXT })
    expect(last(scenario).area).toBe('330781109001')
  })
  test('a code that is taken is refused; one that was given away is free', () => {
    const scenario = registered()
    scenario.when(decideRegister, camera({ id: 'c2', gbCode: '33078100001320000002' }))
    const edit = { id: 'c2', reason: '改码', gbCode: CODE }
    expect(scenario.when(decideEdit, edit)).toBe('code-taken')
    scenario.when(decideEdit, { id: 'c1', reason: '改码', gbCode: '33078100001320000003' })
    expect(scenario.when(decideEdit, edit)).toEqual(['camera.edited'])
    expect(scenario.row('cameraCodes', CODE)).toMatchObject({ id: 'c2' })
  })
  test('outside the own area a camera is as unknown as one that never was', () => {
    const scenario = registered({ grid: AWAY })
    const scope = { scope: '330781109' }
    for (const id of ['c1', 'never']) {
      expect(scenario.when(decideEdit, { id, reason: '试试', bearing: 1 }, scope)).toBe('unknown-camera')
      expect(scenario.when(decideRetire, { id, reason: '试试' }, scope)).toBe('unknown-camera')
    }
    expect(registered().when(decideEdit, { id: 'c1', reason: '送出', grid: AWAY }, scope)).toBe('area-forbidden')
  })
})

test('a retired camera leaves all tables, its code is free, and the journal tells who and why', () => {
  const scenario = registered()
  scenario.when(decideState, { id: 'c1', state: 'live' })
  expect(scenario.when(decideRetire, { id: 'c1', reason: '设备拆除' })).toEqual(['camera.retired'])
  expect(last(scenario)).toMatchObject({ sender: 'tester', data: { name: '马涧 村口', gbCode: CODE, reason: '设备拆除' } })
  for (const [table, key] of [
    ['cameras', 'c1'],
    ['cameraStates', 'c1'],
    ['cameraCodes', CODE],
  ] as const)
    expect(scenario.row(table, key)).toBeUndefined()
  expect(scenario.when(decideRegister, camera({ id: 'c9' }))).toEqual(['camera.registered'])
})
