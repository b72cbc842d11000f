/** Truth over time: outages are told once and not again and again, and uptime is what was known. */
import { describe, expect, test } from 'vitest'
import { Scenario } from '../../kernel/given.ts'
import { PROJECTIONS } from '../index.ts'
import { countCameras } from './count.ts'
import { decideState, decideUnwatched } from './decide.ts'
import type { CameraCameBack, CameraState, CameraWentOffline } from './events.ts'
import { holdBefore } from './flapping.ts'
import type { CameraStateRow } from './projections.ts'
import { type CameraUptimeRow, uptimeByDepartment, uptimeOf } from './uptime.ts'

const GRID = '330781109001001'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function registered(...ids: readonly string[]): Scenario {
  const scenario = new Scenario(PROJECTIONS)
  for (const id of ids)
    scenario.given({
      type: 'camera.registered',
      area: GRID,
      subject: `camera:${id}`,
      data: {
        id,
        name: `点位 ${id}`,
        position: [119.6, 29.3],
        siteKind: 'road',
        grid: GRID,
        people: [],
        backend: 'gateway',
        subStream: false,
        department: '水务局',
      },
    })
  return scenario
}
const becomes = (s: Scenario, state: Exclude<CameraState, 'unchecked'>, id = 'c1') => s.when(decideState, { id, state, reason: 'timeout' })
const row = (s: Scenario, id = 'c1') => s.row<CameraStateRow>('cameraStates', id)
const uptime = (s: Scenario, days = 7, id = 'c1') => uptimeOf(s.row('cameraUptime', id) as CameraUptimeRow, s.at, days)

describe('going and coming back', () => {
  test('given a camera that was seen well, when it is gone, then that is told with its name and department; and so is its return, with the time it was gone', () => {
    const s = registered('c1')
    becomes(s, 'live')
    expect(becomes(s.later(MINUTE), 'offline')).toEqual(['camera.state-changed', 'camera.went-offline'])
    expect((s.events.at(-1) as CameraWentOffline).data).toEqual({
      id: 'c1',
      grid: GRID,
      name: '点位 c1',
      department: '水务局',
      reason: 'timeout',
      outages: 1,
    })
    const gone = s.at
    expect(becomes(s.later(5 * MINUTE), 'answering')).toEqual(['camera.state-changed', 'camera.came-back'])
    expect((s.events.at(-1) as CameraCameBack).data).toMatchObject({ id: 'c1', state: 'answering', since: gone })
    expect(row(s)).not.toHaveProperty('told')
  })
  test('given a camera nobody had looked at, when it is found dead, then it is offline, but did not go; and its first answer is no return', () => {
    const s = registered('c1')
    expect(becomes(s, 'offline')).toEqual(['camera.state-changed'])
    expect(becomes(s.later(MINUTE), 'answering')).toEqual(['camera.state-changed'])
  })
  test('given one that comes and goes, then the third outage of an hour says so and the next ones are not told; an hour later they are again', () => {
    const s = registered('c1')
    becomes(s, 'live')
    const told = Array.from({ length: 5 }, () => {
      const going = becomes(s.later(5 * MINUTE), 'offline').length
      const unsteady = (s.events.at(-1) as CameraWentOffline).data.unsteady ?? false
      return [going, unsteady, becomes(s.later(MINUTE), 'live').length]
    })
    expect(told).toEqual([
      [2, false, 2],
      [2, false, 2],
      [2, true, 2],
      [1, false, 1],
      [1, false, 1],
    ])
    expect(row(s)?.outages).toHaveLength(5)
    expect(becomes(s.later(2 * HOUR), 'offline')).toEqual(['camera.state-changed', 'camera.went-offline'])
    expect((s.events.at(-1) as CameraWentOffline).data.outages).toBe(1)
  })
  test('a change must last; a return the longer, the more often it went; bad news never waits longer', () => {
    const outages = [1, 2, 3, 4].map((n) => n * MINUTE)
    const holds = (to: CameraState) => [0, 1, 2, 3, 4].map((n) => holdBefore(to, { outages: outages.slice(0, n) }, 5 * MINUTE) / 1000)
    expect(holds('live')).toEqual([3, 3, 60, 600, 600])
    expect(holds('offline')).toEqual([3, 3, 3, 3, 3])
    expect(holdBefore('live', { outages }, 5 * HOUR)).toBe(3000)
    expect(holdBefore('live', undefined, 0)).toBe(3000)
  })
})

