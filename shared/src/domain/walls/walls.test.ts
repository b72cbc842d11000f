import { describe, expect, test } from 'vitest'
import { Scenario } from '../../kernel/given.ts'
import { may, ROLES } from '../access/roles.ts'
import { PROJECTIONS } from '../index.ts'
import { decideSetScene } from './decide.ts'
import { wallKey } from './events.ts'
import type { WallRow } from './projections.ts'

const ask = () => new Scenario(PROJECTIONS)
const row = (s: Scenario, area: string, wall: string): WallRow | undefined => s.row<WallRow>('walls', wallKey(area, wall))

describe('the scene of a wall', () => {
  test('given no command, a wall has no row', () => expect(row(ask(), '330781', 'hall')).toBeUndefined())
  test('when an officer sets it, then the row says which, when and by whom', () => {
    const s = ask()
    expect(s.when(decideSetScene, { wall: 'hall', scene: 'flood' }, { sender: 'duty-officer' })).toEqual(['wall.scene-set'])
    expect(row(s, '330781', 'hall')).toMatchObject({ wall: 'hall', area: '330781', scene: 'flood', setAt: s.at, by: 'duty-officer' })
  })
  test('given it was set, when it is set again, then the last counts; the same once more is no refusal but a newer word', () => {
    const s = ask()
    s.when(decideSetScene, { wall: 'hall', scene: 'visit' })
    s.later(60_000).when(decideSetScene, { wall: 'hall', scene: 'daily' })
    const first = row(s, '330781', 'hall')?.updatedSeq ?? 0
    expect(row(s, '330781', 'hall')?.scene).toBe('daily')
    s.later(60_000).when(decideSetScene, { wall: 'hall', scene: 'daily' })
    expect(row(s, '330781', 'hall')?.updatedSeq).toBeGreaterThan(first)
  })
  test('given walls of two areas with one name, when one is set, then the other stays', () => {
    const s = ask()
    s.when(decideSetScene, { wall: 'hall', scene: 'flood', area: '330781109' })
    expect(row(s, '330781109', 'hall')?.scene).toBe('flood')
    expect(row(s, '330781', 'hall')).toBeUndefined()
  })
  test('when an officer of a township asks, then it moves the walls of the township and no other', () => {
    const s = ask()
    expect(s.when(decideSetScene, { wall: 'hall', scene: 'flood' }, { scope: '330781109' })).toEqual(['wall.scene-set'])
    expect(row(s, '330781109', 'hall')?.scene).toBe('flood')
    for (const area of ['330781', '330781101'])
      expect(s.when(decideSetScene, { wall: 'hall', scene: 'flood', area }, { scope: '330781109' })).toBe('area-forbidden')
  })
  test('only who has the duty may ask', () =>
    expect(ROLES.filter((role) => may(role, 'wall.set-scene'))).toEqual(['duty-officer', 'duty-leader', 'commander']))
})
