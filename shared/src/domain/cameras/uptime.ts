/** Table `cameraUptime`: for how long each camera was there and gave a good picture, day by day, as far as anybody knew. */
import type { Projection, Row } from '../../kernel/projection.ts'
import { shanghaiDay, shanghaiDayStart } from '../../kernel/time.ts'
import type { CameraEdited, CameraRegistered, CameraRetired, CameraState, CameraStateChanged, CamerasUnwatched } from './events.ts'

/** Milliseconds of one Shanghai day: known at all, there (在线), and with a good picture or at least an answer (完好). */
export type UptimeDay = readonly [day: number, known: number, online: number, well: number]

export interface CameraUptimeRow extends Row {
  readonly id: string
  readonly grid: string
  readonly department?: string
  readonly state: CameraState
  /** Epoch milliseconds up to which the days are counted; since then it is in `state`. */
  readonly since: number
  /** Oldest first; days on which nothing was known are left out. At most the last 31. */
  readonly days: readonly UptimeDay[]
}

const DAYS_KEPT = 31
const GONE: ReadonlySet<CameraState> = new Set(['offline', 'stalled'])
const WELL: ReadonlySet<CameraState> = new Set(['live', 'answering'])

/** The days with the time from `since` to `until` in `state` added, cut at each midnight of Shanghai. */
function counted(days: readonly UptimeDay[], state: CameraState, since: number, until: number): readonly UptimeDay[] {
  if (state === 'unchecked' || until <= since) return days
  const sum = new Map(days.map((day) => [day[0], day]))
  for (let at = since; at < until; ) {
    const day = shanghaiDay(at)
    const end = Math.min(until, shanghaiDayStart(day + 1))
    const [, known, online, well] = sum.get(day) ?? [day, 0, 0, 0]
    const ms = end - at
    sum.set(day, [day, known + ms, online + (GONE.has(state) ? 0 : ms), well + (WELL.has(state) ? ms : 0)])
    at = end
  }
  const oldest = shanghaiDay(until) - DAYS_KEPT
  return [...sum.values()].filter(([day]) => day > oldest)
}

type UptimeEvent = CameraRegistered | CameraEdited | CameraRetired | CameraStateChanged | CamerasUnwatched

export const cameraUptime: Projection<CameraUptimeRow> = {
  name: 'cameraUptime',
  version: 2,
  scope: 'area',
  eventTypes: ['camera.registered', 'camera.edited', 'camera.retired', 'camera.state-changed', 'cameras.unwatched'],
  keys: (event) => {
    const { data } = event as UptimeEvent
    return 'ids' in data ? data.ids : [data.id]
  },
  evolve(row, event) {
    const { seq: updatedSeq, recordedAt } = event
    switch ((event as UptimeEvent).type) {
      case 'camera.registered': {
        const { id, grid, department } = (event as CameraRegistered).data
        return { id, grid, ...(department && { department }), state: 'unchecked', since: recordedAt, days: [], updatedSeq }
      }
      case 'camera.edited': {
        const { grid, after } = (event as CameraEdited).data
        if (!row || (row.grid === grid && after.department === undefined)) return row ?? null
        const { department: before, ...rest } = row
        const department = after.department === undefined ? before : after.department
        return { ...rest, grid, ...(department && { department }), updatedSeq }
      }
      case 'camera.retired':
        return null
      case 'cameras.unwatched': {
        if (!row) return null
        const until = Math.min((event as CamerasUnwatched).data.since, recordedAt)
        return { ...row, since: Math.max(row.since, recordedAt), days: counted(row.days, row.state, row.since, until), updatedSeq }
      }
      case 'camera.state-changed': {
        if (!row) return null
        const days = counted(row.days, row.state, row.since, recordedAt)
        return { ...row, state: (event as CameraStateChanged).data.to, since: recordedAt, days, updatedSeq }
      }
    }
  },
  area: (row) => row.grid,
}

export interface Uptime {
  /** Milliseconds in which anything was known. */
  readonly known: number
  /** Shares 0–1 of the known time; absent where nothing was known: that is not 0. */
  readonly online?: number
  readonly well?: number
}

export interface DepartmentUptime extends Uptime {
  /** Absent: the registry names none. */
  readonly department?: string
  readonly cameras: number
  /** Of these something was known in the time asked for. */
  readonly checked: number
}

const shares = (known: number, online: number, well: number): Uptime =>
  known > 0 ? { known, online: online / known, well: well / known } : { known }

/** Milliseconds known, online and well of the last `days` Shanghai days, today among them, up to `at`. */
function sums(row: CameraUptimeRow, at: number, days: number): readonly [known: number, online: number, well: number] {
  const oldest = shanghaiDay(at) - days
  return counted(row.days, row.state, row.since, at).reduce<[number, number, number]>(
    (sum, [day, ...ms]) => (day > oldest ? [sum[0] + ms[0], sum[1] + ms[1], sum[2] + ms[2]] : sum),
    [0, 0, 0],
  )
}

export const uptimeOf = (row: CameraUptimeRow, at: number, days: number): Uptime => shares(...sums(row, at, days))

/** The same by department, the one with the longest unwell time first; each camera counts by the time it was known. */
export function uptimeByDepartment(rows: Iterable<CameraUptimeRow>, at: number, days: number): DepartmentUptime[] {
  const found = new Map<string | undefined, { cameras: number; checked: number; ms: [number, number, number] }>()
  for (const row of rows) {
    const sum = found.get(row.department) ?? { cameras: 0, checked: 0, ms: [0, 0, 0] }
    found.set(row.department, sum)
    const ms = sums(row, at, days)
    sum.cameras++
    if (ms[0] > 0) sum.checked++
    for (const i of [0, 1, 2] as const) sum.ms[i] += ms[i]
  }
  return [...found]
    .sort(([, a], [, b]) => b.ms[0] - b.ms[2] - (a.ms[0] - a.ms[2]))
    .map(([department, { cameras, checked, ms }]) => ({
      ...(department !== undefined && { department }),
      cameras,
      checked,
      ...shares(...ms),
    }))
}
