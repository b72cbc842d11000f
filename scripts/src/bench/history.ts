/** Fourteen days of journal for the fold: person visits, and hazards that are reported, accepted and closed. */
import { createHash } from 'node:crypto'
import type { Append } from '@orchid/server/journal/journal'
import type { EventBody } from '@orchid/shared/kernel/event'
import { type EntrySource, entry } from './entries.ts'

const DAYS = 14
const DAY = 86_400_000
/** One entry in so many is a hazard; each makes four events in all. */
const HAZARD_EVERY = 20

/** Appends of `events` events that end at `until` (epoch ms), oldest first, about a hundred events in each. */
export function* history(source: EntrySource, events: number, until: number): Generator<Append> {
  const from = until - DAYS * DAY
  let made = 0
  for (let n = 0, call = 0; made < events; call++) {
    const recordedAt = Math.floor(from + (made / events) * DAYS * DAY)
    const bodies: EventBody[] = []
    while (bodies.length < 97 && made + bodies.length < events) bodies.push(...life(source, n++, recordedAt))
    made += bodies.length
    yield { sender: 'bench', id: `history-${call}`, bodyHash: '', expect: [], events: bodies, recordedAt, origin: 'demo' }
  }
}

function life(source: EntrySource, n: number, at: number): EventBody[] {
  const isHazard = n % HAZARD_EVERY === 0
  const kind = isHazard ? 'hazard' : 'person'
  const { id, grid, title, category, position } = entry(source, n, { kind })
  const common = { area: grid, occurredAt: at }
  const data = { kind, grid, title, category, position: [position.lng, position.lat] }
  const recorded = {
    ...common,
    type: 'patrol.recorded',
    subject: `patrol:bench/${id}`,
    data: isHazard ? { ...data, level: 'yellow' } : data,
  }
  if (!isHazard) return [recorded]
  const incident = createHash('sha256').update(id).digest('hex').slice(0, 16)
  const about = { incident, kind, level: 'yellow', grid }
  const of = (type: string, more: object): EventBody => ({ ...common, type, subject: `incident:${incident}`, data: { ...about, ...more } })
  return [
    recorded,
    { ...of('incident.reported', { title, category, source: { sender: 'bench', id }, dueAt: at + DAY }), numbered: true },
    of('incident.accepted', { by: 'bench', dueAt: at + 3 * DAY }),
    of('incident.closed', { opinion: '已整改', by: 'bench', openedAt: at }),
  ]
}
