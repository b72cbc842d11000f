/** The simulator: a process of its own that knows only the public API and its token, and lives a day's rhythm of a city. SPEED multiplies, SEED repeats. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IncidentRow } from '@orchid/shared/domain/incidents/projections'
import type { DemoAccess } from '../demo/access.ts'
import { ApiClient } from './client.ts'
import { nextSteps } from './officer.ts'
import { type Stream, streams, type Where } from './traffic.ts'

const BEAT = 3_000
const ROUND = 15_000
const SHORTEST_ROUND = 250

const speed = positive('SPEED', 1)
const seed = positive('SEED', Date.now() % 1_000_000)

/** Ids of one run never meet those of another, though both may have one seed. */
const run = `${Date.now().toString(36)}-${process.pid}`

const say = (line: string): void => void process.stdout.write(`simulator: ${line}\n`)

function positive(name: string, otherwise: number): number {
  const value = Number(process.env[name] || otherwise)
  if (!(value > 0)) throw new Error(`${name} must be a number above 0`)
  return value
}

function address(): { base: string; token: string } {
  const { ORCHID_URL, ORCHID_TOKEN, DATA_DIR = './.data' } = process.env
  if (ORCHID_URL && ORCHID_TOKEN) return { base: ORCHID_URL, token: ORCHID_TOKEN }
  const access = JSON.parse(readFileSync(join(DATA_DIR, 'demo-access.json'), 'utf8')) as DemoAccess
  const token = access.tokens.find((t) => t.name === 'simulator')?.token
  if (!token) throw new Error('demo-access.json holds no token named simulator')
  return { base: ORCHID_URL ?? new URL(access.wallUrl).origin, token }
}

/** Does `work` for ever with pauses; a failure is told and does not end it. */
async function forever(pause: () => number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    await sleep(pause())
    await work().catch((error: Error) => say(error.message))
  }
}

async function main(): Promise<void> {
  const { base, token } = address()
  say(`seed ${seed}, speed ${speed}, to ${base}`)
  const api = new ApiClient(base, token, say)

  const beat = async (): Promise<void> => {
    // The client itself tells when the server is away.
    await api.once('/api/sources/simulator/beat').catch(() => undefined)
  }
  let sent = 0
  const send = async ({ name, next }: Stream): Promise<void> => {
    const entry = { id: `sim-${run}-${++sent}`, occurredAt: new Date().toISOString(), ...next() }
    const { status } = await api.post('/api/patrol/events', entry)
    if (status >= 300 && name !== 'bad') say(`an entry (${name}) was answered ${status}`)
  }
  const work = async (): Promise<void> => {
    for (const { command, incident, opinion } of nextSteps(await api.table<IncidentRow>('incidents'), Date.now(), speed)) {
      // One id for each step of an incident: asked again after a restart, it is the same request.
      const { status } = await api.post(`/api/commands/${command}`, { id: `sim-${command}-${incident}`, data: { incident, opinion } })
      // 409: another officer, at the console, was quicker.
      if (status >= 300 && status !== 409) say(`${command} was answered ${status}`)
    }
  }

  const beating = forever(() => BEAT, beat)
  let grids: Where[] = []
  while (grids.length === 0) {
    grids = await api.table<Where>('grids').catch(() => [])
    if (grids.length === 0) await sleep(500)
  }
  await Promise.all([
    beating,
    forever(() => Math.max(SHORTEST_ROUND, ROUND / speed), work),
    ...streams(grids, seed).map((stream) =>
      forever(
        () => stream.pause(Date.now()) / speed,
        () => send(stream),
      ),
    ),
  ])
}

// A sender may stop at any moment: what was not answered was never promised.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.exit(0))
const parent = process.ppid
setInterval(() => process.ppid !== parent && process.exit(0), 500).unref()

main().catch((error: Error) => {
  process.stderr.write(`simulator: ${error.message}\n`)
  process.exit(1)
})
