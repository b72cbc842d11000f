/** After the faults: everything read back and held against what was promised, line by line. */
import { readFileSync } from 'node:fs'
import type { Journal } from '@orchid/server/journal/journal'
import type { JournalEvent } from '@orchid/shared/kernel/event'
import type { Key, Row } from '@orchid/shared/kernel/projection'
import { CITY } from '../bench/product.ts'
import { CATCH_UP_WITHIN, type CatchUp } from './catch-up.ts'
import { checkJournal, compare, type Sighting, sentence } from './check.ts'
import { CITY_TABLES, type Crew } from './crew.ts'
import type { Returned } from './faults.ts'
import type { Ground } from './ground.ts'
import type { Ledger } from './ledger.ts'
import type { Observer } from './observer.ts'
import { every, type Line, none, told, wanted, within } from './report.ts'

/** P3 says 2.5 s; what the machine and our own process take on top. */
const ANSWER_WITHIN = 2_500
const TOLERANCE = 500
const QUIET_DELAY = 1_000
const EXAMPLES = 5

export interface Findings {
  readonly lines: readonly Line[]
  /** A few sentences about each breach. */
  readonly examples: readonly string[]
  readonly holds: boolean
}

/** What everybody shows when all is quiet. */
export interface Ends {
  /** Newest `seq` of the journal before that was looked at. */
  readonly head: number
  readonly walls: readonly Sighting[]
  readonly controls: readonly Sighting[]
}

export interface Material {
  readonly ground: Ground
  readonly crew: Crew
  readonly ledger: Ledger
  readonly observer: Observer
  readonly catchUps: readonly CatchUp[]
  readonly epochBefore: string
  readonly ends: Ends
  readonly viewer: string
}

export async function wholeJournal(journal: Journal): Promise<JournalEvent[]> {
  const events: JournalEvent[] = []
  for (let batch = await journal.read(0, 2_000); batch.length; batch = await journal.read(events.at(-1)?.seq ?? 0, 2_000))
    events.push(...batch.map(({ event }) => event))
  return events
}