describe('uptime', () => {
  test('given nobody looked, then nothing is known, which is not 0', () => {
    expect(uptime(registered('c1').later(HOUR))).toEqual({ known: 0 })
  })
  test('online is being there, well is a good picture; the time since the last change counts too', () => {
    const s = registered('c1').later(HOUR)
    becomes(s, 'live')
    becomes(s.later(30 * MINUTE), 'frozen')
    becomes(s.later(15 * MINUTE), 'offline')
    s.later(15 * MINUTE)
    expect(uptime(s)).toEqual({ known: HOUR, online: 0.75, well: 0.5 })
  })
  test('the time in which no server watched is not known, whatever state a camera had before', () => {
    const s = registered('c1', 'c2')
    becomes(s, 'live')
    becomes(s, 'live', 'c2')
    const lastBeat = s.later(HOUR).at
    s.later(8 * HOUR)
    s.when(decideUnwatched, { grid: GRID, ids: ['c1'], since: lastBeat })
    expect(uptime(s)).toEqual({ known: HOUR, online: 1, well: 1 })
    becomes(s.later(HOUR), 'offline')
    s.later(2 * HOUR)
    expect(uptime(s)).toEqual({ known: 4 * HOUR, online: 0.5, well: 0.5 })
    // Of the other one it was not said.
    expect(uptime(s, 7, 'c2').known).toBe(12 * HOUR)
  })
  test('days are those of Shanghai: of today only today counts, and a month is kept', () => {
    const s = registered('c1')
    becomes(s, 'offline')
    // Noon is 14:32:08; ten hours later it is past midnight.
    becomes(s.later(10 * HOUR), 'live')
    s.later(HOUR)
    const { known, online } = uptime(s, 1) as { known: number; online: number }
    expect(known).toBe(HOUR + (32 * MINUTE + 8_000))
    expect(online).toBeCloseTo(HOUR / known)
    expect(uptime(s, 2).known).toBe(11 * HOUR)
    for (let day = 0; day < 60; day++) becomes(s.later(24 * HOUR), day % 2 ? 'live' : 'offline')
    expect((s.row('cameraUptime', 'c1') as CameraUptimeRow).days).toHaveLength(31)
  })
  test('by department each camera counts by the time it was known, and those nobody looked at are told', () => {
    const s = registered('c1', 'c2', 'c3')
    becomes(s, 'live', 'c1')
    becomes(s, 'offline', 'c2')
    s.later(HOUR)
    const rows = ['c1', 'c2', 'c3'].map((id) => s.row('cameraUptime', id) as CameraUptimeRow)
    expect(uptimeByDepartment(rows, s.at, 1)).toEqual([
      { department: '水务局', cameras: 3, checked: 2, known: 2 * HOUR, online: 0.5, well: 0.5 },
    ])
  })
  test('a retired camera has none; one that gets another department counts there', () => {
    const s = registered('c1')
    s.given({
      type: 'camera.edited',
      area: GRID,
      subject: 'camera:c1',
      data: { id: 'c1', grid: GRID, before: { department: '水务局' }, after: { department: null }, reason: '移交' },
    })
    expect(s.row('cameraUptime', 'c1')).not.toHaveProperty('department')
    s.given({ type: 'camera.retired', area: GRID, subject: 'camera:c1', data: { id: 'c1', name: 'x', grid: GRID, reason: '拆除' } })
    expect(s.row('cameraUptime', 'c1')).toBeUndefined()
  })
})

test('counts say of how many something is known', () => {
  const states = new Map<string, Pick<CameraStateRow, 'state'>>([
    ['a', { state: 'live' }],
    ['b', { state: 'live' }],
    ['c', { state: 'unchecked' }],
    ['gone', { state: 'offline' }],
  ])
  expect(countCameras(['a', 'b', 'c', 'd'], (id) => states.get(id))).toEqual({ all: 4, checked: 2, states: { live: 2 } })
})
