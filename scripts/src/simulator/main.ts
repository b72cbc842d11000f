/** The simulator: a process of its own that knows only the public API and its token, and lives a day's rhythm of a city. SPEED multiplies, SEED repeats. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GridRow } from '@orchid/shared/domain/areas/projections'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import { shanghaiHour } from '@orchid/shared/kernel/time'
import { pick, seeded } from '../city/random.ts'
import type { DemoAccess } from '../demo/access.ts'
import { hazard, plan, RHYTHM } from '../demo/titles.ts'
import { ApiClient } from './client.ts'
import { nextSteps } from './officer.ts'

const BEAT = 3_000
const OFFICER = 15_000
const BAD = 5 * 60_000
const RED = 25 * 60_000
/** Entries a minute at the busiest hour, and at the least, so that a visitor at night sees life too. */
const BUSIEST = 24
const QUIETEST = 5

const speed = Number(process.env.SPEED ?? 1)
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
const random = seeded(seed)
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
const parent = process.ppid
setInterval(() => process.ppid !== parent && stop.abort(), 500).unref()

function address(): { base: string; token: string } {
  if (process.env.ORCHID_URL && process.env.ORCHID_TOKEN) return { base: process.env.ORCHID_URL, token: process.env.ORCHID_TOKEN }
  const access = JSON.parse(readFileSync(join(process.env.DATA_DIR ?? './.data', 'demo-access.json'), 'utf8')) as DemoAccess
  const token = access.tokens.find((t) => t.name === 'simulator')?.token
  if (!token) throw new Error('demo-access.json holds no token named simulator')
  return { base: process.env.ORCHID_URL ?? new URL(access.wallUrl).origin, token }
}

const { base, token } = address()
const api = new ApiClient(base, token, stop.signal)
let sent = 0

async function table<R>(name: string): Promise<R[]> {
  const rows: R[] = []
  for (let after: string | undefined; ; ) {
    const { status, body } = await api.get(
      `/api/tables/${name}?limit=1000${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
    )
    if (status !== 200) throw new Error(`table ${name}: ${status}`)
    const page = body as { rows: [string, R][]; next?: string }
    rows.push(...page.rows.map(([, row]) => row))
    if (page.next === undefined) return rows
    after = page.next
  }
}

const newId = (kind: string): string => `sim-${kind}-${Date.now().toString(36)}-${++sent}`

/** Runs `work` again and again; a failure is told and does not end it. */
async function every(pause: () => number, work: () => Promise<unknown>): Promise<void> {
  while (!stop.signal.aborted) {
    await work().catch((error: Error) => stop.signal.aborted || process.stderr.write(`simulator: ${error.message}\n`))
    await sleep(pause(), undefined, { signal: stop.signal }).catch(() => undefined)
  }
}

async function report(grid: GridRow, what: ReturnType<typeof plan>): Promise<void> {
  const position = { lng: grid.centroid[0], lat: grid.centroid[1], crs: 'WGS84' }
  const { status } = await api.post('/api/patrol/events', {
    id: newId(what.kind),
    ...what,
    grid: grid.code,
    occurredAt: new Date().toISOString(),
    position,
  })
  if (status !== 201 && status !== 200) process.stderr.write(`simulator: an entry was answered ${status}\n`)
}

async function main(): Promise<void> {
  process.stdout.write(`simulator: seed ${seed}, speed ${speed}, to ${base}\n`)
  let grids: GridRow[] = []
  while (grids.length === 0 && !stop.signal.aborted) {
    grids = await table<GridRow>('grids').catch(() => [])
    if (grids.length === 0) await sleep(500, undefined, { signal: stop.signal }).catch(() => undefined)
  }
  const perMinute = (): number => speed * Math.max(QUIETEST, BUSIEST * (RHYTHM[shanghaiHour(Date.now())] as number))
  await Promise.all([
    every(
      () => BEAT,
      () => api.beat('simulator'),
    ),
    every(
      () => (-Math.log(1 - random()) * 60_000) / perMinute(),
      () => report(pick(random, grids), plan(random)),
    ),
    every(
      () => (RED * (0.6 + 0.8 * random())) / speed,
      async () => {
        // Not at once: a wall that was just opened should be seen quiet first.
        await sleep((RED / 4 / speed) * random(), undefined, { signal: stop.signal })
        await report(pick(random, grids), hazard(random, 'red'))
      },
    ),
    every(
      () => BAD / speed,
      async () => {
        await sleep(20_000 / speed, undefined, { signal: stop.signal })
        await api.post(
          '/api/patrol/events',
          pick(random, [
            { id: newId('bad'), kind: 'person', grid: '330781999999999', occurredAt: new Date().toISOString(), title: '网格编码写错' },
            { id: newId('bad'), kind: 'hazard', grid: grids[0]?.code, occurredAt: new Date().toISOString(), title: '' },
            { id: newId('bad'), kind: 'person', grid: grids[0]?.code, occurredAt: '2026-02-30T08:00:00+08:00', title: '日期写错' },
          ]),
        )
      },
    ),
    every(
      () => OFFICER / speed,
      async () => {
        for (const { command, incident } of nextSteps(await table<IncidentRow>('incidents'), Date.now(), random)) {
          const opinion = command === 'incident.accept' ? '已核实，转责任单位' : '现场核查，已办结'
          await api.post(`/api/commands/${command}`, { id: newId('step'), data: { incident, opinion } })
        }
      },
    ),
  ])
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    if (stop.signal.aborted) process.exit(0)
    process.stderr.write(`simulator: ${error.message}\n`)
    process.exit(1)
  },
)