export async function judge(material: Material): Promise<Findings> {
  const { ground, crew, ledger, observer, ends, epochBefore } = material
  const { nodes, redis, journal } = ground
  const { answers, walls, slow, controls, relay } = crew
  const served = (await Promise.all(nodes.map(({ name, port }) => tablesOf(name, port, material.viewer)))).flat()
  const events = await wholeJournal(journal)
  const { epoch } = await journal.head()
  const all = [...walls, slow]

  const { lost, doubled, gaps } = checkJournal(events, ledger.all)
  const end = compare(events, ends.walls)
  const before = compare(events, observer.sightings)
  const api = compare(events, served)
  const wrongWalls = new Set(end.differences.map(({ sighting }) => sighting))
  const wrongBefore = new Set(before.differences.map(({ sighting }) => sighting))
  const falls = all.flatMap((wall) => wall.falls)
  const epochs = new Set([epochBefore, epoch, ...all.flatMap((wall) => [...wall.epochs])])

  const control = compare(events, ends.controls)
  const missing = control.differences.filter(({ shown: row }) => row === undefined).length
  const notReceived = controls.map((one) => relay.emitted - one.received)

  const defects = nodes.flatMap((node) => defectsOf(node.logFile))
  const problems = [...nodes.flatMap((node) => node.problems), ...all.flatMap((wall) => wall.problems)]
  const kills = nodes.reduce((n, node) => n + node.kills, 0)
  const stops = nodes.reduce((n, node) => n + node.stops, 0)
  const refusedSafely = answers.byStatus.get(503) ?? 0
  const unanswered = crew.writers.reduce((n, writer) => n + writer.unanswered, 0)
  const cityWalls = walls.filter((wall) => wall.name.includes('(city)'))

  const lines: Line[] = [
    told('kill -9 of a server node', kills),
    told('SIGTERM of a server node', stops),
    told('kill -9 of Redis', redis.kills),
    told('Redis stopped and woken', redis.hangs),
    wanted('entries acknowledged', ledger.all.length, ledger.all.length > 0, '> 0'),
    every('acknowledged entries in the journal, at their place, with their content', ledger.all.length - lost.length, ledger.all.length),
    none('sent entries that never got an answer', unanswered),
    told('events in the journal', events.length),
    none('places left out in the journal', gaps.length),
    none('ids stored twice', doubled.length),
    every('acknowledged ids, sent once more, called duplicates at the same place', answers.repeated.right, answers.repeated.asked),
    every('known ids with another title refused with 409', answers.reused.right, answers.reused.asked),
    wanted('epochs of the journal', epochs.size, epochs.size === 1, '1'),
    every('walls at the head of the journal at the end', ends.walls.filter((wall) => wall.cursor >= ends.head).length, all.length),
    every('of these equal to the fold of the whole journal', ends.walls.length - wrongWalls.size, all.length),
    every(
      'what walls showed in between, at their cursors of then',
      observer.sightings.length - wrongBefore.size,
      observer.sightings.length,
    ),
    told('rows compared', end.rows + before.rows),
    none('times a cursor fell within an epoch', falls.length),
    none('rows of the HTTP interface that differ', api.differences.length),
    wanted(
      'control: rows missing or wrong',
      `${missing} missing, ${control.differences.length - missing} wrong`,
      control.differences.length > 0,
      '> 0',
    ),
    told('control: emits that did not arrive', notReceived.join(' and ')),
    told(
      'answers by status',
      [...answers.byStatus]
        .sort(([a], [b]) => a - b)
        .map(([status, n]) => `${n} × ${status}`)
        .join(', '),
    ),
    within('longest answer', answers.longest, ANSWER_WITHIN + TOLERANCE),
    within('longest 503', answers.longest503, ANSWER_WITHIN + TOLERANCE, ` of ${refusedSafely}`),
    none('503 without Retry-After', answers.withoutRetryAfter),
    none('requests that hung', answers.hung),
    none('wrong answers', answers.problemCount),
    ...(['server', 'redis', 'link'] as const).map((returned) => slowest(material.catchUps, returned)),
    within('from the answer to a city wall in quiet times, 99th percentile', observer.quietDelay(cityWalls), QUIET_DELAY),
    none('frames sent to the slow wall while it did not acknowledge', slow.uninvited),
    told('slow wall: furthest behind, entries', observer.slowBehind),
    told('slow wall: watches given up after 8 s', slow.timeouts),
    told('highest memory of a node', `${Math.round(observer.memory / 1024 / 1024)} MiB`),
    told(
      'watches answered with rows since the cursor, with a snapshot, whole tables read over HTTP',
      `${sum(all.map((w) => w.tails))}, ${sum(all.map((w) => w.snapshots))}, ${sum(all.map((w) => w.fetches))}`,
    ),
    told('commands refused by a node that was behind', answers.behind),
    none('defects in the servers’ logs', defects.length),
    none('other breaches', problems.length),
    told('longest time our own process could not look', `${Math.round(observer.ownDelay)} ms`),
  ]
  const few = <T>(list: readonly T[], text: (one: T) => string): string[] => list.slice(0, EXAMPLES).map(text)
  const examples = [
    ...few([...lost, ...doubled, ...gaps], String),
    ...few([...end.differences, ...before.differences, ...api.differences], sentence),
    ...few(falls, String),
    ...few(answers.problems, String),
    ...few(defects, String),
    ...few(problems, String),
  ]
  return { lines, examples, holds: lines.every((line) => line.holds) }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((n, one) => n + one, 0)

const NAMES: Readonly<Record<Returned, string>> = { server: 'a server', redis: 'Redis', link: 'a link' }

function slowest(catchUps: readonly CatchUp[], returned: Returned): Line {
  const own = catchUps.filter((one) => one.returned === returned).sort((a, b) => b.ms - a.ms)
  const what = `walls caught up after the return of ${NAMES[returned]}, longest`
  const [longest] = own
  return longest ? within(what, longest.ms, CATCH_UP_WITHIN[returned], ` of ${own.length}`) : told(what, 'not tried')
}

/** Every table of a node as its HTTP interface gives it. */
async function tablesOf(name: string, port: number, token: string): Promise<Sighting[]> {
  return Promise.all(
    CITY_TABLES.map(async (table) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/tables/${table}?all=1`, { headers: { authorization: `Bearer ${token}` } })
      if (!response.ok) throw new Error(`${name} answered ${response.status} for ${table} although all is quiet`)
      const { rows } = (await response.json()) as { rows: [Key, Row][] }
      return {
        who: `HTTP of ${name}`,
        area: CITY,
        cursor: Number(response.headers.get('orchid-cursor')),
        tables: new Map([[table, new Map(rows)]]),
      }
    }),
  )
}

/** Lines of a server's log that tell of a defect; that the journal is away is none. */
function defectsOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('ready '))
    .filter((line) => {
      const level = Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? 60)
      return level >= 50 && !line.includes('the journal is not there yet')
    })
    .map((line) => line.slice(0, 600))
}
