/** Invented rows of a small city, so that every panel can be looked at in every state. Nothing of them is true. */
import type { IncidentRow, Priority } from '@orchid/shared/domain/incidents/projections'
import type { Row } from '@orchid/shared/kernel/projection'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** 2026-11-24 14:32:08 in Shanghai. */
export const NOW = Date.UTC(2026, 10, 24, 6, 32, 8)
const CITY = '330781'
const NAMES = ['样例街道', '样例镇', '样例乡', '样例畲族乡']
const townships = NAMES.map((name, i) => ({ code: `${CITY}00${i + 1}`, name, visited: 9 - 2 * i }))
const ring = (i: number) => [119.4 + i * 0.01, 29.2, 119.41 + i * 0.01, 29.21] as const

function incident(no: number, priority: Priority, left: number, title: string, over: Partial<IncidentRow> = {}): IncidentRow {
  return {
    id: `sample${String(no).padStart(10, '0')}`,
    no,
    source: { sender: 'sample', id: String(no) },
    kind: 'hazard',
    level: priority === 1 ? 'red' : priority === 4 ? 'green' : 'yellow',
    priority,
    state: no % 2 ? 'reported' : 'accepted',
    phase: no % 2 ? 'monitoring' : 'warning',
    grid: `${townships[no % 4]?.code}001001`,
    title,
    openedAt: NOW - 2 * HOUR - no * MINUTE,
    dueAt: NOW + left,
    ...(left < 0 && { overdue: true }),
    updatedSeq: 1,
    ...over,
  }
}

const INCIDENTS = [
  incident(1, 1, -161_000, '楼道起火'),
  incident(2, 1, 4 * MINUTE, '林区烟雾'),
  incident(3, 2, -20 * MINUTE, '路面塌陷'),
  incident(4, 3, 50 * MINUTE, '用电异常'),
  incident(5, 4, 6 * HOUR, '邻里纠纷', { kind: 'dispute' }),
  incident(6, 3, 30 * HOUR, '护栏缺损'),
  incident(7, 3, 0, '占用通道', { state: 'closed', phase: 'feedback', acceptedAt: NOW - 90 * MINUTE, closedAt: NOW - 9 * MINUTE }),
]

const tally = { hazardsToday: 1, disputesToday: 0, openRed: 0, openYellow: 1, openGreen: 0, lastPatrolAt: NOW - 3 * MINUTE, updatedSeq: 1 }
const hours = (scale: number): number[] =>
  Array.from({ length: 24 }, (_, h) => (h < 6 || h > 19 ? 0 : Math.round(scale * (8 + 5 * Math.sin(h / 2)))))
const days = Array.from({ length: 13 }, (_, i) => ({ red: 2 + (i % 3), yellow: 9 + (i % 5), green: 20 - i }))

const keyed = <R extends object>(rows: readonly R[], key: (row: R) => string): [string, Row][] =>
  rows.map((row) => [key(row), { updatedSeq: 1, ...row } as unknown as Row])

const grids = townships.flatMap(({ code, visited }, t) =>
  Array.from({ length: 10 }, (_, g) => ({
    code: `${code}001${String(g + 1).padStart(3, '0')}`,
    name: `${g + 1} 网格`,
    visited: g < visited,
    t,
    g,
  })),
)
const cameras = (['river', 'road', 'place', 'shelter'] as const).map((siteKind, i) => ({
  id: `sample-${i + 1}`,
  name: `样例点位 ${i + 1}`,
  position: [119.45, 29.2],
  siteKind,
  grid: `${townships[i]?.code}001001`,
  backend: 'demo',
  subStream: false,
  bearing: 0,
  fov: 60,
  range: 200,
  people: [],
}))

export const ROWS: Readonly<Record<string, [string, Row][]>> = {
  areas: keyed(
    [{ code: CITY, name: '样例市', tier: 'city' }, ...townships.map(({ code, name }) => ({ code, name, tier: 'township' }))],
    (row) => row.code,
  ),
  grids: keyed(
    grids.map(({ code, name, g }) => ({ code, name, centroid: ring(g).slice(0, 2), boundary: [] })),
    (row) => row.code,
  ),
  gridTallies: keyed(
    grids.map(({ code, visited }) => ({ ...tally, grid: code, patrolsToday: visited ? 3 : 0, personsToday: visited ? 2 : 0 })),
    (row) => row.grid,
  ),
  townshipTallies: keyed(
    townships.map(({ code, visited }, i) => ({
      ...tally,
      township: code,
      patrolsToday: visited * 3,
      personsToday: visited * 2,
      openRed: i === 0 ? 2 : 0,
    })),
    (row) => row.township,
  ),
  incidents: keyed(INCIDENTS, (row) => row.id),
  // Up, down, as yesterday, and nothing to compare with; all at 14:00.
  townshipHours: keyed(
    townships.map(({ code, visited }, i) => ({
      township: code,
      day: '2026-11-24',
      grids: [],
      visited: [],
      overdue: [],
      today: [[13, 10, visited, 2, 0, i === 0 ? 2 : 0, 0, 0]],
      ...(i < 3 && { yesterday: [[13, 10, [visited - 3, visited + 2, visited][i], 2, 0, i === 0 ? 2 : 0, 0, 0]] }),
    })),
    (row) => row.township,
  ),
  hazardDays: keyed([{ area: CITY, open: { red: 2, yellow: 3, green: 12 }, before: days }], (row) => row.area),
  patrolHours: keyed([{ area: CITY, today: hours(1), before: Array.from({ length: 7 }, () => hours(0.9)) }], (row) => row.area),
  cameras: keyed(cameras, (row) => row.id),
  cameraStates: keyed(
    cameras.map(({ id, grid }) => ({ id, grid, state: 'live', since: NOW - HOUR })),
    (row) => row.id,
  ),
}
