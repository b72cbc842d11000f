/** The rule of the patrol log: what is recorded, and that a hazard or a dispute opens an incident. */
import type { Ask, Decision } from '../../kernel/command.ts'
import type { EventBody } from '../../kernel/event.ts'
import { inRing, toWgs84, within } from '../../kernel/geo.ts'
import { DAY, parseRfc3339 } from '../../kernel/time.ts'
import { type GridRow, isOutsideCity } from '../areas/projections.ts'
import { openIncident } from '../incidents/decide.ts'
import type { PatrolEvent } from './commands.ts'
import type { PatrolRecorded } from './events.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const AHEAD = 5 * 60_000
const BEHIND = 31 * DAY

/** An unbroken run of digits this long may be a telephone or identity number: it belongs into `private`. */
const LONG_NUMBER = /\d{11,}/

/** Area refusals come before those of meaning, so that nobody learns about grids outside the own area. */
export function decidePatrol(report: PatrolEvent, ask: Ask): Decision {
  if (!within(ask.scope, report.grid))
    return { refused: 'area-forbidden', because: 'area', path: '/grid', message: 'grid lies outside the area you may write' }
  const grid = ask.row<GridRow>('grids', report.grid)
  if (!grid) return { refused: 'unknown-grid', because: 'meaning', path: '/grid', message: 'grid is not a known grid code' }
  if (LONG_NUMBER.test(report.title))
    return {
      refused: 'number-in-title',
      because: 'meaning',
      path: '/title',
      message: 'title holds a run of 11 or more digits; put numbers of persons into private',
    }
  if (report.photos?.length)
    return { refused: 'unknown-photo', because: 'meaning', path: '/photos/0', message: 'photos names a photo that is not stored here' }
  const occurredAt = parseRfc3339(report.occurredAt)
  if (occurredAt === undefined)
    return { refused: 'impossible-time', because: 'meaning', path: '/occurredAt', message: 'occurredAt is not a possible RFC 3339 time' }
  const position = report.position && toWgs84(report.position.lng, report.position.lat, report.position.crs)
  if (position && !inRing(position, grid.boundary) && isOutsideCity(position, report.grid, ask))
    return { refused: 'position-outside', because: 'meaning', path: '/position', message: 'position lies outside the city' }

  const level = report.kind === 'person' ? undefined : (report.level ?? (report.kind === 'hazard' ? 'yellow' : 'green'))
  // The grid's own code: its text in the request is another one, which the tables would hold on to.
  const { code } = grid
  // Field by field: five spreads for each entry of a full load cost more than the rules above.
  const data: Mutable<PatrolRecorded['data']> = { kind: report.kind, grid: code, title: report.title }
  if (level) data.level = level
  if (report.category) data.category = report.category
  if (position) data.position = position
  if (occurredAt > ask.at + AHEAD || occurredAt < ask.at - BEHIND) data.timeSuspect = true
  if (report.note || report.private) data.sealed = true
  const recorded: EventBody = { type: 'patrol.recorded', area: code, subject: `patrol:${ask.sender}/${report.id}`, occurredAt, data }
  if (report.kind === 'person' || !level) return [recorded]
  return [
    recorded,
    openIncident(
      {
        kind: report.kind,
        level,
        grid: code,
        title: report.title,
        category: report.category,
        position,
        occurredAt,
        source: { sender: ask.sender, id: report.id },
      },
      ask,
    ),
  ]
}
