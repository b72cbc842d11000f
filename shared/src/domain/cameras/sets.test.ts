import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../kernel/event.ts'
import { Scenario } from '../../kernel/given.ts'
import { may, ROLES } from '../access/roles.ts'
import { PROJECTIONS } from '../index.ts'
import { decideRemoveFavourites, decideSaveFavourites, type FavouritesRow } from './favourites.ts'
import { decideRemoveSet, decideSaveSet } from './set-decide.ts'
import { setOfIncident } from './set-events.ts'
import type { CameraSetRow } from './set-projections.ts'

const camera = (id: string, grid: string): EventBody => ({
  type: 'camera.registered',
  area: grid,
  subject: `camera:${id}`,
  data: { id, name: id, position: [119, 29], siteKind: 'river', grid, people: [], backend: 'demo', subStream: false },
})
const about = { incident: 'i1', kind: 'hazard', level: 'red', grid: '330781109001001' }
const incident = (type: string, more: object): EventBody => ({
  type,
  area: about.grid,
  subject: 'incident:i1',
  data: { ...about, ...more },
})
const city = () =>
  new Scenario(PROJECTIONS).given(
    camera('m1', '330781109001001'),
    camera('m2', '330781109002001'),
    camera('x1', '330781101001001'),
    incident('incident.reported', { title: '管涌', source: { sender: 's', id: '1' }, dueAt: 0 }),
  )
const row = (s: Scenario, id: string): CameraSetRow | undefined => s.row<CameraSetRow>('cameraSets', id)
const set = (more: object = {}) => ({ id: 'levee', name: '马涧堤防', cameras: ['m1', 'm2'], ...more })

describe('camera sets', () => {
  test('when an officer saves one, then the row says what it is, whose, when and by whom', () => {
    const s = city()
    expect(s.when(decideSaveSet, set({ dwell: 20, scene: 'flood' }), { sender: 'duty' })).toEqual(['camera-set.saved'])
    expect(row(s, 'levee')).toMatchObject({
      ...{ name: '马涧堤防', cameras: ['m1', 'm2'], dwell: 20, scene: 'flood', by: 'duty', area: '330781', savedAt: s.at },
    })
  })
  test('given a set, when it is saved anew, then it is replaced whole and stays where it was', () => {
    const s = city()
    s.when(decideSaveSet, set({ dwell: 20 }), { scope: '330781109' })
    s.when(decideSaveSet, set({ cameras: ['m2'] }))
    expect(row(s, 'levee')).toMatchObject({ cameras: ['m2'], area: '330781109' })
    expect(row(s, 'levee')?.dwell).toBeUndefined()
  })
  test('a township names only cameras of its own and touches no set beyond; it is not told which exist there', () => {
    const s = city()
    const majian = { scope: '330781109' }
    expect(s.when(decideSaveSet, set({ cameras: ['m1', 'x1'] }), majian)).toBe('unknown-camera')
    expect(s.when(decideSaveSet, set({ cameras: ['nowhere'] }), majian)).toBe('unknown-camera')
    s.when(decideSaveSet, set({ id: 'of-city' }))
    expect(s.when(decideSaveSet, set({ id: 'of-city' }), majian)).toBe('id-taken')
    expect(s.when(decideRemoveSet, { id: 'of-city' }, majian)).toBe('unknown-set')
  })
  test('favourites of two people bear the same id and know nothing of each other, and stand in no table of sets', () => {
    const s = city()
    const mine = (sender: string) => s.row<FavouritesRow>('favourites', `${sender}/levee`)?.cameras
    s.when(decideSaveSet, set())
    expect(s.when(decideSaveFavourites, set({ cameras: ['m1'] }), { sender: 'li' })).toEqual(['favourites.saved'])
    expect(s.when(decideRemoveFavourites, { id: 'levee' }, { sender: 'wang' })).toBe('unknown-set')
    expect(s.when(decideSaveFavourites, set({ cameras: ['m2'] }), { sender: 'wang' })).toEqual(['favourites.saved'])
    expect([mine('li'), mine('wang'), row(s, 'levee')?.cameras]).toEqual([['m1'], ['m2'], ['m1', 'm2']])
    expect(s.when(decideRemoveFavourites, { id: 'levee' }, { sender: 'li' })).toEqual(['favourites.removed'])
    expect([mine('li'), mine('wang'), row(s, 'levee')?.cameras]).toEqual([undefined, ['m2'], ['m1', 'm2']])
    expect(s.tables.keys('favourites', 'li')).toEqual([])
    expect(s.tables.keys('favourites', 'wang')).toEqual(['wang/levee'])
  })
  test('favourites name cameras of the own area only', () => {
    const s = city()
    expect(s.when(decideSaveFavourites, set({ cameras: ['m1', 'x1'] }), { scope: '330781109' })).toBe('unknown-camera')
  })
  test('favourites that an older journal kept as sets with an owner are nobody else’s', () => {
    const data = { ...set(), area: '330781', by: 'li', owner: 'li' }
    const s = city().given({ type: 'camera-set.saved', area: '330781', subject: 'camera-set:levee', data })
    expect(row(s, 'levee')).toBeUndefined()
  })
  test('a set of a township takes no camera from outside it', () => {
    const s = city()
    const majian = { scope: '330781109' }
    s.when(decideSaveSet, set(), majian)
    expect(s.when(decideSaveSet, set({ cameras: ['m1', 'x1'] }))).toBe('outside-set')
    expect(row(s, 'levee')).toMatchObject({ cameras: ['m1', 'm2'], area: '330781109' })
  })
  test('the set of an incident remembers who bound each camera, also when others save it again', () => {
    const s = city()
    const bound = (...cameras: string[]) => set({ id: setOfIncident('i1'), incident: 'i1', cameras })
    s.when(decideSaveSet, bound('m1'), { sender: 'li' })
    s.when(decideSaveSet, bound('m1', 'm2'), { sender: 'wang' })
    expect(row(s, setOfIncident('i1'))?.binders).toEqual({ m1: 'li', m2: 'wang' })
  })
  test('the set of an incident is one, open incidents only, and ends with it', () => {
    const s = city()
    const bound = set({ id: setOfIncident('i1'), incident: 'i1' })
    expect(s.when(decideSaveSet, { ...bound, id: 'other' })).toBe('wrong-id')
    expect(s.when(decideSaveSet, set({ id: setOfIncident('i1') }))).toBe('wrong-id')
    expect(s.when(decideSaveSet, set({ id: setOfIncident('i9'), incident: 'i9' }))).toBe('unknown-incident')
    expect(s.when(decideSaveSet, bound)).toEqual(['camera-set.saved'])
    s.given(incident('incident.closed', { opinion: '已处置', by: 'duty', openedAt: s.at }))
    expect(row(s, setOfIncident('i1'))).toBeUndefined()
    expect(s.when(decideSaveSet, bound)).toBe('unknown-incident')
  })
  test('officers may, a wall and those who only look may not', () =>
    expect(ROLES.filter((role) => may(role, 'camera-set.save'))).toEqual(['township-officer', 'duty-officer', 'duty-leader', 'commander']))
})
