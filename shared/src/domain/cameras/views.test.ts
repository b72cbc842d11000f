import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../kernel/event.ts'
import { Scenario } from '../../kernel/given.ts'
import { clears, may, ROLES } from '../access/roles.ts'
import { PROJECTIONS } from '../index.ts'
import { maskedPhone } from './control-rooms.ts'
import { type CameraViewRow, inReviewOrder } from './view-projections.ts'
import { decideReviewView } from './view-review.ts'

const GRID = '330781109001001'
const began = (view: string, more: object = {}): EventBody => ({
  type: 'camera.view-began',
  area: GRID,
  subject: 'account:li',
  data: { view, camera: 'c1', name: '桥头', grid: GRID, by: 'li', role: 'duty-officer', kind: 'live', ...more },
})
const ended = (view: string, more: object = {}): EventBody => ({
  type: 'camera.viewed',
  area: GRID,
  subject: 'account:li',
  data: { view, camera: 'c1', grid: GRID, by: 'li', from: 1_000, until: 9_000, ...more },
})
const glass = { breakGlass: true, purpose: '处置 ◆2', incident: 'i1' }
const rows = (s: Scenario, table: string): CameraViewRow[] => s.tables.entries(table, '330781').map(([, row]) => row as CameraViewRow)

describe('views of cameras', () => {
  test('a view is listed from its beginning, and with its end once it is over', () => {
    const s = new Scenario(PROJECTIONS).given(began('v1'))
    expect(rows(s, 'cameraViews')[0]).toMatchObject({ view: 'v1', camera: 'c1', by: 'li' })
    expect(rows(s, 'cameraViews')[0]?.until).toBeUndefined()
    s.given(ended('v1'))
    expect(rows(s, 'cameraViews')[0]).toMatchObject({ from: 1_000, until: 9_000 })
    expect(rows(s, 'breakGlassViews')).toEqual([])
  })

  test('one beyond a clearance stands in a list of its own until somebody else has reviewed it, once, with an opinion', () => {
    const s = new Scenario(PROJECTIONS).given(began('v1', glass), ended('v1', { breakGlass: true }))
    expect(rows(s, 'breakGlassViews')[0]).toMatchObject({ purpose: '处置 ◆2', incident: 'i1', until: 9_000 })
    const review = { view: 'v1', opinion: '与事件相符' }
    expect(s.when(decideReviewView, review, { sender: 'li' })).toBe('own-view')
    expect(s.when(decideReviewView, review, { sender: 'auditor', scope: '330781101' })).toBe('unknown-view')
    expect(s.when(decideReviewView, { ...review, view: 'v9' }, { sender: 'auditor' })).toBe('unknown-view')
    expect(s.when(decideReviewView, review, { sender: 'auditor' })).toEqual(['camera.view-reviewed'])
    expect(rows(s, 'breakGlassViews')[0]).toMatchObject({ reviewedBy: 'auditor', opinion: '与事件相符' })
    expect(s.when(decideReviewView, review, { sender: 'other' })).toBe('already-reviewed')
  })

  test('what waits for a review stands before what is reviewed, of that the self-raised first, then the newest', () => {
    const row = (view: string, from: number, more: object = {}) => ({ view, from, ...more }) as CameraViewRow
    const rows = [
      row('reviewed', 9, { reviewedBy: 'auditor', selfRaised: true }),
      row('old', 1),
      row('new', 5),
      row('own-old', 2, { selfRaised: true }),
      row('own-new', 3, { selfRaised: true }),
    ]
    expect(rows.sort(inReviewOrder).map(({ view }) => view)).toEqual(['own-new', 'own-old', 'new', 'old', 'reviewed'])
  })

  test('restricted cameras are cleared for leaders only; an unclassified one for whoever may play; glass is broken by duty roles only', () => {
    expect(ROLES.filter((role) => clears(role, 'restricted'))).toEqual(['duty-leader', 'commander'])
    expect(ROLES.filter((role) => may(role, 'play') && !clears(role))).toEqual([])
    expect(clears('wall', 'internal')).toBe(false)
    expect(ROLES.filter((role) => may(role, 'break-glass'))).toEqual(['duty-officer', 'duty-leader', 'commander'])
    expect(ROLES.filter((role) => may(role, 'camera-view.review'))).toEqual(['auditor', 'security-admin'])
  })

  test('a masked number keeps its shape, its first three and last two digits', () => {
    expect(maskedPhone('0579-88901234')).toBe('057*-******34')
    expect(maskedPhone('110')).toBe('110')
  })
})
